import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeRecordBatch, errorOf } from '@odradek/kafka-protocol'
import { produceRequest, produceResponse } from '@odradek/kafka-protocol/messages/00-produce'
import { createTopicsRequest, createTopicsResponse } from '@odradek/kafka-protocol/messages/19-create-topics'
import {
  describeProducersRequest,
  describeProducersResponse,
} from '@odradek/kafka-protocol/messages/61-describe-producers'
import {
  listConfigResourcesRequest,
  listConfigResourcesResponse,
} from '@odradek/kafka-protocol/messages/74-list-config-resources'
import {
  describeTopicPartitionsRequest,
  describeTopicPartitionsResponse,
} from '@odradek/kafka-protocol/messages/75-describe-topic-partitions'
import { ClusterWorld } from './cluster-world.ts'

async function worldWith(
  topics: Readonly<Record<string, number>>,
  properties: Readonly<Record<string, string>> = {},
): Promise<ClusterWorld> {
  const world = await ClusterWorld.withZooKeeper('describing')
  await world.startBroker(1, properties)
  await create(world, topics)
  return world
}

async function create(world: ClusterWorld, topics: Readonly<Record<string, number>>): Promise<void> {
  await world.ask(createTopicsRequest, createTopicsResponse, {
    topics: Object.entries(topics).map(([name, numPartitions]) => ({ name, numPartitions, replicationFactor: 1 })),
    timeoutMs: 5000,
  })
}

async function produceIdempotently(world: ClusterWorld, topic: string): Promise<number> {
  const records = encodeRecordBatch({
    records: [1, 2, 3].map((timestampMs) => ({ value: Buffer.alloc(100), timestampMs })),
    producerId: 7,
    producerEpoch: 2,
    baseSequence: 0,
  })
  const sizeBytes = records.length
  await world.ask(
    produceRequest,
    produceResponse,
    { acks: -1, timeoutMs: 1000, topicData: [{ name: topic, partitionData: [{ index: 0, records }] }] },
    { version: 9 },
  )
  return sizeBytes
}

test('DescribeProducers shows what a partition remembers of its producers', async () => {
  const world = await worldWith({ t: 1 })
  await produceIdempotently(world, 't')
  const { topics } = await world.ask(describeProducersRequest, describeProducersResponse, {
    topics: [
      { name: 't', partitionIndexes: [0, 1] },
      { name: 'b!d', partitionIndexes: [0] },
    ],
  })
  const [known, unknown, bad] = topics.flatMap(({ partitions }) => partitions)
  assert.deepEqual(known, {
    partitionIndex: 0,
    errorCode: 0,
    errorMessage: null,
    activeProducers: [
      {
        producerId: 7n,
        producerEpoch: 2,
        lastSequence: 2,
        lastTimestamp: 3n,
        coordinatorEpoch: -1,
        currentTxnStartOffset: -1n,
      },
    ],
  })
  assert.equal(errorOf(unknown?.errorCode ?? 0).name, 'UNKNOWN_TOPIC_OR_PARTITION')
  assert.equal(unknown?.errorMessage, 'There is no such topic or partition here.')
  assert.equal(errorOf(bad?.errorCode ?? 0).name, 'INVALID_TOPIC_EXCEPTION')
})

test('ListConfigResources names what has a configuration', async () => {
  const world = await worldWith({ t: 1, u: 1 })
  const list = async (resourceTypes: number[], version: number): Promise<string> => {
    const { errorCode, configResources } = await world.ask(
      listConfigResourcesRequest,
      listConfigResourcesResponse,
      { resourceTypes },
      { version },
    )
    const found = configResources.map(({ resourceName, resourceType }) => `${resourceType}:${resourceName}`)
    return errorCode === 0 ? found.sort().join(' ') : errorOf(errorCode).name
  }
  assert.equal(await list([], 0), '')
  assert.equal(await list([], 1), '2:t 2:u 4:1 8:1')
  assert.equal(await list([4, 16], 1), '4:1')
  assert.equal(await list([3], 1), 'UNSUPPORTED_VERSION')
})

test('DescribeTopicPartitions goes through topics in pages', async () => {
  const world = await worldWith({ a: 3, b: 1, c: 2 })
  type Cursor = { topicName: string; partitionIndex: number } | null
  const page = async (names: string[], responsePartitionLimit: number, cursor: Cursor = null) => {
    const { topics, nextCursor } = await world.ask(describeTopicPartitionsRequest, describeTopicPartitionsResponse, {
      topics: names.map((name) => ({ name })),
      responsePartitionLimit,
      cursor,
    })
    for (const { eligibleLeaderReplicas, lastKnownElr } of topics.flatMap(({ partitions }) => partitions)) {
      assert.deepEqual([eligibleLeaderReplicas, lastKnownElr], [[], []])
    }
    const found = topics.map(({ name, errorCode, partitions }) =>
      errorCode === 0
        ? `${name}:${partitions.map(({ partitionIndex, leaderId }) => `${partitionIndex}@${leaderId}`).join()}`
        : `${name}:${errorOf(errorCode).name}`,
    )
    return { found, nextCursor }
  }
  const whole = { found: ['a:0@1,1@1,2@1', 'b:0@1', 'c:0@1,1@1'], nextCursor: null }
  assert.deepEqual(await page([], 2000), whole)
  assert.deepEqual(await page(['c', 'a', 'b', 'a'], 6), whole)
  assert.deepEqual(await page([], 2), { found: ['a:0@1,1@1'], nextCursor: { topicName: 'a', partitionIndex: 2 } })
  assert.deepEqual(await page([], 2, { topicName: 'a', partitionIndex: 2 }), {
    found: ['a:2@1', 'b:0@1'],
    nextCursor: { topicName: 'c', partitionIndex: 0 },
  })
  assert.deepEqual(await page([], 2, { topicName: 'c', partitionIndex: 0 }), {
    found: ['c:0@1,1@1'],
    nextCursor: null,
  })
  assert.deepEqual(await page(['b', 'no', '!'], 0), {
    found: ['!:INVALID_TOPIC_EXCEPTION', 'b:0@1'],
    nextCursor: { topicName: 'no', partitionIndex: 0 },
  })
  assert.deepEqual((await page(['no'], 5)).found, ['no:UNKNOWN_TOPIC_OR_PARTITION'])
  assert.deepEqual((await page(['a'], 5, { topicName: 'a', partitionIndex: -1 })).found, ['a:INVALID_REQUEST'])
})
