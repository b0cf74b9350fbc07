import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Simulation } from '@odradek/env-sim'
import type { SimulatedMachine } from '@odradek/env-sim'
import { StorageError } from '../src/storage-error.ts'
import { LogManager } from '../src/host/log-manager.ts'
import { bytesOf, makeBatch, managerOptions, startManager, startMs } from './log-fixture.ts'

const append = { leaderEpoch: 0, nowMs: startMs }
const all = { minOneMessage: true }

function world(seed = 1): { simulation: Simulation; machine: SimulatedMachine } {
  const simulation = new Simulation({ seed })
  return { simulation, machine: simulation.machine('broker') }
}

test('all that a producer may have in flight is recognised when it comes again, after a clean stop, a kill and a roll', async () => {
  for (const end of ['stop', 'kill', 'roll and kill'] as const) {
    const { simulation, machine } = world()
    const timestampMs = machine.env.clock.wallMs()
    const append = { leaderEpoch: 0, nowMs: timestampMs }
    const batches = Array.from({ length: 5 }, (_, n) => ({
      count: 2,
      producerId: 5,
      producerEpoch: 0,
      baseSequence: n * 2,
      timestampMs,
    }))
    // The third fills the segment.
    const options = managerOptions('/data', end === 'roll and kill' ? { segmentBytes: 400 } : {})
    const first = await simulation.runUntil(startManager(machine.env, options))
    const log = first.getOrCreate('orders', 0)
    for (const batch of batches) log.appendAsLeader(makeBatch(batch), append)
    assert.equal(log.segmentCount > 1, end === 'roll and kill')
    await simulation.runUntil(log.flush())
    if (end === 'stop') await simulation.runUntil(first.close())
    const second = await simulation.runUntil(startManager(machine.restart(), options))
    for (const [index, batch] of batches.entries()) {
      const { duplicate, baseOffset } = second.get('orders', 0)?.appendAsLeader(makeBatch(batch), append) ?? {}
      assert.deepEqual([duplicate, baseOffset], [true, index * 2], end)
    }
  }
})

test('what was closed in good order opens again with everything, and nothing is validated', async () => {
  const { simulation, machine } = world()
  const first = await simulation.runUntil(startManager(machine.env, managerOptions('/data')))
  first.writeMetaProperties('J5v0Zk2vSUSgD4X0Y5sTgQ')
  const log = first.getOrCreate('orders', 3, { topicId: 'Sd0nVJ4yTrW8DMtbJwMbhg' })
  for (let n = 0; n < 10; n++)
    log.appendAsLeader(makeBatch({ count: 2, producerId: 5, producerEpoch: 0, baseSequence: n * 2 }), {
      leaderEpoch: n >> 2,
      nowMs: startMs,
    })
  log.updateHighWatermark(18)
  log.incrementLogStartOffset(4)
  const bytes = bytesOf(log.read(4, 1e6, all))
  await simulation.runUntil(first.close())
  assert.equal(machine.env.disk.readFileSync('/data/replication-offset-checkpoint').toString(), '0\n1\norders 3 18\n')
  assert.equal(
    machine.env.disk.readFileSync('/data/recovery-point-offset-checkpoint').toString(),
    '0\n1\norders 3 20\n',
  )
  assert.equal(machine.env.disk.readFileSync('/data/log-start-offset-checkpoint').toString(), '0\n1\norders 3 4\n')
  assert.equal(machine.env.disk.readFileSync('/data/.kafka_cleanshutdown').toString(), '{"version":0,"brokerEpoch":-1}')
  assert.deepEqual(machine.env.disk.listSync('/data/orders-3'), [
    '00000000000000000000.index',
    '00000000000000000000.log',
    '00000000000000000000.timeindex',
    '00000000000000000020.snapshot',
    'leader-epoch-checkpoint',
    'partition.metadata',
  ])

  const second = new LogManager(machine.env, managerOptions('/data'))
  assert.deepEqual(second.open(), { clusterId: 'J5v0Zk2vSUSgD4X0Y5sTgQ' })
  await simulation.runUntil(second.start())
  const again = second.get('orders', 3)
  assert.ok(again !== undefined)
  assert.deepEqual(
    [
      again.logStartOffset,
      again.logEndOffset,
      again.highWatermark,
      again.recoveryPoint,
      again.recoveredBytes,
      again.topicId,
      again.latestEpoch,
    ],
    [4, 20, 18, 20, 0, 'Sd0nVJ4yTrW8DMtbJwMbhg', 2],
  )
  assert.ok(bytesOf(again.read(4, 1e6, all)).equals(bytes))
  assert.equal(
    again.appendAsLeader(makeBatch({ count: 2, producerId: 5, producerEpoch: 0, baseSequence: 18 }), append).duplicate,
    true,
  )
  assert.equal(
    again.appendAsLeader(makeBatch({ count: 2, producerId: 5, producerEpoch: 0, baseSequence: 20 }), append).baseOffset,
    20,
  )
})

test('cut off anywhere, the last segment recovers to whole batches before the cut', async () => {
  const { simulation, machine } = world()
  const manager = await simulation.runUntil(
    startManager(machine.env, managerOptions('/data', { indexIntervalBytes: 100 })),
  )
  const log = manager.getOrCreate('t', 0)
  const ends = [0]
  for (let n = 0; n < 4; n++) {
    log.appendAsLeader(makeBatch({ count: 2, producerId: 5, producerEpoch: 0, baseSequence: n * 2 }), {
      leaderEpoch: n,
      nowMs: startMs,
    })
    ends.push(log.sizeBytes)
  }
  const path = '/data/t-0/00000000000000000000.log'
  const whole = machine.env.disk.readFileSync(path)
  machine.crashProcess()
  for (let cut = 0; cut <= whole.length; cut++) {
    const { env } = { env: machine.restart() }
    const file = env.disk.openSync(path, 'truncate')
    // What was never written may be anything, whatever the block held before.
    file.writeSync([whole.subarray(0, cut), Buffer.alloc(cut % 3 === 0 ? 100 : 0, 0x5a)], 0)
    file.closeSync()
    const recovered = await simulation.runUntil(startManager(env, managerOptions('/data', { indexIntervalBytes: 100 })))
    const found = recovered.get('t', 0)
    const batches = ends.findLastIndex((end) => end <= cut)
    assert.equal(found?.logEndOffset, batches * 2)
    assert.equal(found?.sizeBytes, ends[batches])
    assert.equal(found?.latestEpoch, batches === 0 ? undefined : batches - 1)
    if (batches > 0) {
      assert.ok(bytesOf(found.read(0, 1e6, all)).equals(whole.subarray(0, ends[batches])))
      assert.equal(
        found.appendAsLeader(
          makeBatch({ count: 2, producerId: 5, producerEpoch: 0, baseSequence: batches * 2 - 2 }),
          append,
        ).duplicate,
        true,
      )
    }
    machine.crashProcess()
  }
})

test('indexes that are missing or damaged are built again', async () => {
  const { simulation, machine } = world()
  const options = managerOptions('/data', { segmentBytes: 2000, indexIntervalBytes: 100 })
  const manager = await simulation.runUntil(startManager(machine.env, options))
  const log = manager.getOrCreate('t', 0)
  for (let n = 0; n < 40; n++) log.appendAsLeader(makeBatch({ valueBytes: 100, timestampMs: startMs + n * 10 }), append)
  await simulation.runUntil(manager.close())
  const env = machine.restart()
  const names = env.disk.listSync('/data/t-0').filter((name) => name.endsWith('index'))
  const before = names.map((name) => env.disk.readFileSync(`/data/t-0/${name}`))
  for (const [n, name] of names.entries()) {
    if (n % 3 === 0) env.disk.removeFileSync(`/data/t-0/${name}`)
    else if (n === names.length - 1)
      env.disk.writeFileAtomicSync(`/data/t-0/${name}`, Buffer.from('nonsense, but 24 bytes..'))
  }
  const again = await simulation.runUntil(startManager(env, options))
  assert.deepEqual(again.get('t', 0)?.offsetForTimestamp(startMs + 205), {
    offset: 21,
    timestampMs: startMs + 210,
    leaderEpoch: 0,
  })
  for (let offset = 0; offset < 40; offset++) {
    assert.equal(bytesOf(again.get('t', 0)?.read(offset, 1, all) ?? { chunks: [] }).readInt32BE(4), offset)
  }
  await simulation.runUntil(again.close())
  assert.deepEqual(
    names.map((name) => env.disk.readFileSync(`/data/t-0/${name}`)),
    before,
  )
})

test('a deleted log is out of the way at once and gone after a while; its name can be used again', async () => {
  const { simulation, machine } = world()
  const options = managerOptions('/data', { fileDeleteDelayMs: 60_000 })
  const manager = await simulation.runUntil(startManager(machine.env, options))
  const log = manager.getOrCreate('t', 0)
  log.appendAsLeader(makeBatch({ count: 7 }), append)
  log.updateHighWatermark(7)
  manager.checkpoint()
  assert.equal(manager.delete('t', 0), true)
  assert.equal(manager.delete('t', 0), false)
  const isDeletion = (name: string): boolean => /^t-0\.[0-9a-f]{32}-delete$/.test(name)
  assert.equal(machine.env.disk.listSync('/data').filter(isDeletion).length, 1)
  assert.equal(manager.getOrCreate('t', 0).logEndOffset, 0)
  machine.crashProcess()
  const again = await simulation.runUntil(startManager(machine.restart(), options))
  assert.equal(again.get('t', 0)?.logEndOffset, 0)
  assert.equal(again.get('t', 0)?.highWatermark, 0)
  await simulation.run(61_000)
  assert.equal(machine.env.disk.listSync('/data').some(isDeletion), false)
})

test('retention removes old segments in the background, and producers and flushes are looked after', async () => {
  const { simulation, machine } = world()
  const options = managerOptions(
    '/data',
    { segmentBytes: 500, retentionMs: 1000, fileDeleteDelayMs: 1000, flushMs: 5000 },
    { producerIdExpirationMs: 1000 },
  )
  const manager = await simulation.runUntil(startManager(machine.env, options))
  const log = manager.getOrCreate('t', 0)
  const timestampMs = machine.env.clock.wallMs()
  for (let n = 0; n < 10; n++)
    log.appendAsLeader(
      makeBatch({ valueBytes: 200, timestampMs, producerId: 5, producerEpoch: 0, baseSequence: n }),
      append,
    )
  log.updateHighWatermark(10)
  await simulation.run(60_000)
  assert.equal(log.recoveryPoint, 10)
  await simulation.run(660_000)
  assert.deepEqual([log.logStartOffset, log.logEndOffset, log.segmentCount, [...log.producers].length], [10, 10, 1, 0])
  const left = machine.env.disk.listSync('/data/t-0').filter((name) => name.endsWith('.log'))
  assert.deepEqual(left, ['00000000000000000010.log'])
})

test('new logs go where the fewest are', async () => {
  const { simulation, machine } = world()
  const options = { ...managerOptions('/a'), directories: ['/a', '/b'] }
  const manager = await simulation.runUntil(startManager(machine.env, options))
  for (let partition = 0; partition < 4; partition++) manager.getOrCreate('t', partition)
  assert.deepEqual(
    [...manager.all()].map(({ directory }) => directory),
    ['/a', '/b', '/a', '/b'],
  )
  assert.equal(manager.getOrCreate('u', 0, { directory: '/b' }).directory, '/b')
})

test('directories of another broker, or in use, are refused', async () => {
  const { simulation, machine } = world()
  const manager = await simulation.runUntil(startManager(machine.env, managerOptions('/data')))
  manager.writeMetaProperties('cluster')
  const isError = (code: string) => (error: unknown) => error instanceof StorageError && error.code === code
  await simulation.runUntil(manager.close())
  assert.throws(
    () => new LogManager(machine.env, { ...managerOptions('/data'), brokerId: 2 }).open(),
    isError('INCONSISTENT_IDENTITY'),
  )
  const holder = new LogManager(machine.env, managerOptions('/data'))
  holder.open()
  assert.throws(() => new LogManager(machine.env, managerOptions('/data')).open(), isError('DIRECTORY_LOCKED'))
})

test('a log directory that cannot be used does not take the others with it', async () => {
  const { simulation, machine } = world()
  machine.env.disk.writeFileAtomicSync('/broken', Buffer.from('a file where a directory should be'))
  const failed: string[] = []
  const options = {
    ...managerOptions('/a', {}, { onDirectoryFailure: (directory) => failed.push(directory) }),
    directories: ['/broken', '/a'],
  }
  const manager = await simulation.runUntil(startManager(machine.env, options))
  assert.deepEqual(failed, ['/broken'])
  assert.deepEqual(manager.liveDirectories, ['/a'])
  assert.equal(manager.getOrCreate('t', 0).directory, '/a')
  const none = new LogManager(machine.env, { ...managerOptions('/broken'), directories: ['/broken'] })
  assert.throws(
    () => none.open(),
    (error) => error instanceof StorageError && error.code === 'NO_DIRECTORY',
  )
})

test('a preallocated file is cut to what was written, by a close, a roll and a recovery', async () => {
  const { simulation, machine } = world()
  const options = managerOptions('/data', { preallocate: true, segmentBytes: 1000 })
  const manager = await simulation.runUntil(startManager(machine.env, options))
  const log = manager.getOrCreate('t', 0)
  for (let n = 0; n < 9; n++) log.appendAsLeader(makeBatch({ valueBytes: 200 }), append)
  const sizes = (): number[] =>
    machine.env.disk
      .listSync('/data/t-0')
      .filter((name) => name.endsWith('.log'))
      .map((name) => machine.env.disk.statusSync(`/data/t-0/${name}`)?.sizeBytes ?? 0)
  const written = log.sizeBytes
  assert.equal(sizes().at(-1), 1000)
  machine.crashProcess()
  const recovered = await simulation.runUntil(startManager(machine.restart(), options))
  assert.deepEqual([recovered.get('t', 0)?.logEndOffset, recovered.get('t', 0)?.sizeBytes], [9, written])
  assert.equal(
    sizes().reduce((sum, size) => sum + size),
    written,
  )
  await simulation.runUntil(recovered.close())
  const again = await simulation.runUntil(startManager(machine.restart(), options))
  assert.deepEqual([again.get('t', 0)?.logEndOffset, again.get('t', 0)?.sizeBytes], [9, written])
})

test('garbage after the last batch of a log that was closed in good order is cut off', async () => {
  const { simulation, machine } = world()
  const manager = await simulation.runUntil(startManager(machine.env, managerOptions('/data')))
  manager.getOrCreate('t', 0).appendAsLeader(makeBatch(), append)
  await simulation.runUntil(manager.close())
  const { disk } = machine.restart()
  const file = disk.openSync('/data/t-0/00000000000000000000.log', 'write')
  file.writeSync([Buffer.alloc(500)], file.sizeBytes())
  file.closeSync()
  const again = await simulation.runUntil(startManager(machine.env, managerOptions('/data')))
  const log = again.get('t', 0)
  assert.equal(log?.appendAsLeader(makeBatch(), append).baseOffset, 1)
  assert.equal(bytesOf(log?.read(1, 1000, all) ?? { chunks: [] }).readInt32BE(4), 1)
})

test('nobody waits for the disk while logs are made, rolled, flushed, emptied by retention and deleted', async () => {
  const { simulation, machine } = world()
  const options = managerOptions('/data', { segmentBytes: 400, retentionMs: 1000, fileDeleteDelayMs: 1000 })
  const manager = await simulation.runUntil(startManager(machine.env, options))
  await simulation.run(1000)
  const busyUntilMs = machine.process?.busyUntilMs
  for (let n = 0; n < 20; n++) {
    const log = manager.getOrCreate('t', n, { topicId: 'Sd0nVJ4yTrW8DMtbJwMbhg' })
    for (let batch = 0; batch < 9; batch++) log.appendAsLeader(makeBatch({ valueBytes: 100 }), append)
    log.updateHighWatermark(Infinity)
    await simulation.runUntil(log.flush())
  }
  assert.ok(manager.deleteOldSegments() > 50)
  manager.delete('t', 1)
  await simulation.run(200_000)
  const { disk } = machine.env
  assert.deepEqual(
    disk.listSync('/data').filter((name) => name.startsWith('t-1.')),
    [],
  )
  assert.ok(disk.readFileSync('/data/t-0/partition.metadata').includes('Sd0nVJ4yTrW8DMtbJwMbhg'))
  assert.deepEqual(
    disk.listSync('/data/t-0').filter((name) => name.endsWith('.deleted')),
    [],
  )
  assert.equal(machine.process?.busyUntilMs, busyUntilMs)
})
