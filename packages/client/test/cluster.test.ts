import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Cluster, commonKeys, parseConfig } from '../src/index.ts'
import { ClientWorld } from './client-world.ts'

test('topics are found from one bootstrap address, and a new leader is known after the old one died', async () => {
  const world = await ClientWorld.start('cluster-1', { brokerCount: 3 })
  await world.createTopic('orders', { partitions: 3, replicationFactor: 3 })
  const cluster = world.cluster({ 'bootstrap.servers': 'nowhere:9092,broker-2:9092' })
  const [topic] = await world.run(cluster.loadTopics(['orders'], { timeoutMs: 30_000 }))
  assert.equal(topic?.partitions.length, 3)
  assert.deepEqual(
    [...cluster.metadata.brokers.keys()].sort((a, b) => a - b),
    [1, 2, 3],
  )
  const before = cluster.metadata.partition('orders', 0)
  world.killBroker(before?.leaderId ?? 0)
  await world.pass(10_000)
  await world.run(cluster.refresh())
  const after = cluster.metadata.partition('orders', 0)
  assert.notEqual(after?.leaderId, before?.leaderId)
  assert.ok((after?.leaderEpoch ?? 0) > (before?.leaderEpoch ?? 0))
  assert.equal(cluster.metadata.topicById(topic?.id ?? '')?.name, 'orders')
  cluster.close()
})

test('a topic that does not exist is waited for, then said to be unknown', async () => {
  const world = await ClientWorld.start('cluster-2')
  const cluster = world.cluster()
  const startMs = world.simulation.now
  const loading = cluster.loadTopics(['nothing'], { timeoutMs: 5000 })
  await assert.rejects(world.run(loading), {
    name: 'KafkaError',
    code: 'UNKNOWN_TOPIC_OR_PARTITION',
    message: /nothing/,
  })
  assert.ok(world.simulation.now - startMs >= 5000)
  const later = cluster.loadTopics(['later'], { timeoutMs: 60_000 })
  await world.pass(3000)
  await world.createTopic('later')
  assert.equal((await world.run(later))[0]?.name, 'later')
  cluster.close()
})

test('a topic that a broker can neither find nor create, as one that has just started, is waited for', async () => {
  const world = await ClientWorld.start('cluster-6', { properties: { 'default.replication.factor': '3' } })
  const producer = world.producer()
  const asking = producer.partitionsFor('later')
  const never = world.producer({ 'max.block.ms': 2000 })
  await assert.rejects(world.run(never.partitionsFor('never')), {
    code: 'UNKNOWN_TOPIC_OR_PARTITION',
    message: /topic never is not there, and cannot be created: The replication factor/,
  })
  await world.createTopic('later')
  assert.equal((await world.run(asking)).length, 1)
  await world.run(Promise.all([producer.close(), never.close()]))
})

test('when all brokers that are known are gone, it begins with the bootstrap addresses again', async () => {
  const world = await ClientWorld.start('cluster-3', { brokerCount: 2 })
  const cluster = world.cluster({ 'bootstrap.servers': 'broker-1:9092,broker-3:9092' })
  await world.run(cluster.ready({ timeoutMs: 30_000 }))
  world.killBroker(1)
  world.killBroker(2)
  await world.pass(10_000)
  await world.startBroker(3)
  await world.run(cluster.refresh())
  assert.ok(cluster.metadata.brokers.has(3))
  cluster.close()
})

test('where nobody answers, waiting ends with a message that names the addresses', async () => {
  const world = await ClientWorld.start('cluster-4')
  const cluster = world.cluster({ 'bootstrap.servers': 'nowhere:1' })
  const message = /nowhere:1/
  await assert.rejects(world.run(cluster.loadTopics(['a'], { timeoutMs: 2000 })), { code: 'TIMED_OUT', message })
  cluster.close()
})

test('coordinators are found, remembered and forgotten', async () => {
  const world = await ClientWorld.start('cluster-5', { brokerCount: 1 })
  const cluster = world.cluster()
  const find = (): Promise<number> =>
    cluster.retry({ timeoutMs: 30_000 }, () => cluster.coordinators.find('group', 'billing'))
  assert.equal(await world.run(find()), 1)
  const all = await world.run(cluster.coordinators.findAll('group', ['a', 'b']))
  assert.deepEqual(
    [...all],
    [
      ['a', 1],
      ['b', 1],
    ],
  )
  cluster.coordinators.forget('group', 'billing')
  assert.equal(await world.run(find()), 1)
  cluster.close()
})

test('close rejects what waits and leaves no timer', async () => {
  const world = await ClientWorld.start('cluster-6')
  const cluster = world.cluster({ 'bootstrap.servers': 'nowhere:1' })
  const waiting = [cluster.loadTopics(['a'], { timeoutMs: 60_000 }), cluster.sleep(60_000), cluster.refresh()]
  const settled = Promise.allSettled(waiting)
  await world.pass(500)
  cluster.close()
  const startMs = world.simulation.now
  for (const result of await world.run(settled)) {
    assert.equal(result.status === 'rejected' && (result.reason as { code: string }).code, 'CLOSED')
  }
  assert.ok(world.simulation.now - startMs < 100)
  await assert.rejects(world.run(cluster.refresh()), { code: 'CLOSED' })
})

test('a configuration is checked by name, type and range', () => {
  const parse = (given: object): unknown => parseConfig(commonKeys, given)
  assert.throws(() => parse({ 'bootstrap.server': 'a:1' }), {
    code: 'INVALID_CONFIG',
    message: /did you mean bootstrap.servers\?/,
  })
  assert.throws(() => parse({ 'request.timeout.ms': 'soon' }), { message: /request.timeout.ms: it is not a number/ })
  assert.throws(() => parse({ 'request.timeout.ms': 0 }), { message: /at least 1/ })
  assert.throws(() => parse({ 'security.protocol': 'TLS' }), { message: /one of: PLAINTEXT, SSL/ })
  assert.equal(parseConfig(commonKeys, { 'request.timeout.ms': '5' })['request.timeout.ms'], 5)
  assert.deepEqual(parseConfig(commonKeys, { 'bootstrap.servers': 'a:1, b:2' })['bootstrap.servers'], ['a:1', 'b:2'])
  const world = {} as ConstructorParameters<typeof Cluster>[0]
  const wrong = { ...parseConfig(commonKeys, {}), 'bootstrap.servers': ['a'] }
  assert.throws(() => new Cluster({ ...world, random: { float: () => 0 } } as never, wrong), {
    message: /a for bootstrap.servers/,
  })
})
