// Clients that want to do harm, against the real process: what they use up is bounded, and others are served meanwhile.
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import net from 'node:net'
import { SeededRandom } from '@odradek/env-sim'
import { memoryMiB } from '../../bench/lib/memory.ts'
import { createFrame, getDataFrame, setDataFrame } from '../../bench/zookeeper/frames.ts'
import { LoadConnection } from '../../bench/zookeeper/load-connection.ts'
import { hostilePacket } from '../../packages/zookeeper/test/support/hostile-packets.ts'
import type { Daemon } from '../lib/daemon.ts'
import { temporaryFolder } from '../lib/folders.ts'
import { freePorts } from '../lib/free-ports.ts'
import type { JudgeContext } from '../lib/judge.ts'
import { pause, pollUntil } from '../lib/poll-until.ts'
import { command, startZooKeeper } from './servers.ts'

const fuzzedCount = 100_000
/** What a server makes of one may end the connection, and those behind it are not read. */
const packetsPerBurst = 8
const burstsPerLook = 500
/** On a busy machine, too. */
const servedWithinMs = 10_000
/** Fuzzed packets change the ACL of the root: what is asked for others is below a node that they do not know. */
const ownFolder = '/served-to-others'
const memoryMiBMax = 1500
const seed = 'zookeeper hostile'

export async function judge({ report, target }: JudgeContext): Promise<void> {
  const folder = temporaryFolder('zookeeper-hostile')
  const [port = 0] = await freePorts(1)
  const lines = ['extendedTypesEnabled=true', 'maxSessionTimeout=40000', 'tickTime=500']
  const daemon = await startZooKeeper(target, { folder, port, lines })
  const first = await LoadConnection.open(port)
  await first.call(createFrame(ownFolder, 0))
  await endSession(first)
  const calm = (title: string, body: () => Promise<unknown>): Promise<boolean> =>
    report.check(title, async () => {
      await body()
      await serves(daemon, port)
      const { now } = memoryMiB([daemon])
      report.note(`${now.toFixed(0)} MiB`)
      assert.ok(now < memoryMiBMax, `${now} MiB`)
    })
  await calm('a million watches of one client', () => millionWatches(port))
  await calm('five thousand connections that ask for nothing, and as many sessions', () => flood(daemon, port))
  await calm('two thousand answers of 1 MB that nobody reads', () => deafReader(daemon, port))
  await calm('events that nobody reads', () => deafWatcher(daemon, port))
  await calm('a path of 1 MB, and one of 500,000 parts', () => longPaths(port))
  await calm('transactions of tens of thousands of operations', () => hugeMultis(daemon, port))
  await calm(`${fuzzedCount} packets that are mostly wrong, and read (seed "${seed}")`, () => fuzz(port))
  await report.check('nothing is left of all of them', async () => {
    await pollUntil('all is quiet', 90_000, async () => {
      const text = await command(port, 'mntr')
      const values = new Map([...text.matchAll(/^zk_(\w+)\t(\S+)$/gm)].map(([, name, value]) => [name, value]))
      const isQuiet = ['watch_count', 'ephemerals_count', 'global_sessions', 'outstanding_requests'].every(
        (name) => values.get(name) === '0',
      )
      return isQuiet && values.get('num_alive_connections') === '1' ? true : undefined
    })
  })
  await daemon.stop()
  rmSync(folder, { recursive: true, force: true })
}

/** A new client is given a session, writes and reads. */
async function serves(daemon: Daemon, port: number): Promise<void> {
  assert.ok(daemon.isAlive, 'the process has ended')
  const startMs = performance.now()
  const connection = await LoadConnection.open(port, servedWithinMs)
  await connection.call(createFrame(`${ownFolder}/${startMs}`, 10))
  await connection.call(getDataFrame(`${ownFolder}/${startMs}`))
  await endSession(connection)
  const durationMs = performance.now() - startMs
  assert.ok(durationMs < servedWithinMs, `it took ${durationMs.toFixed(0)} ms`)
}

/** closeSession, type -11. */
async function endSession(connection: LoadConnection): Promise<void> {
  await connection.call(Buffer.from([0, 0, 0, 8, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xf5]))
  connection.close()
}

/** Serves others again and again until `work` is done. */
async function servesDuring(daemon: Daemon, port: number, work: Promise<unknown>): Promise<void> {
  let isDone = false
  const done = work.finally(() => (isDone = true))
  while (!isDone) {
    await serves(daemon, port)
    await pause(50)
  }
  await done
}

async function millionWatches(port: number): Promise<void> {
  const connection = await LoadConnection.open(port)
  const count = 1_000_000
  const batch = 1000
  for (let first = 0; first < count; first += batch) {
    let left = batch
    await new Promise<void>((resolve) => {
      connection.onReplies = (replies) => {
        left -= replies
        if (left === 0) resolve()
      }
      const frames = Array.from({ length: batch }, (_, index) => {
        // exists instead of getData: it watches nodes that are not there.
        const frame = getDataFrame(`/watched/by/nobody/else/${first + index}`, true)
        frame.writeInt32BE(3, 8)
        return frame
      })
      connection.write(Buffer.concat(frames))
    })
  }
  assert.match(await command(port, 'mntr'), /zk_watch_count\t1000000\n/)
  connection.errorCount = 0
  await endSession(connection)
}

async function flood(daemon: Daemon, port: number): Promise<void> {
  const idle = Array.from({ length: 5000 }, () => {
    const socket = net.connect({ host: '127.0.0.1', port })
    socket.on('error', () => undefined)
    return socket
  })
  await servesDuring(
    daemon,
    port,
    (async () => {
      const sessions: LoadConnection[] = []
      while (sessions.length < 5000) {
        sessions.push(...(await Promise.all(Array.from({ length: 100 }, () => LoadConnection.open(port)))))
      }
      for (let first = 0; first < sessions.length; first += 100)
        await Promise.all(sessions.slice(first, first + 100).map(endSession))
    })(),
  )
  for (const socket of idle) socket.destroy()
}

/** A socket with a session that has sent this and reads nothing. */
async function deaf(port: number, bytes: Buffer): Promise<net.Socket> {
  const socket = net.connect({ host: '127.0.0.1', port })
  socket.on('error', () => undefined)
  const connect = Buffer.alloc(49)
  connect.writeInt32BE(45)
  connect.writeInt32BE(4000, 16)
  connect.writeInt32BE(16, 28)
  socket.write(connect)
  await new Promise((resolve) => socket.once('readable', resolve))
  socket.write(bytes)
  return socket
}

async function deafReader(daemon: Daemon, port: number): Promise<void> {
  const writer = await LoadConnection.open(port)
  await writer.call(createFrame('/large', 1_000_000))
  const sockets: net.Socket[] = []
  for (let index = 0; index < 20; index++)
    sockets.push(await deaf(port, Buffer.concat(Array.from({ length: 2000 }, () => getDataFrame('/large')))))
  await servesDuring(daemon, port, pause(3000))
  for (const socket of sockets) socket.destroy()
  await endSession(writer)
}

async function deafWatcher(daemon: Daemon, port: number): Promise<void> {
  const writer = await LoadConnection.open(port)
  const path = `/${'e'.repeat(20_000)}`
  await writer.call(createFrame(path, 1))
  // addWatch, persistent and recursive, on /.
  const addWatch = Buffer.from([0, 0, 0, 17, 0, 0, 0, 1, 0, 0, 0, 106, 0, 0, 0, 1, 0x2f, 0, 0, 0, 1])
  const sockets: net.Socket[] = []
  for (let index = 0; index < 20; index++) sockets.push(await deaf(port, addWatch))
  const write = async (): Promise<void> => {
    for (let count = 0; count < 1500; count++) await writer.call(setDataFrame(path, 1))
  }
  await servesDuring(daemon, port, write())
  for (const socket of sockets) socket.destroy()
  await endSession(writer)
}

async function longPaths(port: number): Promise<void> {
  for (const path of [`/${'b'.repeat(1_000_000)}`, `/${'a/'.repeat(500_000)}b`]) {
    const connection = await LoadConnection.open(port)
    await connection.call(createFrame(path, 0)).catch(() => undefined)
    connection.errorCount = 0
    await endSession(connection)
  }
}

async function hugeMultis(daemon: Daemon, port: number): Promise<void> {
  // A check of the version of /: header (type, done, error), path, version.
  const check = Buffer.from([0, 0, 0, 13, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 0x2f, 0xff, 0xff, 0xff, 0xff])
  const end = Buffer.from([0xff, 0xff, 0xff, 0xff, 1, 0xff, 0xff, 0xff, 0xff])
  const body = Buffer.concat([...Array.from({ length: 50_000 }, () => check), end])
  const head = Buffer.alloc(12)
  head.writeInt32BE(body.length + 8)
  head.writeInt32BE(1, 4)
  head.writeInt32BE(14, 8)
  const connection = await LoadConnection.open(port)
  const work = async (): Promise<void> => {
    for (let count = 0; count < 20; count++) await connection.call(Buffer.concat([head, body]))
  }
  await servesDuring(daemon, port, work())
  await endSession(connection)
}

async function fuzz(port: number): Promise<void> {
  const random = new SeededRandom(seed)
  const received = async (): Promise<number> =>
    Number(/^zk_packets_received\t(\d+)$/m.exec(await command(port, 'mntr'))?.[1])
  const before = await received()
  let socket: net.Socket | undefined
  for (let burst = 0; ; burst++) {
    if (burst % burstsPerLook === 0 && (await received()) - before >= fuzzedCount) break
    if (socket === undefined || socket.destroyed) {
      socket = await deaf(port, Buffer.alloc(0))
      socket.on('data', () => undefined)
    }
    const current = socket
    const packets = Array.from({ length: packetsPerBurst }, (_, index) => {
      const packet = hostilePacket(random, burst * packetsPerBurst + index)
      const length = Buffer.alloc(4)
      length.writeInt32BE(packet.length)
      return Buffer.concat([length, packet])
    })
    // Behind each burst whatever the server makes of it has come, or the connection has ended.
    await new Promise<void>((resolve) => {
      const settle = (): void => {
        clearTimeout(timer)
        current.off('data', settle)
        current.off('close', settle)
        resolve()
      }
      const timer = setTimeout(settle, 1000)
      current.on('data', settle)
      current.on('close', settle)
      current.write(Buffer.concat(packets))
    })
  }
  socket?.destroy()
}
