import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorOf } from '@odradek/kafka-protocol'
import { createTopicsRequest, createTopicsResponse } from '@odradek/kafka-protocol/messages/19-create-topics'
import {
  createPartitionsRequest,
  createPartitionsResponse,
} from '@odradek/kafka-protocol/messages/37-create-partitions'
import {
  alterPartitionReassignmentsRequest,
  alterPartitionReassignmentsResponse,
} from '@odradek/kafka-protocol/messages/45-alter-partition-reassignments'
import {
  listPartitionReassignmentsRequest,
  listPartitionReassignmentsResponse,
} from '@odradek/kafka-protocol/messages/46-list-partition-reassignments'
import { ClusterWorld } from './cluster-world.ts'

async function reassign(
  world: ClusterWorld,
  replicas: Readonly<Record<number, number[] | null>>,
  { brokerId = 1, allowReplicationFactorChange = true } = {},
): Promise<string> {
  const { errorCode, responses } = await world.ask(
    alterPartitionReassignmentsRequest,
    alterPartitionReassignmentsResponse,
    {
      timeoutMs: 5000,
      allowReplicationFactorChange,
      topics: [
        {
          name: 't',
          partitions: Object.entries(replicas).map(([index, list]) => ({
            partitionIndex: Number(index),
            replicas: list,
          })),
        },
      ],
    },
    { brokerId, version: 1 },
  )
  const results = responses.flatMap(({ name, partitions }) =>
    partitions.map((result) => `${name}-${result.partitionIndex} ${errorOf(result.errorCode).name}`),
  )
  return [errorOf(errorCode).name, ...results].join(', ')
}

async function listed(world: ClusterWorld, partitionIndexes: number[] | null, brokerId = 1): Promise<string> {
  const { errorCode, topics } = await world.ask(
    listPartitionReassignmentsRequest,
    listPartitionReassignmentsResponse,
    { timeoutMs: 5000, topics: partitionIndexes === null ? null : [{ name: 't', partitionIndexes }] },
    { brokerId, version: 0 },
  )
  const results = topics.flatMap(({ name, partitions }) =>
    partitions.map(
      ({ partitionIndex, replicas, addingReplicas, removingReplicas }) =>
        `${name}-${partitionIndex} ${replicas.join()} adding ${addingReplicas.join()} removing ${removingReplicas.join()}`,
    ),
  )
  return [errorOf(errorCode).name, ...results].join(', ')
}

test('partitions are reassigned, listed and left where they were, by the controller', async () => {
  const world = await ClusterWorld.withZooKeeper('reassignments')
  await world.startBroker(1)
  await world.startBroker(2)
  const assignments = [0, 1].map((partitionIndex) => ({ partitionIndex, brokerIds: [1] }))
  await world.ask(createTopicsRequest, createTopicsResponse, {
    topics: [{ name: 't', numPartitions: -1, replicationFactor: -1, assignments }],
    timeoutMs: 5000,
  })
  assert.equal(await reassign(world, { 0: [1] }), 'NONE, t-0 NONE')
  assert.equal(await listed(world, null), 'NONE')
  assert.equal(
    await reassign(world, { 0: [9], 1: [], 2: [1], 3: null }),
    'NONE, t-0 INVALID_REPLICA_ASSIGNMENT, t-1 INVALID_REPLICA_ASSIGNMENT, t-2 UNKNOWN_TOPIC_OR_PARTITION, t-3 NO_REASSIGNMENT_IN_PROGRESS',
  )
  const keepsFactor = { allowReplicationFactorChange: false }
  assert.equal(await reassign(world, { 1: [1, 2] }, keepsFactor), 'NONE, t-1 INVALID_REPLICATION_FACTOR')

  assert.equal(await reassign(world, { 1: [2] }, keepsFactor), 'NONE, t-1 NONE')
  assert.equal(await listed(world, null), 'NONE, t-1 2,1 adding 2 removing 1')
  assert.equal(await listed(world, [0, 1]), 'NONE, t-1 2,1 adding 2 removing 1')
  assert.equal(await listed(world, [0]), 'NONE')
  const { results } = await world.ask(createPartitionsRequest, createPartitionsResponse, {
    topics: [{ name: 't', count: 3 }],
    timeoutMs: 5000,
  })
  assert.equal(errorOf(results[0]?.errorCode ?? 0).name, 'REASSIGNMENT_IN_PROGRESS')
  assert.equal(await reassign(world, { 1: null }), 'NONE, t-1 NONE')
  assert.equal(await listed(world, null), 'NONE')

  assert.equal(await reassign(world, { 0: [1] }, { brokerId: 2 }), 'NOT_CONTROLLER')
  assert.equal(await listed(world, null, 2), 'NOT_CONTROLLER')
})
