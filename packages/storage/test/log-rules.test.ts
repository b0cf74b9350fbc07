import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DiskError } from '@odradek/base'
import type { Disk, Env } from '@odradek/base'
import { Simulation } from '@odradek/env-sim'
import { RecordBatch } from '@odradek/kafka-protocol'
import type { PartitionLog } from '../src/host/partition-log.ts'
import type { LogConfig } from '../src/log-config.ts'
import { bytesOf, makeBatch, managerOptions, startManager, startMs } from './log-fixture.ts'

const append = { leaderEpoch: 3, nowMs: startMs }
const all = { minOneMessage: true }

async function newLog(config: Partial<LogConfig>, seed = 1): Promise<{ log: PartitionLog; simulation: Simulation }> {
  const simulation = new Simulation({ seed })
  const options = managerOptions('/data', config)
  const manager = await simulation.runUntil(startManager(simulation.machine('broker').env, options))
  return { log: manager.getOrCreate('t', 0), simulation }
}

test('segment.jitter.ms lets segments of many logs roll at different times, never later than segment.ms', async () => {
  const rolledAt = new Set<number>()
  for (let seed = 1; seed <= 20; seed++) {
    const { log } = await newLog({ segmentMs: 1000, segmentJitterMs: 400 }, seed)
    let ms = 0
    for (; log.segmentCount === 1; ms += 20) log.appendAsLeader(makeBatch({ timestampMs: startMs + ms }), append)
    assert.ok(ms > 600 && ms <= 1060, `rolled after ${ms} ms`)
    rolledAt.add(ms)
  }
  assert.ok(rolledAt.size > 5)
})

test('an index has an entry for each index.interval.bytes, and no more', async () => {
  const { log, simulation } = await newLog({ indexIntervalBytes: 1000 })
  const batchBytes = makeBatch({ valueBytes: 100 }).length
  for (let n = 0; n < 200; n++) log.appendAsLeader(makeBatch({ valueBytes: 100 }), append)
  await simulation.runUntil(log.close())
  const index = simulation.machine('broker').env.disk.readFileSync('/data/t-0/00000000000000000000.index')
  const positions = Array.from({ length: index.length / 8 }, (_, entry) => index.readUInt32BE(entry * 8 + 4))
  assert.ok(positions.length > 10)
  for (const [entry, position] of positions.entries()) {
    const distance = position - (positions[entry - 1] ?? 0)
    assert.ok(distance > 1000 && distance <= 1000 + 2 * batchBytes, `${distance} bytes between entries`)
  }
})

const levels = [
  { codec: 'gzip', key: 'compressionGzipLevel', low: 1, high: 9 },
  { codec: 'zstd', key: 'compressionZstdLevel', low: -50, high: 19 },
] as const

for (const { codec, key, low, high } of levels) {
  test(`compression.${codec}.level decides how much a topic's batches are compressed`, async () => {
    const sizes: number[] = []
    for (const level of [low, high]) {
      const { log } = await newLog({ compressionType: codec, [key]: level })
      const words = Array.from({ length: 3000 }, (_, n) => `word-${(n * 7919) % 1009} `).join('')
      const records = makeBatch({ count: 1, valueBytes: words.length })
      records.write(words, records.length - words.length - 1)
      new RecordBatch(records, 0).setMaxTimestamp('create', startMs)
      sizes.push(log.appendAsLeader(records, append).sizeBytes)
    }
    const [weak = 0, strong = 0] = sizes
    assert.ok(strong < weak, `${strong} bytes at level ${high}, ${weak} at level ${low}`)
  })
}

for (const compression of ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const) {
  test(`offsets are found by the times of records within batches (${compression})`, async () => {
    const { log } = await newLog({ segmentBytes: 1000, indexIntervalBytes: 100 })
    // Records of a batch are a millisecond apart, batches ten.
    for (let n = 0; n < 30; n++)
      log.appendAsLeader(makeBatch({ count: 5, valueBytes: 40, timestampMs: startMs + n * 10, compression }), append)
    for (let ms = 0; ms < 295; ms++) {
      const found = log.offsetForTimestamp(startMs + ms)
      const within = ms % 10
      const offset = within < 5 ? Math.floor(ms / 10) * 5 + within : (Math.floor(ms / 10) + 1) * 5
      const timestampMs = startMs + (within < 5 ? ms : ms - within + 10)
      assert.deepEqual(found, { offset, timestampMs, leaderEpoch: 3 })
    }
    assert.deepEqual(log.offsetOfMaxTimestamp(), { offset: 149, timestampMs: startMs + 294, leaderEpoch: 3 })
    assert.equal(log.offsetForTimestamp(startMs + 295), undefined)
  })
}

test('damage in the middle of what was not synced ends the log there, whatever follows', async () => {
  const simulation = new Simulation({ seed: 1 })
  const machine = simulation.machine('broker')
  const options = managerOptions('/data', { segmentBytes: 1000 })
  const manager = await simulation.runUntil(startManager(machine.env, options))
  const log = manager.getOrCreate('t', 0)
  for (let n = 0; n < 30; n++) log.appendAsLeader(makeBatch({ valueBytes: 100 }), append)
  const names = machine.env.disk.listSync('/data/t-0').filter((name) => name.endsWith('.log'))
  assert.ok(names.length >= 5)
  machine.crashProcess()
  const { disk } = machine.restart()
  const path = `/data/t-0/${names[1]}`
  const content = disk.readFileSync(path)
  const second = 12 + content.readInt32BE(8)
  content.writeUInt8(content.readUInt8(second + 100) ^ 1, second + 100)
  disk.writeFileAtomicSync(path, content)
  const again = await simulation.runUntil(startManager(machine.env, options))
  const recovered = again.get('t', 0)
  const endOffset = Number(names[1]?.slice(0, 20)) + 1
  assert.deepEqual([recovered?.logEndOffset, recovered?.segmentCount], [endOffset, 2])
  assert.equal(recovered?.appendAsLeader(makeBatch(), append).baseOffset, endOffset)
})

test('logs are recovered several at a time where that is asked for, and how far it is can be seen', async () => {
  const durations: number[] = []
  for (const recoveriesAtOnceMax of [1, 4]) {
    const lines: string[] = []
    const simulation = new Simulation({ seed: 1, print: (line) => lines.push(line) })
    const machine = simulation.machine('broker')
    const options = managerOptions('/data', {}, { recoveriesAtOnceMax })
    const manager = await simulation.runUntil(startManager(machine.env, options))
    for (let n = 0; n < 60; n++) manager.getOrCreate('t', n).appendAsLeader(makeBatch({ count: 9 }), append)
    machine.crashProcess()
    machine.disk.transferMsMean = 100
    const env = machine.restart()
    const beginMs = env.clock.monotonicMs()
    const starting = startManager(env, options)
    const remaining: number[] = []
    const look = (): void => {
      const [, count] = /remaininglogstorecover\S* (\d+)/.exec(env.metrics.render()) ?? []
      remaining.push(Number(count))
      env.timers.after(500, look)
    }
    look()
    const recovered = await simulation.runUntil(starting, 60_000)
    durations.push(env.clock.monotonicMs() - beginMs)
    for (let n = 0; n < 60; n++) assert.equal(recovered.get('t', n)?.logEndOffset, 9)
    assert.ok(remaining.length > 2 && remaining.every((count, n) => n < 2 || count <= (remaining[n - 1] as number)))
    if (recoveriesAtOnceMax === 1) assert.ok(lines.some((line) => /loading logs.*logs=\d+ of=60/.test(line)))
  }
  const [alone = 0, together = 0] = durations
  assert.ok(together < alone / 2.5, `${together} ms instead of ${alone} ms`)
})

/** Counts the files that are open, and refuses to open more than `limit`. */
function counted(env: Env, count: { now: number; most: number; limit?: number }): Env {
  const openSync: Disk['openSync'] = (path, mode) => {
    if (count.now >= (count.limit ?? Infinity)) throw new DiskError('TOO_MANY_OPEN_FILES', `cannot open ${path}`)
    const file = env.disk.openSync(path, mode)
    count.now++
    count.most = Math.max(count.most, count.now)
    const closeSync = file.closeSync.bind(file)
    file.closeSync = () => {
      count.now--
      closeSync()
    }
    return file
  }
  const disk = new Proxy(env.disk, {
    get(target, name) {
      if (name === 'openSync') return openSync
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
  return { ...env, disk }
}

test('with thousands of logs in use the open files stay within their bound, and all logs work', async () => {
  const simulation = new Simulation({ seed: 1 })
  const count = { now: 0, most: 0 }
  const env = counted(simulation.machine('broker').env, count)
  const manager = await simulation.runUntil(startManager(env, managerOptions('/data', {}, { openFilesMax: 100 })))
  for (let round = 0; round < 2; round++) {
    for (let n = 0; n < 3000; n++) manager.getOrCreate('t', n).appendAsLeader(makeBatch(), append)
  }
  for (let n = 0; n < 3000; n += 7) {
    const log = manager.get('t', n)
    assert.equal(bytesOf(log?.read(1, 1000, all) ?? { chunks: [] }).readInt32BE(4), 1)
  }
  // Beside those of the logs an index or a checkpoint may be open for a moment.
  assert.ok(count.most <= 110, `${count.most} open files`)
})

test('of the files that a process may have open the logs take half, and a checkpoint that finds no handle is stored the next time', async () => {
  const simulation = new Simulation({ seed: 1 })
  const count = { now: 0, most: 0, limit: 40 }
  const env = counted(simulation.machine('broker').env, count)
  env.disk.makeDirectorySync('/proc/self')
  env.disk.writeFileAtomicSync(
    '/proc/self/limits',
    Buffer.from('Max open files            40                   40                   files\n'),
  )
  const options = { highWatermarkCheckpointIntervalMs: 1000, initialTaskDelayMs: 0 }
  const manager = await simulation.runUntil(startManager(env, managerOptions('/data', {}, options)))
  for (let n = 0; n < 200; n++) manager.getOrCreate('t', n).appendAsLeader(makeBatch(), append)
  assert.ok(count.most <= 25, `${count.most} open files`)
  const watermarks = (): string => env.disk.readFileSync('/data/replication-offset-checkpoint').toString()
  // Connections take what is left, and what the logs give back.
  count.limit = 0
  const before = watermarks()
  manager.get('t', 7)?.updateHighWatermark(1)
  await simulation.run(5000)
  assert.equal(watermarks(), before)
  count.limit = 40
  await simulation.run(2000)
  assert.match(watermarks(), /^t 7 1$/m)
  assert.equal(manager.getOrCreate('t', 200).appendAsLeader(makeBatch(), append).baseOffset, 0)
})
