import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Simulation } from '@odradek/env-sim'
import { encodeRecordBatch, endTransactionMarker } from '@odradek/kafka-protocol'
import { CoordinatorRuntime } from '../src/coordinator-runtime.ts'
import type { CounterRecord } from './counter-core.ts'
import { counterCodec, CounterCore } from './counter-core.ts'
import { MemoryLog } from './memory-log.ts'

interface World {
  readonly simulation: Simulation
  readonly log: MemoryLog
  readonly runtime: CoordinatorRuntime<CounterRecord, CounterCore>
}

function worldOn(log: MemoryLog): World {
  const simulation = new Simulation({ seed: 'coordinator' })
  const { env } = simulation.machine('broker')
  const runtime = new CoordinatorRuntime<CounterRecord, CounterCore>({
    clock: env.clock,
    timers: env.timers,
    log: env.log,
    topic: '__counters',
    codec: counterCodec,
    commitTimeoutMs: 5000,
    loadSizeBytesMax: 1024,
    makeCore: () => new CounterCore(),
    openLog: () => log,
  })
  return { simulation, log, runtime }
}

async function loadedWorld(log = new MemoryLog()): Promise<World> {
  const world = worldOn(log)
  await world.simulation.runUntil(world.runtime.load(0, 1))
  return world
}

const add = ({ runtime }: World, name: string, amount: number): Promise<number> =>
  runtime.write(0, (core) => core.add(name, amount))

const code = (error: string) => ({ name: 'KafkaError', code: error })

test('a write is answered when it is committed', async () => {
  const world = await loadedWorld()
  assert.equal(await world.simulation.runUntil(add(world, 'a', 2)), 2)

  world.log.isHeld = true
  let answered: number | undefined
  void add(world, 'a', 3).then((value) => (answered = value))
  await world.simulation.run(1000)
  assert.equal(answered, undefined)
  assert.equal(
    world.runtime.read(0, (core) => core.counters.get('a')),
    5,
    'it is replayed at once',
  )
  world.log.release()
  await world.simulation.run(0)
  assert.equal(answered, 5)
})

test('writes that wait are answered in the order of the log', async () => {
  const world = await loadedWorld()
  world.log.isHeld = true
  const answers: number[] = []
  for (let count = 0; count < 5; count++) void add(world, 'a', 1).then((value) => answers.push(value))
  world.log.release(3)
  await world.simulation.run(0)
  assert.deepEqual(answers, [1, 2, 3])
  world.log.release()
  await world.simulation.run(0)
  assert.deepEqual(answers, [1, 2, 3, 4, 5])
})

test('what the log refuses changes nothing, and the caller hears why', async () => {
  const world = await loadedWorld()
  world.log.appendError = 'NOT_ENOUGH_REPLICAS'
  await assert.rejects(world.simulation.runUntil(add(world, 'a', 1)), code('NOT_ENOUGH_REPLICAS'))
  assert.equal(
    world.runtime.read(0, (core) => core.counters.get('a')),
    undefined,
  )
  assert.equal(world.log.logEndOffset, 0)
})

test('a write that is not committed in time is answered with REQUEST_TIMED_OUT, and counts when it is committed later', async () => {
  const world = await loadedWorld()
  world.log.isHeld = true
  const late = assert.rejects(add(world, 'a', 1), code('REQUEST_TIMED_OUT'))
  await world.simulation.run(5000)
  await late
  world.log.isHeld = false
  world.log.release()
  assert.equal(await world.simulation.runUntil(add(world, 'a', 1)), 2)
})

test('the next coordinator replays the log to the same state', async () => {
  const first = await loadedWorld()
  for (let count = 0; count < 10; count++) await first.simulation.runUntil(add(first, `counter ${count % 3}`, count))
  const next = await loadedWorld(first.log)
  assert.deepEqual(
    next.runtime.read(0, (core) => [...core.counters]),
    first.runtime.read(0, (core) => [...core.counters]),
  )
})

test('requests are refused while the log is being replayed, and after the partition is lost', async () => {
  const first = await loadedWorld()
  await first.simulation.runUntil(add(first, 'a', 1))
  const world = worldOn(first.log)
  await assert.rejects(add(world, 'a', 1), code('NOT_COORDINATOR'))
  const loading = world.runtime.load(0, 1)
  await assert.rejects(add(world, 'a', 1), code('COORDINATOR_LOAD_IN_PROGRESS'))
  await world.simulation.runUntil(loading)
  assert.equal(await world.simulation.runUntil(add(world, 'a', 1)), 2)
  world.runtime.unload(0)
  await assert.rejects(add(world, 'a', 1), code('NOT_COORDINATOR'))
  world.runtime.close()
  await assert.rejects(add(world, 'a', 1), code('COORDINATOR_NOT_AVAILABLE'))
})

test('a partition that is lost while it loads stays lost', async () => {
  const first = await loadedWorld()
  for (let count = 0; count < 5; count++) await first.simulation.runUntil(add(first, 'a', 1))
  const world = worldOn(first.log)
  const loading = world.runtime.load(0, 1)
  world.runtime.unload(0)
  await world.simulation.runUntil(loading)
  await assert.rejects(add(world, 'a', 1), code('NOT_COORDINATOR'))
  assert.equal(first.log.listeners.size, 1, 'it does not listen to the log')
})

test('nothing is served before all that the log holds is committed here too', async () => {
  const first = await loadedWorld()
  for (let count = 0; count < 3; count++) await first.simulation.runUntil(add(first, 'a', 1))
  first.runtime.unload(0)
  for (const isLost of [true, false]) {
    first.log.highWatermark = 1
    const world = worldOn(first.log)
    const loading = world.runtime.load(0, 1)
    await world.simulation.run(1000)
    first.log.release(2)
    await world.simulation.run(1000)
    await assert.rejects(add(world, 'a', 1), code('COORDINATOR_LOAD_IN_PROGRESS'))
    if (isLost) world.runtime.unload(0)
    else first.log.release()
    await world.simulation.runUntil(loading)
    assert.equal(first.log.listeners.size, isLost ? 0 : 1)
    if (!isLost) assert.equal(await world.simulation.runUntil(add(world, 'a', 1)), 4)
  }
})

test('losing the partition ends whatever is parked with NOT_COORDINATOR', async () => {
  const world = await loadedWorld()
  const waiting = assert.rejects(
    world.runtime.request<string>(0, (core, to) => core.wait('ticks', 5, to)),
    code('NOT_COORDINATOR'),
  )
  world.log.isHeld = true
  const uncommitted = assert.rejects(add(world, 'a', 1), code('NOT_COORDINATOR'))
  world.runtime.unload(0)
  await waiting
  await uncommitted
  assert.equal(world.log.listeners.size, 0)
})

test('deadlines of the core come true, and answer what waits for them', async () => {
  const world = await loadedWorld()
  let answer: string | undefined
  void world.runtime
    .request<string>(0, (core, to, _effects, now) => {
      core.tickFrom(now)
      core.wait('ticks', 3, to)
    })
    .then((text) => (answer = text))
  await world.simulation.run(2999)
  assert.equal(answer, undefined)
  await world.simulation.run(1)
  assert.equal(answer, 'reached')
  world.runtime.close()
})

test('records of an open transaction count when its marker says so', async () => {
  const log = new MemoryLog()
  const transactional = (producerId: number, name: string): Buffer =>
    encodeRecordBatch({
      records: [{ key: Buffer.from(name), value: Buffer.from('7'), headers: [], timestampMs: 1 }],
      producerId,
      producerEpoch: 0,
      baseSequence: 0,
      isTransactional: true,
    })
  const marker = (producerId: number, committed: boolean): Buffer =>
    endTransactionMarker({
      outcome: committed ? 'commit' : 'abort',
      producerId,
      producerEpoch: 0,
      coordinatorEpoch: 0,
      timestampMs: 1,
    })
  log.append(transactional(1, 'committed'))
  log.append(transactional(2, 'aborted'))
  log.append(transactional(3, 'open'))
  log.append(marker(1, true))
  log.append(marker(2, false))
  const world = await loadedWorld(log)
  assert.deepEqual(
    world.runtime.read(0, (core) => [...core.counters]),
    [['committed', 7]],
  )
  assert.deepEqual(
    world.runtime.read(0, (core) => [...core.pendingTransactions.keys()]),
    [3],
  )
})

test('a record of an unknown kind is left out, and the rest of the log counts', async () => {
  const log = new MemoryLog()
  const record = (key: string): { key: Buffer; value: Buffer; headers: []; timestampMs: number } => ({
    key: Buffer.from(key),
    value: Buffer.from('1'),
    headers: [],
    timestampMs: 1,
  })
  log.append(encodeRecordBatch({ records: [record('a'), record('unknown'), record('b')] }))
  const world = await loadedWorld(log)
  assert.deepEqual(
    world.runtime.read(0, (core) => [...core.counters.keys()]),
    ['a', 'b'],
  )
})

test('a core that fails is replaced by one that the log tells what was', async () => {
  const world = await loadedWorld()
  await world.simulation.runUntil(add(world, 'a', 1))
  const parked = assert.rejects(
    world.runtime.request<string>(0, (core, to) => core.wait('ticks', 5, to)),
    code('NOT_COORDINATOR'),
  )
  const failing = world.runtime.request<string>(0, (core) => {
    core.counters.set('a', 99)
    throw new Error('a defect')
  })
  await assert.rejects(failing, { message: 'a defect' })
  await parked
  await assert.rejects(add(world, 'a', 1), code('NOT_COORDINATOR'))
  await world.simulation.run(1100)
  assert.equal(await world.simulation.runUntil(add(world, 'a', 1)), 2)
  assert.equal(world.log.listeners.size, 1)
})

test('records that cannot be encoded are refused like any that the log refuses', async () => {
  const world = await loadedWorld()
  const unwritable = world.runtime.write(0, () => ({ records: [{ name: 'unencodable', value: 1 }], response: 1 }))
  await assert.rejects(world.simulation.runUntil(unwritable), code('UNKNOWN_SERVER_ERROR'))
  assert.equal(await world.simulation.runUntil(add(world, 'a', 1)), 1)
})
