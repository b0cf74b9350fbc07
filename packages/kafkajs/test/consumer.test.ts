import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PartitionAssigners } from '../src/consumer/round-robin-assigner.ts'
import type { ConsumerCrashEvent, EachMessagePayload } from '../src/types/consumer.ts'
import { FaceWorld } from './face-world.ts'

const offsetOf = ({ message }: EachMessagePayload): string => message.offset

test('messages come in order, batches span what was produced one by one, and are committed behind the application', async () => {
  const world = await FaceWorld.start('kafkajs-consumer')
  await world.createTopic('orders')
  await world.produce('orders', ['one', 'two', 'three'])
  const batches: string[][] = []
  const consumer = await world.consume({
    eachBatch: async ({ batch, isRunning, isStale }) => {
      assert.equal(isRunning() && !isStale(), true)
      assert.equal(batch.offsetLag(), '0')
      batches.push(batch.messages.map(({ value }) => String(value)))
    },
  })
  await world.pass(3000)
  assert.deepEqual(batches, [['one', 'two', 'three']])
  assert.equal(await world.committed(), '3')
  await world.run(consumer.disconnect())
})

test('a message for which the application throws comes again, and what was done before it is committed', async () => {
  const world = await FaceWorld.start('kafkajs-consumer-throws')
  await world.createTopic('orders')
  await world.produce('orders', ['one', 'two', 'three'])
  const offsets: string[] = []
  const consumer = await world.consume({
    eachMessage: async (payload) => {
      offsets.push(offsetOf(payload))
      if (offsets.length === 2) {
        assert.equal(world.logged.length > 0, true)
        throw new Error('not now')
      }
    },
  })
  await world.pass(100)
  assert.equal(await world.committed(), '1')
  await world.pass(5000)
  assert.deepEqual(offsets, ['0', '1', '1', '2'])
  assert.equal(await world.committed(), '3')
  await world.run(consumer.disconnect())
})

test('what a handler throws may be no error: the crash tells its message, and has it as its cause', async () => {
  const world = await FaceWorld.start('kafkajs-consumer-throws-object')
  await world.createTopic('orders')
  await world.produce('orders', ['one'])
  const thrown = { status: 'error', message: 'no such order', retriable: false }
  const consumer = world.kafka().consumer({ groupId: 'billing' })
  const crashes: ConsumerCrashEvent['payload'][] = []
  consumer.on(consumer.events.CRASH, ({ payload }) => crashes.push(payload))
  await world.run(consumer.connect())
  await world.run(consumer.subscribe({ topic: 'orders', fromBeginning: true }))
  // oxlint-disable-next-line typescript/prefer-promise-reject-errors
  await world.run(consumer.run({ eachMessage: () => Promise.reject(thrown) }))
  await world.pass(5000)
  const [crash] = crashes
  assert.deepEqual([crashes.length, crash?.restart, crash?.error.message], [1, false, 'no such order'])
  assert.equal(crash?.error.cause, thrown)
  await world.run(consumer.disconnect())
})

test('after too many failures the consumer crashes, says so, and starts again; a mistake of the program ends it', async () => {
  const world = await FaceWorld.start('kafkajs-consumer-crash')
  await world.createTopic('orders')
  await world.produce('orders', ['one'])
  const crashes: ConsumerCrashEvent['payload'][] = []
  const failures = [new Error('first'), new Error('second'), new TypeError('a mistake')]
  let calls = 0
  const consumer = world.kafka().consumer({ groupId: 'billing', retry: { retries: 1, initialRetryTime: 100 } })
  consumer.on(consumer.events.CRASH, ({ payload }) => crashes.push(payload))
  await world.run(consumer.connect())
  await world.run(consumer.subscribe({ topic: 'orders', fromBeginning: true }))
  const eachMessage = async (): Promise<void> => {
    const failure = failures[calls++]
    if (failure !== undefined) throw failure
  }
  await world.run(consumer.run({ eachMessage }))
  await world.pass(60_000)
  assert.equal(calls, 3)
  assert.deepEqual(
    crashes.map(({ error, restart }) => [error.name, restart]),
    [
      ['KafkaJSNumberOfRetriesExceeded', true],
      ['KafkaJSNonRetriableError', false],
    ],
  )
})

test('seek, pause and resume, also before partitions are assigned', async () => {
  const world = await FaceWorld.start('kafkajs-consumer-seek')
  await world.createTopic('orders')
  await world.produce('orders', ['0', '1', '2', '3'])
  const offsets: string[] = []
  const consumer = world.kafka().consumer({ groupId: 'billing', maxWaitTimeInMs: 100 })
  await world.run(consumer.connect())
  await world.run(consumer.subscribe({ topics: ['orders'], fromBeginning: true }))
  assert.throws(
    () => consumer.seek({ topic: 'orders', partition: 0, offset: '1' }),
    /consumer#run must be called first/,
  )
  const running = consumer.run({
    autoCommit: false,
    eachMessage: async (payload) => void offsets.push(offsetOf(payload)),
  })
  consumer.seek({ topic: 'orders', partition: 0, offset: '2' })
  await world.run(running)
  await world.pass(2000)
  assert.deepEqual(offsets, ['2', '3'])
  assert.equal(await world.committed(), '-1')
  consumer.pause([{ topic: 'orders' }])
  assert.deepEqual(consumer.paused(), [{ topic: 'orders', partitions: [0] }])
  consumer.seek({ topic: 'orders', partition: 0, offset: '1' })
  await world.pass(2000)
  assert.equal(offsets.length, 2)
  consumer.resume([{ topic: 'orders' }])
  await world.pass(2000)
  assert.deepEqual(offsets, ['2', '3', '1', '2', '3'])
  await world.run(consumer.disconnect())
})

test('a batch that is not resolved comes again from where it was', async () => {
  const world = await FaceWorld.start('kafkajs-consumer-resolve')
  await world.createTopic('orders')
  await world.produce('orders', ['0', '1', '2'])
  const firsts: (string | null)[] = []
  const consumer = await world.consume({
    eachBatchAutoResolve: false,
    eachBatch: async ({ batch, resolveOffset, uncommittedOffsets, commitOffsetsIfNecessary }) => {
      firsts.push(batch.firstOffset())
      resolveOffset(batch.messages[0]?.offset ?? '')
      assert.equal(uncommittedOffsets().topics[0]?.partitions[0]?.offset, String(firsts.length))
      await commitOffsetsIfNecessary()
    },
  })
  await world.pass(5000)
  assert.deepEqual(firsts, ['0', '1', '2'])
  assert.equal(await world.committed(), '3')
  await world.run(consumer.disconnect())
})

test('members share partitions by an assigner of the application, and tell when they rebalance', async () => {
  const world = await FaceWorld.start('kafkajs-consumer-groups')
  await world.createTopic('orders', 4)
  const assigner: typeof PartitionAssigners.roundRobin = (config) => ({
    ...PartitionAssigners.roundRobin(config),
    name: 'OfTheApplication',
  })
  const given = { partitionAssigners: [assigner], heartbeatInterval: 500 }
  const joins: number[] = []
  const first = await world.consume({ eachMessage: async () => undefined }, given, 'one')
  let rebalances = 0
  first.on(first.events.REBALANCING, () => rebalances++)
  first.on(first.events.GROUP_JOIN, ({ payload }) => {
    assert.equal(payload.groupProtocol, 'OfTheApplication')
    joins.push(payload.memberAssignment['orders']?.length ?? 0)
  })
  const second = await world.consume({ eachMessage: async () => undefined }, given, 'two')
  await world.pass(3000)
  assert.deepEqual(joins, [2])
  await world.run(second.disconnect())
  await world.pass(3000)
  assert.deepEqual(joins, [2, 4])
  assert.equal(rebalances, 2)
  const { state, members } = await world.run(first.describeGroup())
  assert.deepEqual([state, members.length], ['Stable', 1])
  await world.run(first.disconnect())
})

test('a slow handler stays in the group: heartbeats go on behind it', async () => {
  const world = await FaceWorld.start('kafkajs-consumer-slow')
  await world.createTopic('orders')
  await world.produce('orders', ['slow', 'next'])
  const { env } = world.simulation.machine('client')
  const offsets: string[] = []
  let joins = 0
  const consumer = world.kafka().consumer({ groupId: 'billing', sessionTimeout: 10_000, rebalanceTimeout: 60_000 })
  consumer.on(consumer.events.GROUP_JOIN, () => joins++)
  await world.run(consumer.connect())
  await world.run(consumer.subscribe({ topics: [/^ord.*s$/], fromBeginning: true }))
  const eachMessage = async (payload: EachMessagePayload): Promise<void> => {
    offsets.push(offsetOf(payload))
    await new Promise<void>((resolve) => env.timers.after(40_000, resolve))
  }
  await world.run(consumer.run({ eachMessage }))
  await world.pass(100_000)
  assert.deepEqual(offsets, ['0', '1'])
  assert.equal(joins, 1)
  assert.equal(await world.committed(), '2')
  await world.run(consumer.disconnect())
})
