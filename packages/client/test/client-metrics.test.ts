import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createAdmin } from '../src/index.ts'
import type { ClientMetric, RequestLogEntry } from '../src/index.ts'
import { ClientWorld } from './client-world.ts'
import { consumerIn, take } from './consumer-world.ts'

function valueOf(metrics: readonly ClientMetric[], group: string, name: string, tags: object = {}): number {
  const found = metrics.find(
    (metric) =>
      metric.group === group &&
      metric.name === name &&
      Object.entries(tags).every(([key, value]) => metric.tags[key] === value),
  )
  assert.ok(found !== undefined, `${group} ${name}`)
  return found.value
}

test('producer and consumer measure themselves under the names of Kafka', async () => {
  const world = await ClientWorld.start('metrics')
  await world.createTopic('orders', { partitions: 2 })
  const producer = world.producer({ 'client.id': 'writer' })
  const records = Array.from({ length: 10 }, (_, index) => ({
    topic: 'orders',
    partition: index % 2,
    value: `v${index}`,
  }))
  await world.run(producer.sendBatch(records))
  const sent = producer.metrics()
  assert.equal(valueOf(sent, 'producer-metrics', 'record-send-total', { 'client-id': 'writer' }), 10)
  assert.equal(valueOf(sent, 'producer-topic-metrics', 'record-send-total', { topic: 'orders' }), 10)
  assert.equal(valueOf(sent, 'producer-metrics', 'records-per-request-max'), 10)
  assert.ok(valueOf(sent, 'producer-node-metrics', 'request-total', { 'node-id': 'node-1' }) >= 1)
  assert.ok(valueOf(sent, 'producer-metrics', 'connection-count') >= 1)
  const consumer = consumerIn(world)
  consumer.subscribe('orders')
  await world.run(take(consumer, 10))
  const read = consumer.metrics()
  assert.equal(valueOf(read, 'consumer-fetch-manager-metrics', 'records-consumed-total', { topic: 'orders' }), 10)
  assert.ok(valueOf(read, 'consumer-fetch-manager-metrics', 'bytes-consumed-total') > 100)
  const perRequest = valueOf(read, 'consumer-fetch-manager-metrics', 'records-per-request-avg')
  assert.ok(perRequest >= 5 && perRequest <= 10)
  assert.equal(
    valueOf(read, 'consumer-fetch-manager-metrics', 'records-per-request-avg', { topic: 'orders' }),
    perRequest,
  )
  assert.equal(valueOf(read, 'consumer-fetch-manager-metrics', 'records-lag', { topic: 'orders', partition: '0' }), 0)
  assert.equal(valueOf(read, 'consumer-coordinator-metrics', 'assigned-partitions'), 2)
  assert.equal(valueOf(read, 'consumer-coordinator-metrics', 'join-total'), 1)
  assert.equal(valueOf(read, 'consumer-coordinator-metrics', 'commit-total'), 1)
  await world.run(consumer.close())
  await world.run(producer.close())
})

test('metrics are pushed to a cluster that asks for them, under an id that it gives', async () => {
  const world = await ClientWorld.start('telemetry')
  await world.createTopic('orders')
  const admin = createAdmin(world.env, { 'bootstrap.servers': world.bootstrapServers })
  const operations = [
    { name: 'metrics', operation: 'SET' as const, value: 'org.apache.kafka.producer.' },
    { name: 'interval.ms', operation: 'SET' as const, value: '1000' },
  ]
  await world.run(admin.incrementalAlterConfigs([{ type: 'CLIENT_METRICS', name: 'all', operations }]))
  await world.pass(500)
  const producer = world.producer({ 'client.id': 'writer' })
  await world.run(producer.send({ topic: 'orders', value: 'v' }))
  const id = await world.run(producer.clientInstanceId())
  await world.pass(3000)
  const shown = world.simulation.machine('broker-1').env.metrics.render()
  const line = shown.split('\n').find((text) => text.includes(id) && text.includes('record.send.total'))
  assert.match(line ?? '', /client_software_name="odradek".* 1$/)
  assert.notEqual(await world.run(admin.clientInstanceId()), id)
  await world.run(producer.close())
  const silent = world.producer({ 'enable.metrics.push': false })
  await assert.rejects(silent.clientInstanceId(), { code: 'WRONG_STATE' })
  await world.run(silent.close())
  admin.close()
})

test('a request log has every request and its answer, without what is in records', async () => {
  const world = await ClientWorld.start('request-log')
  await world.createTopic('orders')
  const entries: RequestLogEntry[] = []
  const producer = world.producer({ 'request.log': (entry) => entries.push(entry) })
  await world.run(producer.send({ topic: 'orders', value: 'private' }))
  await world.run(producer.close())
  const [sent, answered] = entries.filter(({ name }) => name.startsWith('Produce'))
  assert.deepEqual([sent?.kind, answered?.kind], ['sent', 'answered'])
  assert.equal(sent?.correlationId, answered?.correlationId)
  assert.match(sent?.body ?? '', /"index":0,"records":\["<\d+ bytes>"\]/)
  assert.match(answered?.body ?? '', /"baseOffset":0/)
  assert.ok(entries.every(({ body }) => !body.includes('private')))
})
