import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { errorOf } from '@odradek/kafka-protocol'
import { fetchRequest, fetchResponse } from '@odradek/kafka-protocol/messages/01-fetch'
import { deleteRecordsRequest, deleteRecordsResponse } from '@odradek/kafka-protocol/messages/21-delete-records'
import type { DeleteRecordsResponse } from '@odradek/kafka-protocol/messages/21-delete-records'
import { fetch, fetchAll, fetchOf, produce } from './data-path-requests.ts'
import { DataPathWorld } from './data-path-world.ts'

const ofPartition = (topic: string, offset: bigint, timeoutMs = 1000, partitionIndex = 0) => ({
  topics: [{ name: topic, partitions: [{ partitionIndex, offset }] }],
  timeoutMs,
})

/** Error and low watermark of the only partition. */
function outcomeOf({ topics }: DeleteRecordsResponse): string {
  return topics
    .flatMap(({ partitions }) => partitions)
    .map(({ errorCode, lowWatermark }) => `${errorOf(errorCode).name} ${lowWatermark}`)
    .join()
}

async function deleteBefore(world: DataPathWorld, topic: string, offset: bigint, version = 2): Promise<string> {
  return outcomeOf(await world.ask(deleteRecordsRequest, deleteRecordsResponse, version, ofPartition(topic, offset)))
}

async function withRecords(options: Parameters<typeof DataPathWorld.start>[0] = {}): Promise<DataPathWorld> {
  const world = await DataPathWorld.start(options)
  await world.createTopic('words')
  const connection = await world.connect()
  for (const text of ['a', 'b', 'c', 'd']) await world.run(produce(connection, 'words', [text], { acks: -1 }))
  return world
}

/** A follower's fetch, which tells where its log begins. */
async function follow(world: DataPathWorld, fetchOffset: bigint, logStartOffset: bigint): Promise<void> {
  const request = fetchOf('words', { replicaId: 2 })
  await world.ask(fetchRequest, fetchResponse, 12, {
    ...request,
    topics: [{ topic: 'words', partitions: [{ partition: 0, fetchOffset, logStartOffset, partitionMaxBytes: 1024 }] }],
  })
}

describe('DeleteRecords', () => {
  it('moves the log start offset forward, never back, in every version', async () => {
    const world = await withRecords()
    assert.equal(await deleteBefore(world, 'words', 1n, 0), 'NONE 1')
    assert.equal(await deleteBefore(world, 'words', 2n, 1), 'NONE 2')
    assert.equal(await deleteBefore(world, 'words', 0n), 'NONE 2')
    assert.deepEqual(await fetchAll(world, 'words', { offset: 2n }), ['c', 'd'])
    const early = await fetch(world, 'words', { offset: 1n })
    assert.equal(errorOf(early.responses[0]?.partitions[0]?.errorCode ?? 0).name, 'OFFSET_OUT_OF_RANGE')
    assert.equal(await deleteBefore(world, 'words', -1n), 'NONE 4')
    assert.deepEqual(await fetchAll(world, 'words', { offset: 4n }), [])
  })

  it('holds over a restart', async () => {
    const world = await withRecords()
    assert.equal(await deleteBefore(world, 'words', 3n), 'NONE 3')
    await world.restart()
    await world.createTopic('words', 1, { leaderEpoch: 1 })
    assert.equal(await deleteBefore(world, 'words', 0n), 'NONE 3')
    assert.deepEqual(await fetchAll(world, 'words', { offset: 3n }), ['d'])
  })

  it('is refused beyond the high watermark, and where nothing may be deleted', async () => {
    const world = await withRecords()
    assert.equal(await deleteBefore(world, 'words', 5n), 'OFFSET_OUT_OF_RANGE -1')
    assert.equal(await deleteBefore(world, 'words', -2n), 'OFFSET_OUT_OF_RANGE -1')
    assert.equal(await deleteBefore(world, 'nowhere', 0n), 'UNKNOWN_TOPIC_OR_PARTITION -1')
    await world.createTopic('__consumer_offsets')
    assert.equal(await deleteBefore(world, '__consumer_offsets', 0n), 'INVALID_TOPIC_EXCEPTION -1')
    await world.createTopic('far', 1, { leader: 2, isr: [2], replicas: [1, 2] })
    assert.equal(await deleteBefore(world, 'far', 0n), 'NOT_LEADER_OR_FOLLOWER -1')
  })

  it('is refused where records are compacted and not deleted', async () => {
    const world = await withRecords({ logConfig: { cleanupDelete: false, cleanupCompact: true } })
    assert.equal(await deleteBefore(world, 'words', 0n), 'POLICY_VIOLATION -1')
    const both = await withRecords({ logConfig: { cleanupDelete: true, cleanupCompact: true } })
    assert.equal(await deleteBefore(both, 'words', 0n), 'NONE 0')
  })

  it('waits until the followers that live have deleted them too', async () => {
    const world = await withRecords()
    const plan = { leaderEpoch: 1, isr: [1, 2], replicas: [1, 2] }
    await world.leaderAndIsr('words', [{ partitionIndex: 0, leader: 1, ...plan }])
    await world.updateMetadata('words', [{ partitionIndex: 0, leader: 1, ...plan }], { brokers: [1, 2] })
    await follow(world, 4n, 0n)
    const connection = await world.connect()
    const answer = connection.send(deleteRecordsRequest, deleteRecordsResponse, 2, ofPartition('words', 2n, 60_000))
    await world.pass(1000)
    await follow(world, 4n, 2n)
    assert.equal(outcomeOf(await world.run(answer)), 'NONE 2')
    const late = connection.send(deleteRecordsRequest, deleteRecordsResponse, 2, ofPartition('words', 3n, 500))
    assert.equal(outcomeOf(await world.run(late)), 'REQUEST_TIMED_OUT 2')
    const withoutFollower = connection.send(
      deleteRecordsRequest,
      deleteRecordsResponse,
      2,
      ofPartition('words', 4n, 60_000),
    )
    await world.pass(1000)
    await world.updateMetadata('words', [{ partitionIndex: 0, leader: 1, ...plan }], { brokers: [1] })
    assert.equal(outcomeOf(await world.run(withoutFollower)), 'NONE 4')
  })

  it('ends with the leadership', async () => {
    const world = await withRecords()
    const plan = { leaderEpoch: 1, isr: [1, 2], replicas: [1, 2] }
    await world.leaderAndIsr('words', [{ partitionIndex: 0, leader: 1, ...plan }])
    await world.updateMetadata('words', [{ partitionIndex: 0, leader: 1, ...plan }], { brokers: [1, 2] })
    const connection = await world.connect()
    const answer = connection.send(deleteRecordsRequest, deleteRecordsResponse, 2, ofPartition('words', 2n, 60_000))
    await world.pass(1000)
    await world.leaderAndIsr('words', [{ partitionIndex: 0, leader: 2, ...plan, leaderEpoch: 2 }])
    assert.equal(outcomeOf(await world.run(answer)), 'NOT_LEADER_OR_FOLLOWER -1')
  })
})
