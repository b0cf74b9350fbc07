import assert from 'node:assert/strict'
import { test } from 'node:test'
import { partitionForKey, Producer } from '../src/index.ts'
import type { ProducerRecord } from '../src/index.ts'
import { ClientWorld } from './client-world.ts'

const numbered = (topic: string, count: number, from = 0): ProducerRecord[] =>
  Array.from({ length: count }, (_, index) => ({ topic, value: String(from + index) }))

test('records are written in order, and every promise tells where', async () => {
  const world = await ClientWorld.start('producer-1')
  await world.createTopic('orders')
  const producer = world.producer()
  const first = await world.run(
    producer.send({ topic: 'orders', key: 'k', value: 'a', timestamp: 1000, headers: { h: 'x' } }),
  )
  assert.deepEqual(first, {
    topic: 'orders',
    partition: 0,
    offset: 0,
    timestamp: 1000,
    appendTimeMs: -1,
    logStartOffset: 0,
  })
  const more = await world.run(producer.sendBatch(numbered('orders', 2000)))
  assert.deepEqual(
    more.map(({ offset }) => offset),
    Array.from({ length: 2000 }, (_, index) => index + 1),
  )
  const told: unknown[] = []
  assert.equal(
    producer.send({ topic: 'orders', value: null }, (error, metadata) => told.push(error, metadata?.offset)),
    true,
  )
  await world.run(producer.flush())
  assert.deepEqual(told, [undefined, 2001])
  await world.run(producer.close())
  const records = await world.read('orders')
  assert.equal(records.length, 2002)
  assert.deepEqual(
    records.map(({ value }) => value),
    ['a', ...numbered('', 2000).map(({ value }) => value), null],
  )
})

for (const compression of ['gzip', 'snappy', 'lz4', 'zstd'] as const) {
  test(`batches are compressed with ${compression}`, async () => {
    const world = await ClientWorld.start(`producer ${compression}`)
    await world.createTopic('t')
    const producer = world.producer({ 'compression.type': compression })
    await world.run(producer.sendBatch(numbered('t', 5000)))
    await world.run(producer.close())
    assert.deepEqual(
      (await world.read('t')).map(({ value }) => value),
      numbered('', 5000).map(({ value }) => value),
    )
  })
}

test('acks 1 and 0 need no answer of all, or none', async () => {
  const world = await ClientWorld.start('producer-acks')
  await world.createTopic('t')
  for (const acks of ['1', '0'] as const) {
    const producer = world.producer({ acks })
    const [metadata] = await world.run(producer.sendBatch(numbered('t', 100)))
    assert.equal(metadata?.offset, acks === '1' ? 0 : -1)
    await world.run(producer.close())
    await world.pass(1000)
  }
  assert.equal((await world.read('t')).length, 200)
})

test('without acks, what a broker does not read counts in buffer.memory, and comes when it reads on', async () => {
  const world = await ClientWorld.start('producer-acks-0')
  await world.createTopic('t')
  const producer = world.producer({ acks: '0', 'buffer.memory': 400_000, 'batch.size': 50_000 })
  await world.run(producer.send({ topic: 't', value: 'first' }))
  world.simulation.machine('broker-1').pause(5000)
  let sentCount = 0
  let settledCount = 0
  const value = Buffer.alloc(10_000)
  for (let hasRoom = true; hasRoom && sentCount < 1000; sentCount++) {
    hasRoom = producer.send({ topic: 't', value }, () => settledCount++)
    await world.pass(1)
  }
  assert.ok(sentCount < 100, `${sentCount} records of 10,000 bytes`)
  await world.run(producer.close())
  assert.equal(settledCount, sentCount)
  assert.equal((await world.read('t')).length, 1 + sentCount)
})

test('a record that is refused says why, and the others go on', async () => {
  const world = await ClientWorld.start('producer-refused', { properties: { 'auto.create.topics.enable': 'false' } })
  await world.createTopic('t', { configs: { 'max.message.bytes': '5000' } })
  const producer = world.producer({ 'max.block.ms': 3000, 'value.serializer': 'string' })
  const large = producer.send({ topic: 't', value: 'x'.repeat(10_000) })
  await assert.rejects(world.run(large), { name: 'KafkaError', code: 'MESSAGE_TOO_LARGE' })
  await assert.rejects(world.run(producer.send({ topic: 't', value: 'x'.repeat(2_000_000) })), {
    message: /max.request.size/,
  })
  await assert.rejects(world.run(producer.send({ topic: 't', partition: 3, value: 'x' })), {
    message: /no partition 3.*0 to 0/,
  })
  await assert.rejects(world.run(producer.send({ topic: 'nothing', value: 'x' })), {
    code: 'UNKNOWN_TOPIC_OR_PARTITION',
  })
  await assert.rejects(world.run(producer.send({ topic: 't', value: 5 as never })), {
    message: /number, not text or bytes/,
  })
  assert.equal((await world.run(producer.send({ topic: 't', value: 'small' }))).offset, 0)
  // Two records that only together are too large: their batch is split.
  const both = ['a', 'b'].map((letter) => ({ topic: 't', value: letter.repeat(3000) }))
  assert.deepEqual(
    (await world.run(producer.sendBatch(both))).map(({ offset }) => offset),
    [1, 2],
  )
  await world.run(producer.close())
  await assert.rejects(producer.send({ topic: 't', value: 'late' }), { code: 'CLOSED' })
  assert.equal((await world.read('t')).length, 3)
})

test('memory is bounded: who does not wait is refused, who waits is served', async () => {
  const world = await ClientWorld.start('producer-memory')
  await world.createTopic('t')
  const producer = world.producer({ 'buffer.memory': 50_000, 'max.block.ms': 2000 })
  const value = 'x'.repeat(1000)
  const results: (string | undefined)[] = []
  let isRoom = true
  for (let index = 0; index < 200; index++) {
    isRoom = producer.send({ topic: 't', value }, (error) =>
      results.push((error as { code?: string } | undefined)?.code),
    )
  }
  assert.equal(isRoom, true, 'the last one was refused at once')
  const refusedCount = results.length
  assert.ok(refusedCount > 100)
  assert.ok(results.every((code) => code === 'BUFFER_FULL'))
  await world.run(producer.drained())
  await world.run(producer.flush())
  assert.equal(results.filter((code) => code === undefined).length, 200 - refusedCount)
  world.killBroker(1)
  const blocked = Array.from({ length: 60 }, () => producer.send({ topic: 't', value }))
  const settled = Promise.allSettled(blocked)
  await world.pass(3000)
  await world.startBroker(1)
  const codes = (await world.run(settled)).map(
    (each) => each.status === 'rejected' && (each.reason as { code: string }).code,
  )
  assert.ok(codes.includes('BUFFER_FULL') && codes.includes(false))
  await world.run(producer.close())
})

test('linger.ms gathers records of different turns in one batch', async () => {
  const world = await ClientWorld.start('producer-linger')
  await world.createTopic('t')
  const producer = world.producer({ 'linger.ms': 50 })
  await world.run(producer.send({ topic: 't', value: 'warm' }))
  const startMs = world.simulation.now
  const first = producer.send({ topic: 't', value: 'a' })
  await world.pass(30)
  const second = producer.send({ topic: 't', value: 'b' })
  await world.run(Promise.all([first, second]))
  const tookMs = world.simulation.now - startMs
  assert.ok(tookMs >= 50 && tookMs < 80, `took ${tookMs}`)
  await world.run(producer.close())
})

test('records without a key fill a batch of one partition before the next; with one they go where Java puts them', async () => {
  const world = await ClientWorld.start('producer-partitions')
  await world.createTopic('t', { partitions: 4 })
  const producer = world.producer()
  const keyless = await world.run(
    producer.sendBatch(Array.from({ length: 4000 }, () => ({ topic: 't', value: 'x'.repeat(100) }))),
  )
  const switches = keyless.filter(
    ({ partition }, index) => index > 0 && partition !== keyless[index - 1]?.partition,
  ).length
  assert.ok(switches > 5 && switches < 40, `${switches} switches`)
  assert.equal(new Set(keyless.map(({ partition }) => partition)).size, 4)
  const keys = ['a', 'b', 'order-1', '']
  const keyed = await world.run(producer.sendBatch(keys.map((key) => ({ topic: 't', key, value: 'x' }))))
  assert.deepEqual(
    keyed.map(({ partition }) => partition),
    keys.map((key) => partitionForKey(key, 4)),
  )
  const roundRobin = world.producer({ 'partitioner.class': 'round-robin' })
  const turns = await world.run(roundRobin.sendBatch(Array.from({ length: 8 }, () => ({ topic: 't', value: 'x' }))))
  assert.deepEqual(
    turns.map(({ partition }) => partition),
    [0, 1, 2, 3, 0, 1, 2, 3],
  )
  const own = world.producer({ 'partitioner.class': ({ value }) => Number(value) })
  assert.equal((await world.run(own.send({ topic: 't', value: '2' }))).partition, 2)
  for (const each of [producer, roundRobin, own]) await world.run(each.close())
})

test('interceptors change records and see what became of them', async () => {
  const world = await ClientWorld.start('producer-interceptors')
  await world.createTopic('t')
  const seen: unknown[] = []
  const producer = world.producer({
    'interceptor.classes': [
      {
        onSend: (record: ProducerRecord) => ({ ...record, value: `${String(record.value)}!` }),
        onAcknowledgement: (metadata: { offset: number } | undefined) => seen.push(metadata?.offset),
        close: () => seen.push('closed'),
      },
    ] as never,
  })
  await world.run(producer.send({ topic: 't', value: 'a' }))
  await world.run(producer.close())
  assert.deepEqual(seen, [0, 'closed'])
  assert.equal((await world.read('t'))[0]?.value, 'a!')
})

test('a delivery that takes longer than delivery.timeout.ms fails, and says why', async () => {
  const world = await ClientWorld.start('producer-timeout')
  await world.createTopic('t')
  const producer = world.producer({ 'delivery.timeout.ms': 5000, 'request.timeout.ms': 1000 })
  await world.run(producer.send({ topic: 't', value: '0' }))
  world.killBroker(1)
  const startMs = world.simulation.now
  const lost = producer.send({ topic: 't', value: '1' })
  await assert.rejects(world.run(lost), { code: 'TIMED_OUT', message: /t-0.*delivery.timeout.ms \(5000\)/ })
  assert.ok(world.simulation.now - startMs < 6500)
  await world.startBroker(1)
  const next = await world.run(producer.send({ topic: 't', value: '2' }))
  assert.ok(next.offset >= 1)
  await world.run(producer.close())
})

test('contradictions in a configuration are refused, and weaker acks turn idempotence off', async () => {
  const world = await ClientWorld.start('producer-config')
  const make = (given: object) => () => new Producer(world.env, { 'bootstrap.servers': 'a:1', ...given })
  assert.throws(make({ 'linger.mss': 5 }), { message: /did you mean linger.ms/ })
  assert.throws(make({ acks: '1', 'enable.idempotence': true }), { message: /acks=all/ })
  assert.throws(make({ 'delivery.timeout.ms': 10 }), { message: /delivery.timeout.ms must be at least/ })
  assert.throws(make({ 'transactional.id': 'x', 'enable.idempotence': false }), { message: /transactional.id needs/ })
  assert.throws(make({ 'partitioner.class': 'mine' }), { message: /pass the function/ })
  assert.throws(make({ 'bootstrap.servers': '' }), { message: /bootstrap.servers is missing/ })
  await world.run(make({ acks: '1' })().close())
})
