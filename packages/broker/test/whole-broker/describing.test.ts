import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeRecordBatch, errorOf } from '@odradek/kafka-protocol'
import { produceRequest, produceResponse } from '@odradek/kafka-protocol/messages/00-produce'
import { createTopicsRequest, createTopicsResponse } from '@odradek/kafka-protocol/messages/19-create-topics'
import {
  alterReplicaLogDirsRequest,
  alterReplicaLogDirsResponse,
} from '@odradek/kafka-protocol/messages/34-alter-replica-log-dirs'
import { describeLogDirsRequest, describeLogDirsResponse } from '@odradek/kafka-protocol/messages/35-describe-log-dirs'
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

test('DescribeLogDirs shows what lies in which directory, and how large it is', async () => {
  const world = await worldWith({ t: 2 }, { 'log.dirs': '/logs-a,/logs-b' })
  const sizeBytes = await produceIdempotently(world, 't')
  const sizes = async (topics: { topic: string; partitions: number[] }[] | null, version = 4): Promise<string[]> => {
    const { errorCode, results } = await world.ask(
      describeLogDirsRequest,
      describeLogDirsResponse,
      { topics },
      { version },
    )
    assert.equal(errorCode, 0)
    return results.map(({ logDir, topics: found, totalBytes, usableBytes }) => {
      assert.ok(version < 4 ? totalBytes === -1n : totalBytes >= usableBytes && usableBytes > 0n)
      const replicas = found.flatMap(({ name, partitions }) =>
        partitions.map(
          (one) => `${name}-${one.partitionIndex} ${one.partitionSize} ${one.offsetLag} ${one.isFutureKey}`,
        ),
      )
      return `${logDir}: ${replicas.join()}`
    })
  }
  assert.deepEqual(await sizes(null), [`/logs-a: t-0 ${sizeBytes} 0 false`, '/logs-b: t-1 0 0 false'])
  assert.deepEqual(await sizes([{ topic: 't', partitions: [1, 5] }], 1), ['/logs-a: ', '/logs-b: t-1 0 0 false'])
  assert.deepEqual(await sizes([]), ['/logs-a: ', '/logs-b: '])
})

test('AlterReplicaLogDirs places replicas that are to come, and moves none', async () => {
  const world = await worldWith({ t: 1 }, { 'log.dirs': '/logs-a,/logs-b' })
  const place = async (path: string, name: string): Promise<string> => {
    const { results } = await world.ask(alterReplicaLogDirsRequest, alterReplicaLogDirsResponse, {
      dirs: [{ path, topics: [{ name, partitions: [0] }] }],
    })
    return results
      .flatMap(({ partitions }) => partitions)
      .map(({ errorCode }) => errorOf(errorCode).name)
      .join()
  }
  assert.equal(await place('/logs-a', 't'), 'NONE')
  assert.equal(await place('/logs-b', 't'), 'INVALID_REQUEST')
  assert.equal(await place('/elsewhere', 't'), 'LOG_DIR_NOT_FOUND')
  assert.equal(await place('/logs-a', 'later'), 'UNKNOWN_TOPIC_OR_PARTITION')
  await create(world, { later: 1 })
  const { results } = await world.ask(describeLogDirsRequest, describeLogDirsResponse, { topics: null }, { version: 4 })
  assert.deepEqual(
    results.map(({ topics }) => topics.map(({ name }) => name)),
    [['t', 'later'], []],
  )
})

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
