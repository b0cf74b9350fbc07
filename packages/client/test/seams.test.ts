// What the client offers to those who build another face over it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Cluster, commonKeys, Consumer, parseConfig, Producer } from '../src/index.ts'
import type { Assignor, JoinedGroup, SentRequest } from '../src/index.ts'
import { encodeAssignment, encodeSubscription } from '../src/consumer/consumer-protocol.ts'
import { ClientWorld } from './client-world.ts'
import { writeValues } from './record-writer.ts'

const properties = { 'group.initial.rebalance.delay.ms': '0' }

test('producer and consumer share a cluster, whose observer hears of every request, and which stays open', async () => {
  const world = await ClientWorld.start('seams-shared', { properties })
  await world.createTopic('orders')
  const names: string[] = []
  const observer = { answered: ({ name }: SentRequest, _ms: number, size: number) => size > 0 && names.push(name) }
  const config = { 'bootstrap.servers': world.bootstrapServers }
  const cluster = new Cluster(world.env, parseConfig(commonKeys, config), { observer })
  const producer = new Producer(world.env, config, cluster)
  const metadata = await world.run(producer.send({ topic: 'orders', value: 'one' }))
  assert.equal(metadata.logStartOffset, 0)
  assert.equal(metadata.appendTimeMs, -1)
  await world.run(producer.close())
  assert.equal(cluster.isClosed, false)
  const consumer = new Consumer(
    world.env,
    { ...config, 'group.id': 'billing' },
    { cluster, offsetResetOf: () => 'earliest' },
  )
  consumer.subscribe('orders')
  const delivery = await world.run(consumer.takeDelivery())
  assert.equal(String(delivery?.batch.records[0]?.value), 'one')
  delivery?.done()
  await world.run(consumer.close())
  assert.equal(cluster.isClosed, false)
  for (const name of ['ApiVersionsRequest', 'MetadataRequest', 'ProduceRequest', 'JoinGroupRequest', 'FetchRequest']) {
    assert.ok(names.includes(name), name)
  }
  cluster.close()
})

test('a delivery spans batches of the log where that is wanted', async () => {
  const world = await ClientWorld.start('seams-spanning', { properties })
  await world.createTopic('orders')
  for (const value of ['one', 'two', 'three']) await writeValues(world, { topic: 'orders', partition: 0 }, [value])
  const config = { 'bootstrap.servers': world.bootstrapServers, 'auto.offset.reset': 'earliest' }
  const consumer = new Consumer(world.env, config, { isJoiningBatches: true })
  consumer.assign([{ topic: 'orders', partition: 0 }])
  const delivery = await world.run(consumer.takeDelivery())
  assert.deepEqual(
    delivery?.batch.records.map(({ value }) => String(value)),
    ['one', 'two', 'three'],
  )
  assert.equal(delivery?.batch.nextOffset, 3)
  // What was not said done with comes again.
  delivery?.recordDone({ offset: 0 })
  delivery?.release()
  const again = await world.run(consumer.takeDelivery())
  assert.equal(again?.batch.records[0]?.offset, 1)
  again?.release()
  await world.run(consumer.close())
})

test('an assignor may read and write the bytes itself, and the observer hears what came of it', async () => {
  const world = await ClientWorld.start('seams-bytes', { properties })
  await world.createTopic('orders', { partitions: 2 })
  const told: string[] = []
  const assignor: Assignor = {
    name: 'by-bytes',
    rebalanceProtocol: 'eager',
    assign: () => new Map(),
    subscriptionBytes: (topics) =>
      encodeSubscription({ topics, ownedPartitions: [], generationId: -1, userData: Buffer.from('hello') }),
    assignBytes: async (members, topics) => {
      told.push(...members.map(({ subscription }) => String(subscription?.includes('hello'))), ...topics)
      const partitions = [{ topic: 'orders', partition: 1 }]
      return new Map(members.map(({ memberId }) => [memberId, encodeAssignment({ partitions, userData: null })]))
    },
  }
  const joins: JoinedGroup[] = []
  let heartbeats = 0
  const config = {
    'bootstrap.servers': world.bootstrapServers,
    'group.id': 'billing',
    'partition.assignment.strategy': [assignor],
  }
  const observer = { joined: (group: JoinedGroup) => joins.push(group), heartbeat: () => heartbeats++ }
  const consumer = new Consumer(world.env, config, { observer })
  consumer.subscribe('orders')
  consumer.start()
  await world.pass(10_000)
  assert.deepEqual(told, ['true', 'orders'])
  assert.deepEqual(consumer.assignment(), [{ topic: 'orders', partition: 1 }])
  const [join] = joins
  assert.equal(joins.length, 1)
  assert.equal(join?.leaderId, join?.memberId)
  assert.equal(join?.assignorName, 'by-bytes')
  assert.ok(heartbeats >= 2, `${heartbeats} heartbeats`)
  await world.run(consumer.close())
})
