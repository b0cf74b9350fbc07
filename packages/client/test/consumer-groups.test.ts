// What users of other clients suffer in groups (the numbers of their issues are in docs/consumer.md), as a member of a whole simulated cluster.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Env } from '@odradek/base'
import { Consumer } from '../src/index.ts'
import type { ConsumerRecord, TopicPartition } from '../src/index.ts'
import { ClientWorld } from './client-world.ts'
import { consumerIn, Ledger, take } from './consumer-world.ts'
import { writeValues } from './record-writer.ts'

const partitionCount = 6

const properties = {
  'group.initial.rebalance.delay.ms': '0',
  'group.consumer.min.heartbeat.interval.ms': '500',
  'group.consumer.heartbeat.interval.ms': '500',
}

/** A topic `orders` of six partitions with so many records each. */
async function worldWith(seed: string, recordsEach: number): Promise<ClientWorld> {
  const world = await ClientWorld.start(seed, { properties })
  await world.createTopic('orders', { partitions: partitionCount })
  for (let partition = 0; partition < partitionCount; partition++) {
    const values = Array.from({ length: recordsEach }, (_, index) => `${partition}/${index}`)
    if (recordsEach > 0) await writeValues(world, { topic: 'orders', partition }, values)
  }
  return world
}

interface Member {
  readonly consumer: Consumer
  readonly running: Promise<void>
}

/** A member on a machine of its own, which takes `durationMs` for each record. */
function startMember(world: ClientWorld, name: string, ledger: Ledger, durationMs: number, given: object = {}): Member {
  const consumer = consumerIn(world, { 'max.poll.records': 5, ...given }, name)
  consumer.subscribe('orders')
  const { env } = world.simulation.machine(name)
  const eachRecord = async (record: ConsumerRecord): Promise<void> => {
    ledger.begin(name, record)
    if (durationMs > 0) await new Promise<void>((resolve) => env.timers.after(durationMs, resolve))
    ledger.end(name, record)
  }
  return { consumer, running: consumer.run({ eachRecord, concurrency: 2 }) }
}

function owned(...members: Member[]): string[] {
  return members.flatMap(({ consumer }) => consumer.assignment().map(({ partition }) => String(partition))).toSorted()
}

const all = ['0', '1', '2', '3', '4', '5']

for (const strategy of ['range', 'roundrobin', 'sticky', 'cooperative-sticky', 'consumer'] as const) {
  test(`24 rebalances in a row: no record is processed by two members at once, none is left out, none comes twice (${strategy})`, async () => {
    const recordsEach = 100
    const world = await worldWith(`rebalances-${strategy}`, recordsEach)
    const ledger = new Ledger()
    const given = {
      'heartbeat.interval.ms': 500,
      ...(strategy === 'consumer' ? { 'group.protocol': strategy } : { 'partition.assignment.strategy': [strategy] }),
    }
    const steady = startMember(world, 'steady', ledger, 800, given)
    await world.pass(5000)
    let coming: Member | undefined
    for (let round = 0; round < 24; round++) {
      if (coming === undefined) coming = startMember(world, `guest-${round}`, ledger, 800, given)
      else {
        await world.run(Promise.all([coming.consumer.close(), coming.running]))
        coming = undefined
      }
      await world.pass(6000)
    }
    // The rebalances have come while there was work to do.
    assert.ok(ledger.processed.size < partitionCount * recordsEach)
    assert.deepEqual(owned(steady), all)
    await world.pass(120_000)
    await world.run(Promise.all([steady.consumer.close(), steady.running]))
    assert.deepEqual(ledger.overlaps, [])
    assert.equal(ledger.processed.size, partitionCount * recordsEach)
    assert.equal(ledger.repeats, 0)
    assert.ok(steady.consumer.health().rebalanceCount >= 24)
  })
}

test('a batch that takes longer than the session is finished before its partitions go, in one rebalance', async () => {
  const world = await worldWith('slow-batch', 5)
  const ledger = new Ledger()
  const given = { 'session.timeout.ms': 10_000 }
  // Five records at four seconds: two sessions long.
  const slow = startMember(world, 'slow', ledger, 4000, given)
  await world.pass(5000)
  const before = slow.consumer.health().rebalanceCount
  const second = startMember(world, 'second', ledger, 10, given)
  await world.pass(60_000)
  assert.deepEqual(owned(slow, second), all)
  assert.ok(slow.consumer.health().rebalanceCount - before <= 2)
  await world.pass(60_000)
  assert.deepEqual(ledger.overlaps, [])
  assert.equal(ledger.processed.size, partitionCount * 5)
  assert.equal(ledger.repeats, 0)
  await world.run(Promise.all([slow.consumer.close(), second.consumer.close()]))
})

test('who holds records for longer than max.poll.interval.ms leaves, is told, and comes back when done', async () => {
  const world = await worldWith('max-poll', 3)
  const lost: TopicPartition[] = []
  const stuck = consumerIn(world, { 'max.poll.interval.ms': 20_000, 'session.timeout.ms': 10_000 }, 'stuck')
  stuck.subscribe('orders', { lost: (partitions) => void lost.push(...partitions) })
  let release: (() => void) | undefined
  const signals: AbortSignal[] = []
  const running = stuck.run({
    eachRecord: (_record, signal) => {
      signals.push(signal)
      if (signals.length === 1) return new Promise<void>((resolve) => (release = resolve))
    },
  })
  await world.pass(10_000)
  assert.equal(signals[0]?.aborted, false)
  await world.pass(30_000)
  assert.equal(lost.length, partitionCount)
  assert.equal(signals[0]?.aborted, true)
  const ledger = new Ledger()
  const other = startMember(world, 'other', ledger, 0)
  await world.pass(10_000)
  assert.equal(ledger.processed.size, partitionCount * 3)
  release?.()
  await world.pass(30_000)
  assert.equal(stuck.health().state, 'running')
  assert.equal(stuck.assignment().length, 3)
  await world.run(Promise.all([stuck.close(), other.consumer.close(), running, other.running]))
})

test('a static member that restarts has its partitions again, and the others notice nothing', async () => {
  const world = await worldWith('static', 5)
  const ledger = new Ledger()
  const other = startMember(world, 'other', ledger, 0, { 'group.instance.id': 'other' })
  const first = startMember(world, 'first', ledger, 0, { 'group.instance.id': 'first' })
  await world.pass(15_000)
  const [had, count] = [owned(first), other.consumer.health().rebalanceCount]
  assert.equal(had.length, 3)
  await world.run(first.consumer.close())
  const again = startMember(world, 'again', ledger, 0, { 'group.instance.id': 'first' })
  await world.pass(15_000)
  assert.deepEqual(owned(again), had)
  assert.equal(other.consumer.health().rebalanceCount, count)
  await world.run(Promise.all([other.consumer.close(), again.consumer.close()]))
})

test('a second process with the same group.instance.id ends the first, with an error that says so', async () => {
  const world = await worldWith('fenced', 0)
  const ledger = new Ledger()
  const first = startMember(world, 'first', ledger, 0, { 'group.instance.id': 'same' })
  const ended = assert.rejects(first.running, { code: 'FENCED_INSTANCE_ID' })
  await world.pass(5000)
  const second = startMember(world, 'second', ledger, 0, { 'group.instance.id': 'same' })
  await world.pass(15_000)
  await world.run(ended)
  assert.equal(first.consumer.health().state, 'failed')
  assert.deepEqual(owned(second), all)
  await world.run(second.consumer.close())
})

test('cooperative members go on with what they keep while others join', async () => {
  const world = await worldWith('cooperative', 5)
  const revoked: TopicPartition[] = []
  const consumer = consumerIn(world, { 'partition.assignment.strategy': 'cooperative-sticky' }, 'first')
  consumer.subscribe('orders', { revoked: (partitions) => void revoked.push(...partitions) })
  const running = consumer.run({ eachRecord: () => undefined })
  await world.pass(5000)
  const second = startMember(world, 'second', new Ledger(), 0, {
    'partition.assignment.strategy': 'cooperative-sticky',
  })
  await world.pass(15_000)
  assert.equal(revoked.length, 3)
  assert.equal(consumer.assignment().length, 3)
  assert.equal(second.consumer.assignment().length, 3)
  await world.run(Promise.all([consumer.close(), second.consumer.close(), running]))
})

test('new partitions, and new topics that match the pattern, are found', async () => {
  const world = await worldWith('growing', 1)
  const consumer = consumerIn(world, { 'metadata.max.age.ms': 5000 })
  consumer.subscribe(/ord.*/)
  const seen: string[] = []
  const running = consumer.run({ eachRecord: ({ topic }) => void seen.push(topic) })
  await world.pass(5000)
  await world.createTopic('ordinary')
  await writeValues(world, { topic: 'ordinary', partition: 0 }, ['new'])
  await world.pass(15_000)
  assert.equal(seen.filter((topic) => topic === 'ordinary').length, 1)
  assert.equal(seen.filter((topic) => topic === 'orders').length, partitionCount)
  await world.run(Promise.all([consumer.close(), running]))
})

for (const protocol of ['classic', 'consumer'] as const) {
  // A broker that has just started may say so of topics that it has: the group is divided without them, and nothing else would ask again for metadata.max.age.ms.
  test(`a topic that the cluster did not know when the group was divided is read from soon after it does (${protocol})`, async () => {
    const world = await worldWith('topic-comes-later', 0)
    const consumer = consumerIn(world, { 'group.protocol': protocol, 'allow.auto.create.topics': false })
    consumer.subscribe('later')
    const reading = take(consumer, 1)
    await world.pass(10_000)
    assert.equal(consumer.health().isStable, true)
    await world.createTopic('later')
    await writeValues(world, { topic: 'later', partition: 0 }, ['new'])
    const sinceMs = world.simulation.now
    assert.deepEqual(await world.run(reading), ['new'])
    assert.ok(world.simulation.now - sinceMs < 10_000, `read after ${world.simulation.now - sinceMs} ms`)
    await world.run(consumer.close())
  })
}

test('the broker is killed and comes back: reading goes on, no record is left out', async () => {
  const world = await worldWith('broker-restart', 5)
  const ledger = new Ledger()
  const member = startMember(world, 'member', ledger, 0)
  await world.pass(5000)
  world.killBroker(1)
  await world.pass(20_000)
  assert.notEqual(member.consumer.health().lastError, undefined)
  await world.startBroker(1)
  await world.pass(20_000)
  await writeValues(world, { topic: 'orders', partition: 2 }, ['late'])
  await world.pass(20_000)
  assert.equal(ledger.processed.size, partitionCount * 5 + 1)
  assert.equal(member.consumer.health().isStable, true)
  assert.equal(member.consumer.health().lastError, undefined)
  await world.run(Promise.all([member.consumer.close(), member.running]))
})

test('a dead bootstrap server is passed over, at the start and in every refresh of metadata', async () => {
  const world = await worldWith('dead-bootstrap', 1)
  const consumer = consumerIn(world, {
    'bootstrap.servers': ['nowhere:9092', 'broker-1:9092'],
    'metadata.max.age.ms': 1000,
    'socket.connection.setup.timeout.ms': 1000,
  })
  consumer.subscribe('orders')
  assert.equal((await world.run(take(consumer, partitionCount))).length, partitionCount)
  await world.pass(10_000)
  await writeValues(world, { topic: 'orders', partition: 0 }, ['later'])
  assert.deepEqual(await world.run(take(consumer, 1)), ['later'])
  await world.run(consumer.close())
})

test('close leaves no timer and no connection, in the middle of work too', async () => {
  const world = await worldWith('no-timers', 20)
  const { env } = world.simulation.machine('watched')
  let [timers, connections] = [0, 0]
  const watched: Env = {
    ...env,
    timers: {
      endOfTurn: (callback) => env.timers.endOfTurn(callback),
      after: (delayMs, callback) => {
        timers++
        let isOver = false
        const over = (): void => {
          if (!isOver) timers--
          isOver = true
        }
        const timer = env.timers.after(delayMs, () => (over(), callback()))
        return { cancel: () => (over(), timer.cancel()) }
      },
    },
    network: {
      ...env.network,
      hostname: () => env.network.hostname(),
      connect: async (options) => {
        const connection = await env.network.connect(options)
        connections++
        const handle = connection.handle.bind(connection)
        connection.handle = (handler) =>
          handle({
            ...handler,
            onData: (chunk) => handler.onData(chunk),
            onClose: (error) => (connections--, handler.onClose(error)),
          })
        return connection
      },
    },
  }
  for (const protocol of ['classic', 'consumer'] as const) {
    const consumer = new Consumer(watched, {
      'bootstrap.servers': world.bootstrapServers,
      'group.id': protocol,
      'group.protocol': protocol,
      'auto.offset.reset': 'earliest',
    })
    consumer.subscribe('orders')
    let count = 0
    const running = consumer.run({ eachRecord: () => void count++, concurrency: 3 })
    await world.pass(3000)
    assert.ok(count > 0 && connections > 0)
    await world.run(Promise.all([consumer.close(), running]))
    await world.pass(100)
    assert.equal(timers, 0)
    assert.equal(connections, 0)
  }
})

test('an application that is slow leaves the backlog with the broker: the buffers stay in their bound', async () => {
  const world = await worldWith('memory', 0)
  const value = 'x'.repeat(50_000)
  for (let partition = 0; partition < partitionCount; partition++) {
    for (let round = 0; round < 20; round++) {
      await writeValues(world, { topic: 'orders', partition }, [value, value])
    }
  }
  const bound = 400_000
  const consumer = consumerIn(world, { 'buffered.bytes.max': bound })
  consumer.subscribe('orders')
  let [count, most] = [0, 0]
  const running = consumer.run({
    eachRecord: async () => {
      count++
      most = Math.max(most, consumer.health().bufferedBytes)
      await new Promise<void>((resolve) => world.env.timers.after(20, resolve))
    },
  })
  await world.pass(30_000)
  await world.run(Promise.all([consumer.close(), running]))
  assert.equal(count, partitionCount * 40)
  // A batch that is larger than a partition's share still comes, one for each partition.
  assert.ok(most > 0 && most <= bound + partitionCount * 2 * value.length, `${most}`)
})
