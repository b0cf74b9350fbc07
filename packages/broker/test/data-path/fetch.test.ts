import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { BrokerConnection } from '@odradek/client'
import { ErrorCode } from '@odradek/kafka-protocol'
import type { Input } from '@odradek/kafka-protocol'
import { fetchRequest, fetchResponse } from '@odradek/kafka-protocol/messages/01-fetch'
import type { FetchRequest, FetchResponse } from '@odradek/kafka-protocol/messages/01-fetch'
import { listOffsetsRequest, listOffsetsResponse } from '@odradek/kafka-protocol/messages/02-list-offsets'
import {
  offsetForLeaderEpochRequest,
  offsetForLeaderEpochResponse,
} from '@odradek/kafka-protocol/messages/23-offset-for-leader-epoch'
import { batchOf, fetch, fetchAll, fetchOf, produce, textsIn } from './data-path-requests.ts'
import { DataPathWorld, topicIdOf } from './data-path-world.ts'

type PartitionData = FetchResponse['responses'][number]['partitions'][number]

function onlyPartition(response: FetchResponse): PartitionData {
  assert.equal(response.errorCode, ErrorCode.NONE)
  assert.equal(response.responses.length, 1)
  assert.equal(response.responses[0]?.partitions.length, 1)
  return response.responses[0]?.partitions[0] as PartitionData
}

async function worldWith(texts: readonly string[], topic = 'words'): Promise<DataPathWorld> {
  const world = await DataPathWorld.start()
  await world.createTopic(topic)
  const connection = await world.connect()
  for (const text of texts) await world.run(produce(connection, topic, [text], {}))
  connection.close()
  return world
}

describe('Fetch', () => {
  it('gives the records from an offset on, in every version', async () => {
    const world = await worldWith(['a', 'b', 'c'])
    for (let version = 4; version <= 18; version++) {
      const data = onlyPartition(await fetch(world, 'words', { version, offset: 1n }))
      assert.equal(data.errorCode, ErrorCode.NONE)
      assert.equal(data.highWatermark, 3n)
      assert.equal(data.lastStableOffset, 3n)
      assert.deepEqual(textsIn(data.records), ['b', 'c'])
    }
  })

  it('keeps to the limits, but gives the first batch whole', async () => {
    const world = await DataPathWorld.start()
    await world.createTopic('words', 3)
    const large = 'x'.repeat(10_000)
    const connection = await world.connect()
    for (const text of [large, large]) await world.run(produce(connection, 'words', [text], {}))
    const partitions = [0, 0].map((partition, index) => ({
      partition: index === 0 ? partition : 1,
      fetchOffset: 0n,
      partitionMaxBytes: 100,
    }))
    const response = await world.ask(fetchRequest, fetchResponse, 12, {
      maxWaitMs: 0,
      minBytes: 1,
      maxBytes: 100,
      topics: [{ topic: 'words', partitions }],
    })
    const [first, second] = response.responses[0]?.partitions ?? []
    assert.deepEqual(textsIn(first?.records ?? null), [large])
    assert.equal(second?.records?.length, 0)
    assert.equal(
      onlyPartition(await fetch(world, 'words', { request: { maxBytes: 1_000_000 } })).records?.length,
      2 * batchOf([large]).length,
    )
  })

  it('ends with the partition that it has no more room for', async () => {
    const world = await DataPathWorld.start()
    await world.createTopic('words', 3)
    const large = 'x'.repeat(10_000)
    const connection = await world.connect()
    for (const text of [large, large]) await world.run(produce(connection, 'words', [text], {}))
    await world.run(produce(connection, 'words', ['small'], { partition: 1 }))
    const sizesOf = async (order: readonly number[], maxBytes: number): Promise<(number | undefined)[]> => {
      const response = await world.ask(fetchRequest, fetchResponse, 12, {
        maxWaitMs: 0,
        minBytes: 1,
        maxBytes,
        topics: [
          {
            topic: 'words',
            partitions: order.map((partition) => ({ partition, fetchOffset: 0n, partitionMaxBytes: 50_000 })),
          },
        ],
      })
      return response.responses[0]?.partitions.map(({ records }) => records?.length) ?? []
    }
    const [largeBytes, smallBytes] = [batchOf([large]).length, batchOf(['small']).length]
    // Partition 2 is empty: it takes no room from those behind it.
    assert.deepEqual(await sizesOf([2, 0, 1], 15_000), [0, largeBytes, 0])
    assert.deepEqual(await sizesOf([1, 2, 0], 15_000), [smallBytes, 0, largeBytes])
    assert.deepEqual(await sizesOf([0, 1], 30_000), [2 * largeBytes, smallBytes])
  })

  it('waits for records and is woken by them, not by the clock', async () => {
    const world = await worldWith([])
    const consumer = await world.connect()
    const startMs = world.simulation.now
    const answer = consumer.send(fetchRequest, fetchResponse, 12, fetchOf('words', { request: { maxWaitMs: 60_000 } }))
    await world.pass(5000)
    await world.run(produce(await world.connect(), 'words', ['news'], {}))
    assert.deepEqual(textsIn(onlyPartition(await world.run(answer)).records), ['news'])
    assert.ok(world.simulation.now - startMs < 6000)
  })

  it('waits for minBytes and no longer than maxWaitMs', async () => {
    const world = await worldWith(['a'])
    const consumer = await world.connect()
    const startMs = world.simulation.now
    const answer = consumer.send(
      fetchRequest,
      fetchResponse,
      12,
      fetchOf('words', { request: { maxWaitMs: 10_000, minBytes: 100_000 } }),
    )
    await world.run(produce(await world.connect(), 'words', ['b'], {}))
    assert.deepEqual(textsIn(onlyPartition(await world.run(answer)).records), ['a', 'b'])
    assert.ok(world.simulation.now - startMs >= 10_000)
  })

  it('lets many consumers wait on one partition and answers all', async () => {
    const world = await worldWith([])
    const consumers: BrokerConnection[] = []
    while (consumers.length < 100) consumers.push(await world.connect())
    const answers = consumers.map((consumer) =>
      consumer.send(fetchRequest, fetchResponse, 12, fetchOf('words', { request: { maxWaitMs: 60_000 } })),
    )
    await world.pass(1000)
    await world.run(produce(await world.connect(), 'words', ['news'], {}))
    for (const response of await world.run(Promise.all(answers))) {
      assert.deepEqual(textsIn(onlyPartition(response).records), ['news'])
    }
    const partition = world.services.replicaManager.partition('words', 0)
    assert.equal(partition.fetchWaiters.size, 0)
  })

  it('forgets a fetch whose connection is gone', async () => {
    const world = await worldWith([])
    const consumer = await world.connect()
    consumer
      .send(fetchRequest, fetchResponse, 12, fetchOf('words', { request: { maxWaitMs: 600_000 } }))
      .catch(() => undefined)
    await world.pass(1000)
    const partition = world.services.replicaManager.partition('words', 0)
    assert.equal(partition.fetchWaiters.size, 1)
    consumer.close()
    await world.pass(1000)
    assert.equal(partition.fetchWaiters.size, 0)
  })

  it('says what is wrong with an offset, an epoch, a partition or a topic', async () => {
    const world = await worldWith(['a'])
    await world.createTopic('elsewhere', 1, { leader: 2, leaderEpoch: 4, isr: [2], replicas: [1, 2] })
    const codeOf = async (
      topic: string,
      wish: Parameters<typeof fetch>[2],
      partition: Input<FetchRequest> = {},
    ): Promise<number> =>
      onlyPartition(await fetch(world, topic, { ...wish, request: { ...wish?.request, ...partition } })).errorCode
    const withEpoch = (currentLeaderEpoch: number): Input<FetchRequest> => ({
      topics: [{ topic: 'words', partitions: [{ partition: 0, currentLeaderEpoch, partitionMaxBytes: 1000 }] }],
    })
    assert.equal(await codeOf('words', { offset: 2n }), ErrorCode.OFFSET_OUT_OF_RANGE)
    assert.equal(await codeOf('words', { offset: -5n }), ErrorCode.OFFSET_OUT_OF_RANGE)
    assert.equal(await codeOf('words', { partition: 9 }), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
    assert.equal(await codeOf('unknown', { version: 13 }), ErrorCode.UNKNOWN_TOPIC_ID)
    assert.equal(await codeOf('elsewhere', { version: 10 }), ErrorCode.NOT_LEADER_OR_FOLLOWER)
    assert.equal(await codeOf('words', {}, withEpoch(1)), ErrorCode.UNKNOWN_LEADER_EPOCH)
    await world.leaderAndIsr('words', [{ partitionIndex: 0, leader: 1, leaderEpoch: 2, isr: [1], replicas: [1] }])
    assert.equal(await codeOf('words', {}, withEpoch(1)), ErrorCode.FENCED_LEADER_EPOCH)
    assert.equal(await codeOf('words', {}, withEpoch(2)), ErrorCode.NONE)
  })

  it('answers those who wait at once when the leader changes', async () => {
    const world = await worldWith([])
    const consumer = await world.connect()
    const answer = consumer.send(
      fetchRequest,
      fetchResponse,
      10,
      fetchOf('words', { version: 10, request: { maxWaitMs: 600_000 } }),
    )
    await world.pass(1000)
    await world.leaderAndIsr('words', [{ partitionIndex: 0, leader: 2, leaderEpoch: 1, isr: [2], replicas: [1, 2] }])
    assert.equal(onlyPartition(await world.run(answer)).errorCode, ErrorCode.NOT_LEADER_OR_FOLLOWER)
  })

  it('tells a reader where its log parted from this one', async () => {
    const world = await worldWith(['a', 'b'])
    await world.leaderAndIsr('words', [{ partitionIndex: 0, leader: 1, leaderEpoch: 5, isr: [1], replicas: [1] }])
    await world.run(produce(await world.connect(), 'words', ['c'], {}))
    const data = onlyPartition(
      await fetch(world, 'words', {
        request: {
          topics: [
            {
              topic: 'words',
              partitions: [{ partition: 0, fetchOffset: 3n, lastFetchedEpoch: 3, partitionMaxBytes: 1000 }],
            },
          ],
        },
      }),
    )
    assert.deepEqual(data.divergingEpoch, { epoch: 0, endOffset: 2n })
    assert.equal(data.records?.length, 0)
  })
})

describe('a fetch session over the wire', () => {
  it('tells only what is new', async () => {
    const world = await worldWith(['a'])
    await world.createTopic('quiet')
    const connection = await world.connect()
    const send = (value: Input<FetchRequest>) =>
      world.run(
        connection.send(fetchRequest, fetchResponse, 13, { maxWaitMs: 0, minBytes: 1, maxBytes: 1e6, ...value }),
      )
    const ask = (topic: string, fetchOffset: bigint) => ({
      topicId: topicIdOf(topic),
      partitions: [{ partition: 0, fetchOffset, partitionMaxBytes: 1e6 }],
    })
    const first = await send({ sessionId: 0, sessionEpoch: 0, topics: [ask('words', 0n), ask('quiet', 0n)] })
    assert.notEqual(first.sessionId, 0)
    assert.equal(first.responses.length, 2)
    const second = await send({ sessionId: first.sessionId, sessionEpoch: 1, topics: [ask('words', 1n)] })
    assert.deepEqual(second.responses, [])
    await world.run(produce(await world.connect(), 'words', ['b'], {}))
    const third = await send({ sessionId: first.sessionId, sessionEpoch: 2 })
    assert.deepEqual(textsIn(third.responses[0]?.partitions[0]?.records ?? null), ['b'])
    const stale = await send({ sessionId: first.sessionId, sessionEpoch: 2 })
    assert.equal(stale.errorCode, ErrorCode.INVALID_FETCH_SESSION_EPOCH)
    const unknown = await send({ sessionId: 12345, sessionEpoch: 1 })
    assert.equal(unknown.errorCode, ErrorCode.FETCH_SESSION_ID_NOT_FOUND)
  })
})

describe('ListOffsets', () => {
  async function offsetsOf(
    world: DataPathWorld,
    timestamp: bigint,
    version = 7,
  ): Promise<[number, bigint, bigint, number]> {
    const response = await world.ask(listOffsetsRequest, listOffsetsResponse, version, {
      replicaId: -1,
      topics: [{ name: 'words', partitions: [{ partitionIndex: 0, timestamp }] }],
    })
    const found = response.topics[0]?.partitions[0]
    assert.ok(found)
    return [found.errorCode, found.offset, found.timestamp, found.leaderEpoch]
  }

  it('finds the ends, the largest timestamp, and offsets by time', async () => {
    const world = await DataPathWorld.start()
    await world.createTopic('words')
    const partition = world.services.replicaManager.partition('words', 0)
    for (const timestampMs of [1000, 3000, 2000]) {
      partition.appendAsLeader(batchOf(['x', 'y'], timestampMs), { requiredAcks: 1, origin: 'client' })
    }
    assert.deepEqual(await offsetsOf(world, -1n), [0, 6n, -1n, 0])
    assert.deepEqual(await offsetsOf(world, -2n), [0, 0n, -1n, 0])
    assert.deepEqual(await offsetsOf(world, -3n), [0, 2n, 3000n, 0])
    assert.deepEqual(await offsetsOf(world, -4n, 8), [0, 0n, -1n, 0])
    assert.deepEqual(await offsetsOf(world, 1500n), [0, 2n, 3000n, 0])
    assert.deepEqual(await offsetsOf(world, 3001n), [0, -1n, -1n, -1])
    assert.deepEqual((await offsetsOf(world, -3n, 6))[0], ErrorCode.UNSUPPORTED_VERSION)
    assert.deepEqual(await offsetsOf(world, -1n, 1), [0, 6n, -1n, -1])
  })

  it('refuses a partition that is named twice, and unknown ones', async () => {
    const world = await worldWith(['a'])
    const response = await world.ask(listOffsetsRequest, listOffsetsResponse, 7, {
      replicaId: -1,
      topics: [{ name: 'words', partitions: [0, 0, 5].map((partitionIndex) => ({ partitionIndex, timestamp: -1n })) }],
    })
    assert.deepEqual(
      response.topics[0]?.partitions.map(({ errorCode }) => errorCode),
      [ErrorCode.INVALID_REQUEST, ErrorCode.INVALID_REQUEST, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
    )
  })
})

describe('OffsetForLeaderEpoch', () => {
  it('tells where an epoch ended', async () => {
    const world = await worldWith(['a', 'b'])
    await world.leaderAndIsr('words', [{ partitionIndex: 0, leader: 1, leaderEpoch: 5, isr: [1], replicas: [1] }])
    await world.run(produce(await world.connect(), 'words', ['c'], {}))
    const response = await world.ask(offsetForLeaderEpochRequest, offsetForLeaderEpochResponse, 4, {
      replicaId: -1,
      topics: [{ topic: 'words', partitions: [0, 3, 5, 9].map((leaderEpoch) => ({ partition: 0, leaderEpoch })) }],
    })
    assert.deepEqual(
      response.topics[0]?.partitions.map(({ leaderEpoch, endOffset }) => [leaderEpoch, endOffset]),
      [
        [0, 2n],
        [0, 2n],
        [5, 3n],
        [-1, -1n],
      ],
    )
  })
})

describe('a follower', () => {
  it('reads to the end of the log and moves the high watermark', async () => {
    const world = await DataPathWorld.start()
    await world.createTopic('words', 1, { leader: 1, isr: [1, 2], replicas: [1, 2] })
    await world.run(produce(await world.connect(), 'words', ['a'], { acks: 1 }))
    assert.deepEqual(await fetchAll(world, 'words'), [])
    assert.deepEqual(await fetchAll(world, 'words', { replicaId: 2, version: 17 }), ['a'])
    await fetchAll(world, 'words', { replicaId: 2, version: 17, offset: 1n })
    assert.deepEqual(await fetchAll(world, 'words'), ['a'])
  })

  it('that is no replica is refused', async () => {
    const world = await DataPathWorld.start()
    await world.createTopic('words')
    assert.equal(
      onlyPartition(await fetch(world, 'words', { replicaId: 9 })).errorCode,
      ErrorCode.NOT_LEADER_OR_FOLLOWER,
    )
  })

  it('that waits is woken by an append that is not committed yet', async () => {
    const world = await DataPathWorld.start()
    await world.createTopic('words', 1, { leader: 1, isr: [1, 2], replicas: [1, 2] })
    const follower = await world.connect()
    const answer = follower.send(
      fetchRequest,
      fetchResponse,
      12,
      fetchOf('words', { replicaId: 2, request: { maxWaitMs: 60_000 } }),
    )
    await world.pass(1000)
    const startMs = world.simulation.now
    await world.run(produce(await world.connect(), 'words', ['a'], { acks: 1 }))
    assert.deepEqual(textsIn(onlyPartition(await world.run(answer)).records), ['a'])
    assert.ok(world.simulation.now - startMs < 1000)
  })
})
