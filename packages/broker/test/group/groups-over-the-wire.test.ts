import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ErrorCode, errorOf } from '@odradek/kafka-protocol'
import type { Input, Message } from '@odradek/kafka-protocol'
import { metadataRequest, metadataResponse } from '@odradek/kafka-protocol/messages/03-metadata'
import { offsetCommitRequest, offsetCommitResponse } from '@odradek/kafka-protocol/messages/08-offset-commit'
import type { OffsetCommitResponse } from '@odradek/kafka-protocol/messages/08-offset-commit'
import { offsetFetchRequest, offsetFetchResponse } from '@odradek/kafka-protocol/messages/09-offset-fetch'
import { findCoordinatorRequest, findCoordinatorResponse } from '@odradek/kafka-protocol/messages/10-find-coordinator'
import { joinGroupRequest, joinGroupResponse } from '@odradek/kafka-protocol/messages/11-join-group'
import { heartbeatRequest, heartbeatResponse } from '@odradek/kafka-protocol/messages/12-heartbeat'
import { leaveGroupRequest, leaveGroupResponse } from '@odradek/kafka-protocol/messages/13-leave-group'
import { syncGroupRequest, syncGroupResponse } from '@odradek/kafka-protocol/messages/14-sync-group'
import { describeGroupsRequest, describeGroupsResponse } from '@odradek/kafka-protocol/messages/15-describe-groups'
import { listGroupsRequest, listGroupsResponse } from '@odradek/kafka-protocol/messages/16-list-groups'
import { createTopicsRequest, createTopicsResponse } from '@odradek/kafka-protocol/messages/19-create-topics'
import { deleteTopicsRequest, deleteTopicsResponse } from '@odradek/kafka-protocol/messages/20-delete-topics'
import { deleteGroupsRequest, deleteGroupsResponse } from '@odradek/kafka-protocol/messages/42-delete-groups'
import { offsetDeleteRequest, offsetDeleteResponse } from '@odradek/kafka-protocol/messages/47-offset-delete'
import { ClusterWorld } from '../whole-broker/cluster-world.ts'

const properties = {
  'offsets.topic.num.partitions': '3',
  'offsets.topic.replication.factor': '1',
  'group.initial.rebalance.delay.ms': '0',
}

/** A broker with the topics t and u, whose `__consumer_offsets` is there. */
async function worldWithCoordinator(seed: string): Promise<ClusterWorld> {
  const world = await ClusterWorld.withZooKeeper(seed)
  await world.startBroker(1, properties)
  const topics = ['t', 'u'].map((name) => ({ name, numPartitions: 2, replicationFactor: 1 }))
  await world.ask(createTopicsRequest, createTopicsResponse, { topics, timeoutMs: 5000 })
  await find(world, 'any')
  await world.pass(2000)
  return world
}

const codeName = (code: number): string => errorOf(code).name

async function find(
  world: ClusterWorld,
  key: string,
  keyType = 0,
  version = 6,
): Promise<{ errorCode: number; port: number }> {
  const request = version >= 4 ? { keyType, coordinatorKeys: [key] } : { key, ...(version > 0 ? { keyType } : {}) }
  const answer = await world.ask(findCoordinatorRequest, findCoordinatorResponse, request, { version })
  return version >= 4 ? (answer.coordinators[0] ?? assert.fail('no answer for the key')) : answer
}

function commitCodes({ topics }: OffsetCommitResponse): string[] {
  return topics.flatMap(({ name, partitions }) =>
    partitions.map(({ partitionIndex, errorCode }) => `${name}-${partitionIndex} ${codeName(errorCode)}`),
  )
}

/** Commits without being a member. */
async function commit(world: ClusterWorld, groupId: string, topic: string, offset: bigint): Promise<string[]> {
  const partitions = [{ partitionIndex: 0, committedOffset: offset }]
  const value = { groupId, topics: [{ name: topic, partitions }] }
  return commitCodes(await world.ask(offsetCommitRequest, offsetCommitResponse, value, { version: 9 }))
}

/** All offsets of a group, as `topic-partition offset`. */
async function fetchAll(world: ClusterWorld, groupId: string): Promise<string[]> {
  const value = { groups: [{ groupId, topics: null }] }
  const { groups } = await world.ask(offsetFetchRequest, offsetFetchResponse, value, { version: 9 })
  return (groups[0]?.topics ?? []).flatMap(({ name, partitions }) =>
    partitions.map(({ partitionIndex, committedOffset }) => `${name}-${partitionIndex} ${committedOffset}`),
  )
}

test('the topic of the offsets comes into being when the first group is looked for', async () => {
  const world = await ClusterWorld.withZooKeeper('first group')
  await world.startBroker(1, properties)
  assert.equal(codeName((await find(world, 'g')).errorCode), 'COORDINATOR_NOT_AVAILABLE')
  await world.pass(2000)
  const found = await find(world, 'g')
  assert.equal(codeName(found.errorCode), 'NONE')
  assert.equal(found.port, 9092)
  await world.stopBroker(1)
})

test('there is no coordinator for transactions and share groups, which is said at once', async () => {
  const world = await worldWithCoordinator('key types')
  for (const keyType of [1, 2, 9])
    assert.equal(codeName((await find(world, 'x', keyType)).errorCode), 'INVALID_REQUEST')
  assert.equal(codeName((await find(world, 'x', 1, 3)).errorCode), 'INVALID_REQUEST')
  await world.stopBroker(1)
})

/** The version of a message to try in the nth round, from its lowest to its highest that the broker answers. */
function versionOf(message: Message<unknown>, round: number, highest: number): number {
  return Math.min(message.minVersion + round, highest)
}

for (let round = 0; round < 10; round++) {
  test(`a member's life, over the wire, with versions number ${round} of all requests`, async () => {
    const world = await worldWithCoordinator(`life ${round}`)
    const groupId = 'g'
    const ask = <Request, Response>(
      request: Message<Request>,
      response: Message<Response>,
      highest: number,
      valueOf: (version: number) => Input<Request>,
    ): Promise<Response> => {
      const version = versionOf(request, round, highest)
      return world.ask(request, response, valueOf(version), { version })
    }
    assert.equal((await find(world, groupId, 0, versionOf(findCoordinatorRequest, round, 6))).errorCode, ErrorCode.NONE)

    const join = (memberId: string): Promise<ReturnType<typeof joinGroupResponse.decode>> =>
      ask(joinGroupRequest, joinGroupResponse, 9, (version) => ({
        groupId,
        memberId,
        sessionTimeoutMs: 10_000,
        ...(version >= 1 ? { rebalanceTimeoutMs: 10_000 } : {}),
        protocolType: 'consumer',
        protocols: [{ name: 'range', metadata: Buffer.from('00000000000100017400000000', 'hex') }],
      }))
    let joined = await join('')
    if (versionOf(joinGroupRequest, round, 9) >= 4) {
      assert.equal(codeName(joined.errorCode), 'MEMBER_ID_REQUIRED')
      joined = await join(joined.memberId)
    }
    assert.equal(codeName(joined.errorCode), 'NONE')
    assert.equal(joined.protocolName, 'range')
    assert.equal(joined.leader, joined.memberId)
    assert.match(joined.memberId, /^test-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    const { memberId, generationId } = joined

    const synced = await ask(syncGroupRequest, syncGroupResponse, 5, (version) => ({
      groupId,
      memberId,
      generationId,
      assignments: [{ memberId, assignment: Buffer.from('work') }],
      ...(version >= 5 ? { protocolType: 'consumer', protocolName: 'range' } : {}),
    }))
    assert.equal(codeName(synced.errorCode), 'NONE')
    assert.equal(synced.assignment.toString(), 'work')

    const beaten = await ask(heartbeatRequest, heartbeatResponse, 4, () => ({ groupId, memberId, generationId }))
    assert.equal(codeName(beaten.errorCode), 'NONE')

    const committed = await ask(offsetCommitRequest, offsetCommitResponse, 9, () => ({
      groupId,
      memberId,
      generationIdOrMemberEpoch: generationId,
      topics: [
        {
          name: 't',
          partitions: [0, 5].map((partitionIndex) => ({ partitionIndex, committedOffset: 7n, committedMetadata: 'm' })),
        },
        { name: 'u', partitions: [{ partitionIndex: 1, committedOffset: 9n }] },
        { name: 'missing', partitions: [{ partitionIndex: 0, committedOffset: 1n }] },
      ],
    }))
    assert.deepEqual(commitCodes(committed), [
      't-0 NONE',
      't-5 UNKNOWN_TOPIC_OR_PARTITION',
      'u-1 NONE',
      'missing-0 UNKNOWN_TOPIC_OR_PARTITION',
    ])

    const topics = [{ name: 't', partitionIndexes: [0, 1] }]
    const fetched = await ask(offsetFetchRequest, offsetFetchResponse, 9, (version) =>
      version >= 8 ? { groups: [{ groupId, topics }] } : { groupId, topics },
    )
    const partitions = (fetched.groups[0]?.topics ?? fetched.topics)[0]?.partitions
    assert.deepEqual(
      partitions?.map(({ committedOffset, metadata }) => [committedOffset, metadata]),
      [
        [7n, 'm'],
        [-1n, ''],
      ],
    )

    const described = await ask(describeGroupsRequest, describeGroupsResponse, 6, () => ({
      groups: [groupId, 'other'],
    }))
    assert.deepEqual(
      described.groups.map(({ groupState, protocolData, members }) => [groupState, protocolData, members.length]),
      [
        ['Stable', 'range', 1],
        ['Dead', '', 0],
      ],
    )
    const isNotFoundAnError = versionOf(describeGroupsRequest, round, 6) >= 6
    assert.equal(codeName(described.groups[1]?.errorCode ?? 0), isNotFoundAnError ? 'GROUP_ID_NOT_FOUND' : 'NONE')

    const listed = await ask(listGroupsRequest, listGroupsResponse, 5, () => ({}))
    assert.deepEqual(
      listed.groups.map((group) => group.groupId),
      [groupId],
    )

    const deletedEarly = await ask(deleteGroupsRequest, deleteGroupsResponse, 2, () => ({ groupsNames: [groupId] }))
    assert.equal(codeName(deletedEarly.results[0]?.errorCode ?? 0), 'NON_EMPTY_GROUP')

    const left = await ask(leaveGroupRequest, leaveGroupResponse, 5, (version) =>
      version >= 3 ? { groupId, members: [{ memberId }] } : { groupId, memberId },
    )
    assert.equal(codeName(left.errorCode), 'NONE')
    const leftAgain = await ask(leaveGroupRequest, leaveGroupResponse, 5, (version) =>
      version >= 3 ? { groupId, members: [{ memberId }] } : { groupId, memberId },
    )
    assert.equal(codeName(leftAgain.members[0]?.errorCode ?? leftAgain.errorCode), 'UNKNOWN_MEMBER_ID')

    const removed = await ask(offsetDeleteRequest, offsetDeleteResponse, 0, () => ({
      groupId,
      topics: [{ name: 'u', partitions: [{ partitionIndex: 1 }, { partitionIndex: 7 }] }],
    }))
    assert.deepEqual(
      removed.topics.flatMap((topic) => topic.partitions.map(({ errorCode }) => codeName(errorCode))),
      ['NONE', 'UNKNOWN_TOPIC_OR_PARTITION'],
    )
    assert.deepEqual(await fetchAll(world, groupId), ['t-0 7'])

    const deleted = await ask(deleteGroupsRequest, deleteGroupsResponse, 2, () => ({
      groupsNames: [groupId, groupId, 'x'],
    }))
    assert.deepEqual(
      deleted.results.map(({ errorCode }) => codeName(errorCode)),
      ['NONE', 'GROUP_ID_NOT_FOUND'],
    )
    assert.deepEqual(await fetchAll(world, groupId), [])
    await world.stopBroker(1)
  })
}

test('groups are listed by state and type', async () => {
  const world = await worldWithCoordinator('list')
  await commit(world, 'simple', 't', 1n)
  const listed = async (statesFilter: string[], typesFilter: string[]): Promise<string[]> => {
    const { groups } = await world.ask(listGroupsRequest, listGroupsResponse, { statesFilter, typesFilter })
    return groups.map(({ groupId, groupState, groupType }) => `${groupId} ${groupState} ${groupType}`)
  }
  assert.deepEqual(await listed([], []), ['simple Empty classic'])
  assert.deepEqual(await listed(['EMPTY', 'Stable'], ['Classic']), ['simple Empty classic'])
  assert.deepEqual(await listed(['Stable'], []), [])
  assert.deepEqual(await listed([], ['consumer']), [])
  await world.stopBroker(1)
})

test('offsets are there again after the broker was killed', async () => {
  const world = await worldWithCoordinator('kill')
  for (let group = 0; group < 5; group++) await commit(world, `g${group}`, 't', BigInt(group))
  world.machine(1).crashProcess()
  await world.startBroker(1, properties)
  await world.pass(10_000)
  for (let group = 0; group < 5; group++) assert.deepEqual(await fetchAll(world, `g${group}`), [`t-0 ${group}`])
  await world.stopBroker(1)
})

test('the offsets of a deleted topic go with it', async () => {
  const world = await worldWithCoordinator('deleted topic')
  await commit(world, 'g', 't', 5n)
  await commit(world, 'g', 'u', 6n)
  await world.ask(deleteTopicsRequest, deleteTopicsResponse, { topics: [{ name: 't' }], timeoutMs: 5000 })
  await world.pass(5000)
  assert.deepEqual(await fetchAll(world, 'g'), ['u-0 6'])
  await world.stopBroker(1)
})

test('group ids are checked: members need one, commits do not', async () => {
  const world = await worldWithCoordinator('group ids')
  const heartbeat = await world.ask(heartbeatRequest, heartbeatResponse, { groupId: '', memberId: 'm' })
  assert.equal(codeName(heartbeat.errorCode), 'INVALID_GROUP_ID')
  assert.deepEqual(await commit(world, '', 't', 3n), ['t-0 NONE'])
  assert.deepEqual(await fetchAll(world, ''), ['t-0 3'])
  const topics = [{ name: 't', partitions: [{ partitionIndex: 0 }] }]
  const removed = await world.ask(offsetDeleteRequest, offsetDeleteResponse, { groupId: '', topics })
  assert.equal(codeName(removed.errorCode), 'INVALID_GROUP_ID')
  await world.stopBroker(1)
})

test('many groups in one request, each with its own answer', async () => {
  const world = await worldWithCoordinator('many groups')
  await commit(world, 'a', 't', 1n)
  await commit(world, 'b', 't', 2n)
  const topics = [{ name: 't', partitionIndexes: [0] }]
  const value = { groups: ['a', 'b', 'c'].map((groupId) => ({ groupId, topics })), requireStable: true }
  const { groups } = await world.ask(offsetFetchRequest, offsetFetchResponse, value, { version: 8 })
  assert.deepEqual(
    groups.map((group) => [group.groupId, group.topics[0]?.partitions[0]?.committedOffset]),
    [
      ['a', 1n],
      ['b', 2n],
      ['c', -1n],
    ],
  )
  await world.stopBroker(1)
})

test('by topic ids, nothing is committed for a topic that is gone, though one of its name may be there', async () => {
  const world = await worldWithCoordinator('topic ids')
  const idOf = async (name: string): Promise<string> => {
    const { topics } = await world.ask(metadataRequest, metadataResponse, { topics: [{ name }] }, { version: 12 })
    return topics[0]?.topicId ?? assert.fail('no such topic')
  }
  const commitById = async (topicId: string, committedOffset: bigint): Promise<string[]> => {
    const topics = [{ topicId, partitions: [{ partitionIndex: 0, committedOffset }] }]
    const answer = await world.ask(offsetCommitRequest, offsetCommitResponse, { groupId: 'g', topics }, { version: 10 })
    assert.equal(answer.topics[0]?.topicId, topicId)
    return answer.topics.flatMap(({ partitions }) => partitions.map(({ errorCode }) => codeName(errorCode)))
  }
  const fetchById = async (topicIds: string[] | null): Promise<string[]> => {
    const topics = topicIds?.map((topicId) => ({ topicId, partitionIndexes: [0] })) ?? null
    const value = { groups: [{ groupId: 'g', topics }] }
    const { groups } = await world.ask(offsetFetchRequest, offsetFetchResponse, value, { version: 10 })
    return (groups[0]?.topics ?? []).flatMap(({ topicId, partitions }) =>
      partitions.map(({ committedOffset, errorCode }) => `${topicId} ${committedOffset} ${codeName(errorCode)}`),
    )
  }
  const oldId = await idOf('t')
  assert.deepEqual(await commitById(oldId, 5n), ['NONE'])
  assert.deepEqual(await fetchById([oldId]), [`${oldId} 5 NONE`])
  assert.deepEqual(await fetchById(null), [`${oldId} 5 NONE`])

  await world.ask(deleteTopicsRequest, deleteTopicsResponse, { topics: [{ name: 't' }], timeoutMs: 5000 })
  await world.pass(5000)
  const topics = [{ name: 't', numPartitions: 1, replicationFactor: 1 }]
  await world.ask(createTopicsRequest, createTopicsResponse, { topics, timeoutMs: 5000 })
  const newId = await idOf('t')
  assert.notEqual(newId, oldId)
  assert.deepEqual(await commitById(oldId, 6n), ['UNKNOWN_TOPIC_ID'])
  assert.deepEqual(await fetchById([oldId, newId]), [`${newId} -1 NONE`, `${oldId} -1 UNKNOWN_TOPIC_ID`])
  assert.deepEqual(await commitById(newId, 1n), ['NONE'])
  assert.deepEqual(await fetchAll(world, 'g'), ['t-0 1'])
  await world.stopBroker(1)
})
