import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AclResourceTypes, ConfigResourceTypes } from '../src/enums.ts'
import { KafkaJSAggregateError, KafkaJSDeleteGroupsError } from '../src/errors.ts'
import { FaceWorld } from './face-world.ts'

const nonRetriable = { name: 'KafkaJSNonRetriableError', retriable: false }

test('topics: made once, with more partitions later, listed, emptied and deleted', async () => {
  const world = await FaceWorld.start('kafkajs-admin-topics')
  const admin = world.kafka().admin({ retry: { retries: 2 } })
  await world.run(admin.connect())
  const topics = [{ topic: 'orders', numPartitions: 1, configEntries: [{ name: 'retention.ms', value: '100000' }] }]
  assert.equal(await world.run(admin.createTopics({ topics })), true)
  assert.equal(await world.run(admin.createTopics({ topics })), false)
  const wrong = admin.createTopics({ topics: [{ topic: 'bills', replicationFactor: 9 }] })
  await assert.rejects(world.run(wrong), (error: unknown) => {
    assert.ok(error instanceof KafkaJSAggregateError)
    assert.deepEqual(
      error.errors.map((each) => (each as { type?: string; topic?: string }).type),
      ['INVALID_REPLICATION_FACTOR'],
    )
    return true
  })
  assert.deepEqual(await world.run(admin.listTopics()), ['orders'])
  assert.equal(await world.run(admin.createPartitions({ topicPartitions: [{ topic: 'orders', count: 2 }] })), true)
  const found = await world.run(admin.fetchTopicMetadata({ topics: ['orders'] }))
  assert.deepEqual(
    found.topics[0]?.partitions.map(({ partitionId, leader, isr }) => [partitionId, leader, isr]),
    [
      [0, 1, [1]],
      [1, 1, [1]],
    ],
  )
  await world.produce('orders', ['one', 'two', 'three'])
  await world.run(admin.deleteTopicRecords({ topic: 'orders', partitions: [{ partition: 0, offset: '2' }] }))
  const [first] = await world.run(admin.fetchTopicOffsets('orders'))
  assert.deepEqual(first, { partition: 0, offset: '3', high: '3', low: '2' })
  await world.run(admin.deleteTopics({ topics: ['orders'] }))
  assert.deepEqual(await world.run(admin.listTopics()), [])
  await world.run(admin.disconnect())
})

test('configurations are described and altered, and the cluster tells of its brokers', async () => {
  const world = await FaceWorld.start('kafkajs-admin-configs')
  await world.createTopic('orders')
  const admin = world.kafka().admin()
  await world.run(admin.connect())
  const resource = { type: ConfigResourceTypes.TOPIC, name: 'orders' }
  const configEntries = [{ name: 'retention.ms', value: '1000' }]
  await world.run(admin.alterConfigs({ validateOnly: false, resources: [{ ...resource, configEntries }] }))
  const described = await world.run(
    admin.describeConfigs({ includeSynonyms: false, resources: [{ ...resource, configNames: ['retention.ms'] }] }),
  )
  const [entry] = described.resources[0]?.configEntries ?? []
  assert.equal(entry?.configName, 'retention.ms')
  assert.equal(entry?.configValue, '1000')
  assert.equal(entry?.isDefault, false)
  const { brokers, controller } = await world.run(admin.describeCluster())
  assert.deepEqual(brokers, [{ nodeId: 1, host: 'broker-1', port: 9092 }])
  assert.equal(controller, 1)
  await world.run(admin.disconnect())
})

test('offsets of groups: set, reset, resolved, refused while the group runs, and gone with it', async () => {
  const world = await FaceWorld.start('kafkajs-admin-groups')
  await world.createTopic('orders')
  await world.produce('orders', ['0', '1', '2'])
  const admin = world.kafka().admin({ retry: { retries: 1, initialRetryTime: 10 } })
  await world.run(admin.connect())
  const group = { groupId: 'billing', topic: 'orders' }
  await world.run(admin.setOffsets({ ...group, partitions: [{ partition: 0, offset: '1' }] }))
  assert.equal(await world.committed(), '1')
  await world.run(admin.resetOffsets({ ...group, earliest: false }))
  const resolved = await world.run(admin.fetchOffsets({ groupId: 'billing', topics: ['orders'], resolveOffsets: true }))
  assert.equal(resolved[0]?.partitions[0]?.offset, '3')
  const consumer = await world.consume({ eachMessage: async () => undefined })
  await assert.rejects(world.run(admin.resetOffsets({ ...group, earliest: true })), /must have no running instances/)
  const { groups } = await world.run(admin.listGroups())
  assert.deepEqual(groups, [{ groupId: 'billing', protocolType: 'consumer' }])
  await assert.rejects(world.run(admin.deleteGroups(['billing'])), (error: unknown) => {
    assert.ok(error instanceof KafkaJSDeleteGroupsError)
    assert.equal(error.groups[0]?.error?.type, 'NON_EMPTY_GROUP')
    return true
  })
  await world.run(consumer.disconnect())
  assert.deepEqual(await world.run(admin.deleteGroups(['billing'])), [{ groupId: 'billing', errorCode: 0 }])
  await world.run(admin.disconnect())
})

test('wrong arguments are refused before anything is asked', async () => {
  const world = await FaceWorld.start('kafkajs-admin-arguments')
  const admin = world.kafka().admin()
  const refused: [Promise<unknown>, string][] = [
    [admin.createTopics({ topics: 'orders' as never }), 'Invalid topics array orders'],
    [admin.deleteTopics({ topics: [1 as never] }), 'Invalid topics array, the names must be a valid string'],
    [admin.fetchOffsets({ groupId: '' }), 'Invalid groupId '],
    [admin.describeConfigs({ resources: [], includeSynonyms: false }), 'Resources array cannot be empty'],
    [admin.createAcls({ acl: [] }), 'Empty ACL array'],
    [admin.describeAcls({ resourceType: AclResourceTypes.ANY, operation: 99 } as never), 'Invalid operation type 99'],
    [
      admin.alterPartitionReassignments({ topics: [{ topic: 't', partitionAssignment: null as never }] }),
      'Invalid partitions array: null for topic: t',
    ],
    [
      admin.listPartitionReassignments({ topics: [{ topic: 1 as never, partitions: [] }] }),
      'Invalid topics array, the topic names have to be a valid string',
    ],
    [admin.deleteTopicRecords({ topic: 't', partitions: [] }), 'Invalid partitions'],
  ]
  for (const [call, message] of refused) await assert.rejects(call, { ...nonRetriable, message })
})

test('brokers that cannot be reached, or are none, are said as such', async () => {
  const world = await FaceWorld.start('kafkajs-admin-connect')
  const retry = { retries: 1, initialRetryTime: 10 }
  const connect = (brokers: never): Promise<void> => world.run(world.kafka({ brokers, retry }).admin().connect())
  await assert.rejects(connect(['broker-1:1'] as never), (error: Error) => {
    assert.equal(error.name, 'KafkaJSNumberOfRetriesExceeded')
    assert.equal((error.cause as Error).name, 'KafkaJSConnectionError')
    return true
  })
  await assert.rejects(connect([] as never), { ...nonRetriable, message: 'Failed to connect: brokers array is empty' })
  await assert.rejects(connect([1] as never), { message: 'Failed to connect: broker at index 0 is invalid "number"' })
  const asked = world.kafka({ brokers: async () => world.brokers }).admin()
  await world.run(asked.connect())
  await world.run(asked.disconnect())
})
