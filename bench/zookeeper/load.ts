import type { RunningServer } from './servers.ts'
import { createFrame, deleteFrame, getDataFrame, setDataFrame } from './frames.ts'
import { LoadConnection } from './load-connection.ts'

/** What is asked of a server, by so many connections with so many requests under way on each. */
export interface Work {
  readonly title: string
  readonly connections: number
  readonly window: number
  /** Requests that each connection sends in a circle, on a node of its own. */
  readonly frames: (path: string) => readonly Buffer[]
  readonly aim: string
}

export interface LoadResult {
  readonly perSecond: number
  /** Processor time of the server, per request. */
  readonly cpuMicroseconds: number
  readonly p50Ms: number
  readonly p99Ms: number
}

const nodeSizeBytes = 100
const many = { connections: 16, window: 32 }
const one = { connections: 1, window: 1 }

export const works: readonly Work[] = [
  { title: 'setData 100 B, one at a time', ...one, frames: (path) => [setDataFrame(path, 100)], aim: '1×' },
  { title: 'setData 100 B, 16 × 32 under way', ...many, frames: (path) => [setDataFrame(path, 100)], aim: '1×' },
  { title: 'setData 1 KiB, 16 × 32 under way', ...many, frames: (path) => [setDataFrame(path, 1024)], aim: '1×' },
  {
    title: 'create and delete, 16 × 32 under way',
    ...many,
    frames: (path) => [createFrame(`${path}/child`, nodeSizeBytes), deleteFrame(`${path}/child`)],
    aim: '1×',
  },
  { title: 'getData 100 B, one at a time', ...one, frames: (path) => [getDataFrame(path)], aim: '1.5×' },
  { title: 'getData 100 B, 16 × 32 under way', ...many, frames: (path) => [getDataFrame(path)], aim: '1.5×' },
  {
    title: '9 getData and 1 setData, 16 × 32 under way',
    ...many,
    frames: (path) => [...Array.from({ length: 9 }, () => getDataFrame(path)), setDataFrame(path, 100)],
    aim: '1×',
  },
]

/** Keeps a server busy for so long. */
export async function load(server: RunningServer, work: Work, durationMs: number, root: string): Promise<LoadResult> {
  const connections: LoadConnection[] = []
  for (let index = 0; index < work.connections; index++) connections.push(await LoadConnection.open(server.port))
  await connections[0]?.call(createFrame(root, 0))
  for (const [index, connection] of connections.entries())
    await connection.call(createFrame(`${root}/n${index}`, nodeSizeBytes))
  const latenciesMs: number[] = []
  let count = 0
  const cpuBeforeMs = server.cpuMs()
  const startMs = performance.now()
  const endMs = startMs + durationMs
  await Promise.all(
    connections.map((connection, index) => {
      const circle = new Circle(work.frames(`${root}/n${index}`), work.window)
      return drive(connection, circle, endMs, (replies, latencyMs) => {
        count += replies
        latenciesMs.push(latencyMs)
      })
    }),
  )
  const elapsedMs = performance.now() - startMs
  const cpuMs = server.cpuMs() - cpuBeforeMs
  const errors = connections.reduce((total, { errorCount }) => total + errorCount, 0)
  for (const connection of connections) connection.close()
  if (errors > 0) throw new Error(`${server.name} refused ${errors} requests of ${work.title}`)
  latenciesMs.sort((a, b) => a - b)
  return {
    perSecond: (count / elapsedMs) * 1000,
    cpuMicroseconds: (cpuMs / count) * 1000,
    p50Ms: latenciesMs[Math.floor(latenciesMs.length * 0.5)] ?? 0,
    p99Ms: latenciesMs[Math.floor(latenciesMs.length * 0.99)] ?? 0,
  }
}

/** Frames one after the other in one buffer, for any number of them to be sent as one piece. */
class Circle {
  readonly #bytes: Buffer
  readonly #starts: number[] = []
  #next = 0
  readonly window: number

  constructor(frames: readonly Buffer[], window: number) {
    this.window = window
    const all = Array.from({ length: Math.max(1, Math.ceil((2 * window) / frames.length)) }, () => frames).flat()
    let at = 0
    for (const frame of all) {
      this.#starts.push(at)
      at += frame.length
    }
    this.#starts.push(at)
    this.#bytes = Buffer.concat(all)
  }

  /** The next so many frames; fewer where the circle ends. */
  take(count: number): { bytes: Buffer; count: number } {
    const last = this.#starts.length - 1
    const end = Math.min(last, this.#next + count)
    const taken = end - this.#next
    const bytes = this.#bytes.subarray(this.#starts[this.#next], this.#starts[end])
    this.#next = end === last ? 0 : end
    return { bytes, count: taken }
  }
}

/** For each chunk of replies as many requests go out again; the time of the oldest request in it is kept. */
function drive(
  connection: LoadConnection,
  circle: Circle,
  endMs: number,
  onReplies: (count: number, latencyMs: number) => void,
): Promise<void> {
  return new Promise((resolve) => {
    let underWay = 0
    const sent: { atMs: number; count: number }[] = []
    const send = (wanted: number): void => {
      const atMs = performance.now()
      for (let left = wanted; left > 0;) {
        const { bytes, count } = circle.take(left)
        connection.write(bytes)
        sent.push({ atMs, count })
        underWay += count
        left -= count
      }
    }
    connection.onReplies = (count) => {
      const nowMs = performance.now()
      underWay -= count
      onReplies(count, nowMs - (sent[0]?.atMs ?? nowMs))
      for (let left = count; left > 0;) {
        const oldest = sent[0]
        if (oldest === undefined) break
        const taken = Math.min(left, oldest.count)
        oldest.count -= taken
        left -= taken
        if (oldest.count === 0) sent.shift()
      }
      if (nowMs < endMs) send(count)
      else if (underWay === 0) resolve()
    }
    send(circle.window)
  })
}
