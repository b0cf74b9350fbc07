import { createFrame, getDataFrame, multiCreateFrame, setDataFrame, timeoutMs } from './frames.ts'
import { LoadConnection } from './load-connection.ts'
import type { RunningServer } from './servers.ts'

const nodesPerFolder = 1000
const nodesPerTransaction = 100
const nodeSizeBytes = 100
const transactionsUnderWay = 8

/** Makes so many nodes of 100 bytes, a thousand in each folder, a hundred in each transaction. Returns how long it took. */
export async function fill(server: RunningServer, nodeCount: number): Promise<number> {
  const connection = await LoadConnection.open(server.port)
  await connection.call(createFrame('/scale', 0))
  const folderCount = nodeCount / nodesPerFolder
  const startMs = performance.now()
  const frames = function* (): Generator<Buffer> {
    for (let folder = 0; folder < folderCount; folder++) {
      yield createFrame(`/scale/f${folder}`, 0)
      for (let first = 0; first < nodesPerFolder; first += nodesPerTransaction) {
        const paths = Array.from({ length: nodesPerTransaction }, (_, index) => `/scale/f${folder}/n${first + index}`)
        yield multiCreateFrame(paths, nodeSizeBytes)
      }
    }
  }
  const left = frames()
  let underWay = 0
  await new Promise<void>((resolve) => {
    const send = (): void => {
      while (underWay < transactionsUnderWay) {
        const next = left.next()
        if (next.done === true) break
        connection.write(next.value)
        underWay++
      }
      if (underWay === 0) resolve()
    }
    connection.onReplies = (count) => {
      underWay -= count
      send()
    }
    send()
  })
  if (connection.errorCount > 0) throw new Error(`${server.name} refused ${connection.errorCount} transactions`)
  connection.close()
  return performance.now() - startMs
}

/** Opens so many sessions, a hundred at a time, and keeps them and `others` alive meanwhile. Returns them, and how long it took. */
export async function openSessions(
  server: RunningServer,
  count: number,
  others: readonly LoadConnection[] = [],
): Promise<{ connections: LoadConnection[]; durationMs: number }> {
  const connections: LoadConnection[] = []
  const startMs = performance.now()
  let keptAliveMs = startMs
  while (connections.length < count) {
    const batch = Array.from({ length: Math.min(100, count - connections.length) }, () =>
      LoadConnection.open(server.port),
    )
    connections.push(...(await Promise.all(batch)))
    if (performance.now() - keptAliveMs < timeoutMs / 4) continue
    keptAliveMs = performance.now()
    await Promise.all([...others, ...connections].map((connection) => connection.call(getDataFrame('/zookeeper'))))
  }
  return { connections, durationMs: performance.now() - startMs }
}

/** All of them watch one node, which is changed once. Returns the time from the change to the last event. */
export async function fireWatches(server: RunningServer, connections: readonly LoadConnection[]): Promise<number> {
  const writer = await LoadConnection.open(server.port)
  await writer.call(createFrame('/watched', 0))
  await Promise.all(connections.map((connection) => connection.call(getDataFrame('/watched', true))))
  let left = connections.length
  const told = new Promise<void>((resolve) => {
    for (const connection of connections) {
      connection.onEvent = () => {
        if (--left === 0) resolve()
      }
    }
  })
  const startMs = performance.now()
  await writer.call(setDataFrame('/watched', 10))
  await told
  writer.close()
  return performance.now() - startMs
}
