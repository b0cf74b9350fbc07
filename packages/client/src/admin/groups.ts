import { leaveGroupRequest, leaveGroupResponse } from '@odradek/kafka-protocol/messages/13-leave-group'
import { listGroupsRequest, listGroupsResponse } from '@odradek/kafka-protocol/messages/16-list-groups'
import { deleteGroupsRequest, deleteGroupsResponse } from '@odradek/kafka-protocol/messages/42-delete-groups'
import type { AdminRequests } from './admin-requests.ts'
import { groupCoordinator } from './admin-requests.ts'
import { askCoordinators } from './ask-coordinators.ts'
import { failureOf, settleBatch } from './settle-batch.ts'

export type GroupType = 'Classic' | 'Consumer' | 'Share' | 'Streams' | 'Unknown'

export interface ListedGroup {
  readonly groupId: string
  /** Unknown from brokers before Kafka 3.8. */
  readonly type: GroupType
  /** `consumer` for consumers, empty for groups that only hold offsets. */
  readonly protocol: string
  /** Empty from brokers before Kafka 2.6. */
  readonly state: string
}

export interface ListGroupsOptions {
  readonly types?: readonly GroupType[]
  readonly states?: readonly string[]
  /** Only groups of these protocols; the empty one is that of groups that only hold offsets. */
  readonly protocols?: readonly string[]
}

/** All groups of all brokers, by id. */
export async function listGroups(
  requests: AdminRequests,
  { types = [], states = [], protocols }: ListGroupsOptions = {},
): Promise<ListedGroup[]> {
  const ids = await requests.brokerIds()
  const answers = await Promise.all(
    ids.map((id) =>
      requests.call({ kind: 'broker', id }, listGroupsRequest, listGroupsResponse, (version) => ({
        ...(version >= 4 ? { statesFilter: states } : {}),
        ...(version >= 5 ? { typesFilter: types } : {}),
      })),
    ),
  )
  const groups = answers.flatMap((answer) =>
    answer.groups.map(({ groupId, protocolType, groupState, groupType }) => ({
      groupId,
      type: groupTypeOf(groupType),
      protocol: protocolType,
      state: groupState,
    })),
  )
  return groups
    .filter(({ protocol }) => protocols === undefined || protocols.includes(protocol))
    .filter(({ type }) => types.length === 0 || types.includes(type))
    .sort((a, b) => (a.groupId < b.groupId ? -1 : 1))
}

function groupTypeOf(text: string): GroupType {
  const types: readonly GroupType[] = ['Classic', 'Consumer', 'Share', 'Streams']
  return types.find((type) => type.toLowerCase() === text.toLowerCase()) ?? 'Unknown'
}

/** Deletes groups that have no members, of any type, with their offsets. */
export async function deleteGroups(requests: AdminRequests, groupIds: readonly string[]): Promise<void> {
  await askCoordinators(requests, groupIds, async (pending, id) => {
    const answer = await requests.send({ kind: 'broker', id }, deleteGroupsRequest, deleteGroupsResponse, {
      groupsNames: pending,
    })
    return new Map(answer.results.map(({ groupId, errorCode }) => [groupId, failureOf(errorCode)]))
  })
}

/** A member to remove: a static one by its instance id, any by its member id. */
export type MemberToRemove = { readonly groupInstanceId: string } | { readonly memberId: string }

/** Has members leave a group of the classic protocol, or static ones of the consumer protocol. */
export async function removeMembersFromConsumerGroup(
  requests: AdminRequests,
  groupId: string,
  members: readonly MemberToRemove[],
  { reason }: { readonly reason?: string } = {},
): Promise<void> {
  const byKey = new Map(
    members.map((member) => ['groupInstanceId' in member ? member.groupInstanceId : member.memberId, member]),
  )
  await settleBatch(requests.cluster, [...byKey.keys()], requests.timeoutMs, async (pending) => {
    const answer = await requests.call(groupCoordinator(groupId), leaveGroupRequest, leaveGroupResponse, {
      groupId,
      members: pending.map((key) => {
        const member = byKey.get(key) as MemberToRemove
        return {
          memberId: 'memberId' in member ? member.memberId : '',
          groupInstanceId: 'groupInstanceId' in member ? member.groupInstanceId : null,
          reason: reason ?? 'removed by an administrator',
        }
      }),
    })
    return new Map(
      answer.members.map(({ memberId, groupInstanceId, errorCode }) => [
        groupInstanceId ?? memberId,
        failureOf(errorCode),
      ]),
    )
  })
}
