import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorOf } from '@odradek/kafka-protocol'
import { createTopicsRequest, createTopicsResponse } from '@odradek/kafka-protocol/messages/19-create-topics'
import { electLeadersRequest, electLeadersResponse } from '@odradek/kafka-protocol/messages/43-elect-leaders'
import { ClusterWorld } from './cluster-world.ts'

const PREFERRED = 0
const UNCLEAN = 1

async function elect(
  world: ClusterWorld,
  electionType: number,
  partitions: number[] | null,
  { brokerId = 1, version = 2 } = {},
): Promise<string> {
  const { errorCode, replicaElectionResults } = await world.ask(
    electLeadersRequest,
    electLeadersResponse,
    {
      electionType,
      topicPartitions: partitions === null ? null : [{ topic: 't', partitions }],
      timeoutMs: 5000,
    },
    { brokerId, version },
  )
  const results = replicaElectionResults.flatMap(({ topic, partitionResult }) =>
    partitionResult.map((result) => `${topic}-${result.partitionId} ${errorOf(result.errorCode).name}`),
  )
  return [errorOf(errorCode).name, ...results].join(', ')
}

test('ElectLeaders elects what can be elected, by the controller', async () => {
  const world = await ClusterWorld.withZooKeeper('elect leaders')
  await world.startBroker(1)
  await world.startBroker(2)
  const assignments = [
    { partitionIndex: 0, brokerIds: [1, 2] },
    { partitionIndex: 1, brokerIds: [2, 1] },
  ]
  await world.ask(createTopicsRequest, createTopicsResponse, {
    topics: [{ name: 't', numPartitions: -1, replicationFactor: -1, assignments }],
    timeoutMs: 5000,
  })
  assert.equal(await elect(world, PREFERRED, [0, 7]), 'NONE, t-0 ELECTION_NOT_NEEDED, t-7 UNKNOWN_TOPIC_OR_PARTITION')
  assert.equal(await elect(world, PREFERRED, [0], { version: 0 }), 'NONE, t-0 ELECTION_NOT_NEEDED')
  assert.equal(await elect(world, PREFERRED, null), 'NONE')
  assert.equal(await elect(world, UNCLEAN, [0]), 'NONE, t-0 ELECTION_NOT_NEEDED')
  assert.equal(await elect(world, PREFERRED, [0], { brokerId: 2 }), 'NOT_CONTROLLER, t-0 NOT_CONTROLLER')
  assert.equal(await elect(world, 2, [0]), 'INVALID_REQUEST, t-0 INVALID_REQUEST')

  world.machine(2).crashProcess()
  await world.pass(20_000)
  assert.equal(await elect(world, PREFERRED, null), 'NONE, t-1 PREFERRED_LEADER_NOT_AVAILABLE')
})
