import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Partitioners } from '../src/producer/partitioners.ts'
import { KafkaJSConnectionError } from '../src/errors.ts'
import { FaceWorld } from './face-world.ts'

test('a producer sends batches, and tells for each partition where they went', async () => {
  const world = await FaceWorld.start('kafkajs-producer')
  await world.createTopic('orders', 2)
  const producer = world.kafka().producer()
  await assert.rejects(producer.send({ topic: 'orders', messages: [{ value: 'early' }] }), { name: 'KafkaJSError' })
  const events: string[] = []
  producer.on(producer.events.CONNECT, ({ type }) => events.push(type))
  producer.on(producer.events.REQUEST, ({ payload }) => events.push(payload.apiName))
  await world.run(producer.connect())
  const messages = [
    { key: 'k', value: 'one', partition: 1 },
    { value: null, partition: 1 },
  ]
  const written = { topicName: 'orders', partition: 1, errorCode: 0, logAppendTime: '-1', logStartOffset: '0' }
  assert.deepEqual(await world.run(producer.send({ topic: 'orders', messages })), [{ ...written, baseOffset: '0' }])
  const topicMessages = [
    { topic: 'orders', messages },
    { topic: 'orders', messages },
  ]
  assert.deepEqual(await world.run(producer.sendBatch({ acks: 1, compression: 1, topicMessages })), [
    { ...written, baseOffset: '2' },
  ])
  assert.deepEqual(await world.run(producer.send({ topic: 'orders', acks: 0, messages })), [])
  await world.run(producer.disconnect())
  const seen: (string | undefined)[] = []
  const consumer = await world.consume({
    eachMessage: async ({ message }) => void seen.push(message.value?.toString()),
  })
  await world.pass(5000)
  await world.run(consumer.disconnect())
  assert.deepEqual(seen, ['one', undefined, 'one', undefined, 'one', undefined, 'one', undefined])
  for (const event of ['producer.connect', 'ApiVersions', 'Metadata', 'Produce'])
    assert.ok(events.includes(event), event)
})

test('wrong arguments are refused in the words that programs look for', async () => {
  const world = await FaceWorld.start('kafkajs-producer-arguments')
  const producer = world.kafka().producer({ idempotent: true })
  const nonRetriable = { name: 'KafkaJSNonRetriableError', retriable: false }
  await assert.rejects(producer.send({ topic: '', messages: [] }), { ...nonRetriable, message: 'Invalid topic' })
  await assert.rejects(producer.send({ topic: 'orders', messages: [{} as never] }), {
    ...nonRetriable,
    message: 'Invalid message without value for topic "orders": {}',
  })
  await assert.rejects(producer.send({ topic: 'orders', acks: 1, messages: [] }), nonRetriable)
  await assert.rejects(producer.transaction(), nonRetriable)
  assert.throws(() => world.kafka().producer({ idempotent: true, retry: { retries: 0 } }), nonRetriable)
  assert.throws(
    () => producer.on('nothing' as never, () => undefined),
    /Event name should be one of producer.events.CONNECT/,
  )
})

test('a topic that is not there is refused with what kafkajs calls it', async () => {
  const world = await FaceWorld.start('kafkajs-producer-missing')
  const producer = world
    .kafka()
    .producer({ allowAutoTopicCreation: false, retry: { retries: 1, initialRetryTime: 10 } })
  await world.run(producer.connect())
  const sent = producer.send({ topic: 'nowhere', messages: [{ value: 'lost' }] })
  await assert.rejects(world.run(sent), (error: Error & { cause?: { type?: string } }) => {
    assert.equal(error.name, 'KafkaJSNumberOfRetriesExceeded')
    assert.equal(error.cause?.type, 'UNKNOWN_TOPIC_OR_PARTITION')
    return true
  })
  await world.run(producer.disconnect())
})

const partitionMetadata = [1, 2, 0].map((partitionId) => ({
  partitionId,
  partitionErrorCode: 0,
  leader: partitionId,
  replicas: [],
  isr: [],
}))

test('partitioners: keys as Java has them, or as kafkajs had them before 2.0; others in turn', () => {
  const million = Array.from({ length: 1_000_000 }, (_, partitionId) => ({ partitionId, leader: 0 }))
  const choose = (create: typeof Partitioners.DefaultPartitioner, key: string): number =>
    create()({ topic: 't', partitionMetadata: million as never, message: { key, value: '' } })
  // The hashes of kafkajs 2.2.4: of its default partitioner, and of its legacy one.
  const hashes: [string, number, number][] = [
    ['0', 971_027_396, 272_173_970],
    ['1', -1_993_445_489, 1_311_020_360],
    ['ab', 316_155_434, -1_686_076_413],
    ['abc', 479_470_107, 1_545_667_907],
    ['hello world', 1_221_641_059, 1_620_997_181],
    ['order-12345', -1_747_359_319, 22_027_424],
    ['7f0b2a4e-1d3c-4c5e-9a77-0b5e7c1f3d21', 40_749_293, 507_996_558],
    ['\u043a\u043b\u044e\u0447', 2_122_343_024, 1_321_446_022],
    ['x'.repeat(255), -494_695_761, -624_027_617],
  ]
  for (const [key, java, legacy] of hashes) {
    assert.equal(choose(Partitioners.DefaultPartitioner, key), (java & 0x7fff_ffff) % million.length, key)
    assert.equal(choose(Partitioners.LegacyPartitioner, key), (legacy & 0x7fff_ffff) % million.length, key)
  }
  const current = Partitioners.DefaultPartitioner()
  assert.equal(current({ topic: 't', partitionMetadata, message: { key: 'x', value: '', partition: 99 } }), 99)
  const turns = Array.from({ length: 30 }, () => current({ topic: 't', partitionMetadata, message: { value: '' } }))
  for (const partition of [0, 1, 2]) assert.equal(turns.filter((each) => each === partition).length, 10)
})

test('a broker that cannot be reached is named in the error; a list of brokers that cannot be had is asked for once', async () => {
  const world = await FaceWorld.start('kafkajs-unreachable', 0)
  const retry = { retries: 1, initialRetryTime: 10 }
  const unreachable = world.kafka({ brokers: ['nowhere:9092'], retry }).producer()
  const { cause } = await world.run(
    unreachable.connect().then(
      () => new Error('it was reached'),
      (error: Error) => error,
    ),
  )
  assert.ok(cause instanceof KafkaJSConnectionError)
  assert.equal(cause.broker, 'nowhere:9092')
  const entry = world.logged.find(({ label }) => label === 'ERROR')
  assert.equal(entry?.namespace, 'BrokerPool')
  let asked = 0
  const brokers = (): string[] => {
    asked += 1
    throw new Error('no list')
  }
  const listless = world.kafka({ brokers, retry }).producer()
  await world.run(assert.rejects(listless.connect(), { message: 'Failed to connect: "config.brokers" threw: no list' }))
  assert.equal(asked, 1)
})

test('what no retry mends has its cause behind it; what retries did not mend as well', async () => {
  const world = await FaceWorld.start('kafkajs-causes')
  const kafka = world.kafka({ retry: { retries: 1, initialRetryTime: 10 } })
  const [producer, admin] = [kafka.producer(), kafka.admin()]
  await world.run(Promise.all([producer.connect(), admin.connect()]))
  const errorOf = (failing: Promise<unknown>): Promise<Error> =>
    world.run(
      failing.then(
        () => new Error('it did not fail'),
        (error: Error) => error,
      ),
    )
  const invalid = await errorOf(producer.send({ topic: 'no topic', messages: [{ value: 'x' }] }))
  const missing = await errorOf(
    admin.deleteTopicRecords({ topic: 'missing', partitions: [{ partition: 0, offset: '1' }] }),
  )
  assert.deepEqual(
    [invalid, missing].map(({ name, cause }) => [name, (cause as { type?: string }).type]),
    [
      ['KafkaJSNonRetriableError', 'INVALID_TOPIC_EXCEPTION'],
      ['KafkaJSNumberOfRetriesExceeded', 'UNKNOWN_TOPIC_OR_PARTITION'],
    ],
  )
  await world.run(Promise.all([producer.disconnect(), admin.disconnect()]))
})
