import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { Simulation } from '@odradek/env-sim'
import type { SimulatedMachine } from '@odradek/env-sim'
import { KafkaError } from '@odradek/kafka-protocol'
import type { LogManager } from '../src/host/log-manager.ts'
import type { LogManagerOptions } from '../src/host/log-manager-options.ts'
import type { PartitionLog } from '../src/host/partition-log.ts'
import type { LogConfig } from '../src/log-config.ts'
import { bytesOf, makeBatch, managerOptions, startManager, startMs } from './log-fixture.ts'

const append = { leaderEpoch: 0, nowMs: startMs }
const all = { minOneMessage: true }
const topicId = 'Sd0nVJ4yTrW8DMtbJwMbhg'

/** A broker's logs in two directories, one of them with records. */
class World {
  readonly simulation = new Simulation({ seed: 1 })
  readonly machine: SimulatedMachine = this.simulation.machine('broker')
  options!: LogManagerOptions & { moveBytesPerSecondMax?: number }
  manager!: LogManager

  static async start(config: Partial<LogConfig> = {}, changes: Partial<LogManagerOptions> = {}): Promise<World> {
    const world = new World()
    world.options = managerOptions('/a', { segmentBytes: 5000, fileDeleteDelayMs: 1000, ...config }, changes)
    world.options = { ...world.options, directories: ['/a', '/b'] }
    await world.restart()
    const log = world.manager.getOrCreate('t', 0, { topicId, directory: '/a' })
    for (let n = 0; n < 40; n++) log.appendAsLeader(makeBatch({ count: 3, valueBytes: 100 }), append)
    log.updateHighWatermark(Infinity)
    return world
  }

  async restart(): Promise<void> {
    this.machine.restart()
    this.manager = await this.simulation.runUntil(startManager(this.machine.env, this.options))
  }

  get log(): PartitionLog {
    const log = this.manager.get('t', 0)
    assert.ok(log !== undefined)
    return log
  }

  get future(): PartitionLog | undefined {
    return [...this.manager.futures()][0]
  }

  /** Directories of logs, with what makes them unique left out. */
  get names(): string[] {
    return ['/a', '/b'].flatMap((directory) =>
      this.machine.env.disk
        .listSync(directory)
        .filter((name) => name.startsWith('t-0'))
        .map((name) => `${directory}/${name.replace(/[0-9a-f]{32}/, 'X')}`),
    )
  }

  contentOf(log: PartitionLog): string {
    const chunks: Buffer[] = []
    for (let offset = log.logStartOffset; offset < log.logEndOffset;) {
      const read = log.read(offset, 1e6, all)
      chunks.push(...read.chunks)
      offset = read.nextOffset
    }
    return createHash('sha256').update(Buffer.concat(chunks)).digest('hex')
  }
}

function refuses(operation: () => void, code: string): void {
  assert.throws(operation, (error) => error instanceof KafkaError && error.code === code)
}

test('a log moves to another directory while it is appended to, and is the same there', async () => {
  const world = await World.start()
  const { manager } = world
  const replaced: string[] = []
  manager.onReplaced((log) => replaced.push(log.path))
  world.log.appendAsLeader(makeBatch({ producerId: 7, producerEpoch: 0, baseSequence: 0 }), append)
  manager.move('t', 0, '/b')
  assert.deepEqual(world.names, ['/a/t-0', '/b/t-0.X-future'])
  assert.deepEqual([world.future?.directory, world.future?.logEndOffset], ['/b', 0])
  for (let n = 0; n < 30; n++) {
    world.log.appendAsLeader(makeBatch({ valueBytes: 500 }), append)
    world.log.updateHighWatermark(Infinity)
    await world.simulation.run(1)
  }
  await world.simulation.run(100)
  assert.deepEqual(replaced, ['/b/t-0'])
  const { log } = world
  assert.deepEqual(
    [log.directory, log.logEndOffset, log.highWatermark, log.topicId, world.future],
    ['/b', 151, 151, topicId, undefined],
  )
  assert.deepEqual(world.names, ['/a/t-0.X-delete', '/b/t-0'])
  const again = log.appendAsLeader(makeBatch({ producerId: 7, producerEpoch: 0, baseSequence: 0 }), append)
  assert.deepEqual([again.duplicate, again.baseOffset], [true, 120])
  const content = world.contentOf(log)
  await world.simulation.run(2000)
  assert.deepEqual(world.names, ['/b/t-0'])
  await world.simulation.runUntil(manager.close())
  await world.restart()
  assert.deepEqual([world.log.directory, world.log.recoveredBytes, world.log.topicId], ['/b', 0, topicId])
  assert.equal(world.contentOf(world.log), content)
})

test('a move keeps to its rate, goes on after a stop and a kill, and ends where it is asked to stay', async () => {
  const world = await World.start()
  const sizeBytes = world.log.sizeBytes
  let rate = 1000
  world.options = Object.defineProperty({ ...world.options }, 'moveBytesPerSecondMax', { get: () => rate })
  await world.simulation.runUntil(world.manager.close())
  await world.restart()
  world.manager.move('t', 0, '/b')
  await world.simulation.run(6000)
  const copiedBytes = world.future?.sizeBytes ?? 0
  assert.ok(copiedBytes > 4000 && copiedBytes <= 6000 + 4096, `${copiedBytes} bytes in 6 s`)
  await world.simulation.runUntil(world.manager.close())
  await world.restart()
  assert.ok((world.future?.sizeBytes ?? 0) >= copiedBytes)
  await world.simulation.run(2000)
  const copiedLater = world.future?.sizeBytes ?? 0
  assert.ok(copiedLater > copiedBytes && copiedLater < sizeBytes)
  world.machine.crashProcess()
  await world.restart()
  assert.ok((world.future?.sizeBytes ?? 0) >= copiedLater)
  world.manager.move('t', 0, '/b')
  world.manager.move('t', 0, '/a')
  assert.equal(world.future, undefined)
  assert.deepEqual(world.names, ['/a/t-0', '/b/t-0.X-delete'])
  world.manager.move('t', 0, '/b')
  rate = 1e9
  await world.simulation.run(2000)
  assert.deepEqual([world.log.directory, world.log.sizeBytes], ['/b', sizeBytes])
})

test('a log that begins within a batch, or elsewhere by the time it is copied, has the same start when it has moved', async () => {
  const world = await World.start()
  world.log.incrementLogStartOffset(61)
  world.manager.deleteOldSegments()
  world.manager.move('t', 0, '/b')
  await world.simulation.run(100)
  assert.deepEqual([world.log.directory, world.log.logStartOffset, world.log.logEndOffset], ['/b', 61, 120])
  const { chunks } = world.log.read(61, 1, all)
  assert.equal(Number(bytesOf({ chunks }).readBigInt64BE(0)), 60)
  world.manager.move('t', 0, '/a')
  world.log.incrementLogStartOffset(120)
  world.manager.deleteOldSegments()
  await world.simulation.run(100)
  assert.deepEqual([world.log.directory, world.log.logStartOffset, world.log.logEndOffset], ['/a', 120, 120])
})

test('what is cut off a log on its way is cut off the copy', async () => {
  const world = await World.start({}, { moveBytesPerSecondMax: 9000 })
  world.manager.move('t', 0, '/b')
  await world.simulation.run(1500)
  const copied = world.future?.logEndOffset ?? 0
  assert.ok(copied > 60 && copied < 120, `copied to ${copied}`)
  world.log.truncateTo(60)
  assert.equal(world.future?.logEndOffset, 60)
  world.log.truncateFullyAndStartAt(300)
  world.log.appendAsLeader(makeBatch({ count: 5 }), { ...append, leaderEpoch: 4 })
  await world.simulation.run(3000)
  assert.deepEqual([world.log.directory, world.log.logStartOffset, world.log.logEndOffset], ['/b', 300, 305])
  assert.deepEqual(world.log.endOffsetForEpoch(4), { epoch: 4, endOffset: 305 })
})

test('a directory that fails during a move takes only what is in it', async () => {
  const world = await World.start({}, { moveBytesPerSecondMax: 1000 })
  world.manager.move('t', 0, '/b')
  await world.simulation.run(1000)
  const { disk } = world.machine.env
  disk.removeTreeSync('/b')
  disk.writeFileAtomicSync('/b', Buffer.from('a file where a directory should be'))
  await world.simulation.run(70_000)
  assert.deepEqual([world.manager.offlineDirectories, world.future], [['/b'], undefined])
  world.log.appendAsLeader(makeBatch(), append)
  assert.deepEqual([world.log.directory, world.log.isOffline], ['/a', false])
  refuses(() => world.manager.move('t', 0, '/b'), 'KAFKA_STORAGE_ERROR')
  // The other log of a partition that was there before may be in the directory that failed.
  refuses(() => world.manager.getOrCreate('u', 0, { isNew: false }), 'KAFKA_STORAGE_ERROR')
  assert.equal(world.manager.getOrCreate('u', 0, { isNew: true }).directory, '/a')
})

test('a deleted log takes its copy with it; what cannot be moved is refused', async () => {
  const world = await World.start({}, { moveBytesPerSecondMax: 1000 })
  const { manager } = world
  refuses(() => manager.move('t', 0, '/c'), 'LOG_DIR_NOT_FOUND')
  refuses(() => manager.move('t'.repeat(230), 0, '/b'), 'INVALID_TOPIC_EXCEPTION')
  manager.move('t', 0, '/a')
  assert.equal(world.future, undefined)
  manager.move('t', 0, '/b')
  manager.delete('t', 0)
  assert.deepEqual(world.names, ['/a/t-0.X-delete', '/b/t-0.X-delete'])
  await world.simulation.run(5000)
  assert.deepEqual(world.names, [])
  manager.move('t', 0, '/b')
  assert.equal(manager.getOrCreate('t', 0).directory, '/b')
})

test('a copy without its log, or of another topic of the same name, is removed at the start', async () => {
  const world = await World.start({}, { moveBytesPerSecondMax: 1000 })
  world.manager.move('t', 0, '/b')
  await world.simulation.run(3000)
  world.machine.crashProcess()
  world.machine.restart()
  world.machine.env.disk.removeTreeSync('/a/t-0')
  await world.restart()
  assert.deepEqual([world.manager.get('t', 0), world.future], [undefined, undefined])
  await world.simulation.run(2000)
  assert.deepEqual(world.names, [])
})
