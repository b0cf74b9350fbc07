import { ByteReader } from '@odradek/base'
import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import { describeGroupsRequest, describeGroupsResponse } from '@odradek/kafka-protocol/messages/15-describe-groups'
import type { DescribeGroupsResponse } from '@odradek/kafka-protocol/messages/15-describe-groups'
import {
  consumerGroupDescribeRequest,
  consumerGroupDescribeResponse,
} from '@odradek/kafka-protocol/messages/69-consumer-group-describe'
import type { ConsumerGroupDescribeResponse } from '@odradek/kafka-protocol/messages/69-consumer-group-describe'
import {
  shareGroupDescribeRequest,
  shareGroupDescribeResponse,
} from '@odradek/kafka-protocol/messages/77-share-group-describe'
import { consumerProtocolAssignment } from '@odradek/kafka-protocol/messages/consumer-protocol-assignment'
import type { AdminRequests } from './admin-requests.ts'
import { askCoordinators } from './ask-coordinators.ts'
import type { GroupType } from './groups.ts'
import { authorizedOperations } from './operations.ts'
import type { AclOperation } from './operations.ts'
import type { PartitionRef } from './partition-batch.ts'
import { failureOf } from './settle-batch.ts'
import type { Failure, Outcomes } from './settle-batch.ts'
import { ClientError } from '../client-error.ts'

export interface DescribedMember {
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly clientId: string
  readonly host: string
  readonly assignment: readonly PartitionRef[]
  /** Of the consumer protocol: what it is to have in the end, and how far it is; undefined in classic groups. */
  readonly targetAssignment: readonly PartitionRef[] | undefined
  readonly memberEpoch: number | undefined
}

export interface DescribedGroup {
  readonly groupId: string
  readonly type: GroupType
  readonly state: string
  /** The assignor, of the consumer protocol or that the members have chosen. */
  readonly assignor: string
  readonly members: readonly DescribedMember[]
  readonly groupEpoch: number | undefined
  /** The epoch that the members are on their way to; undefined in classic groups. */
  readonly assignmentEpoch: number | undefined
  /** The broker that coordinates it. */
  readonly coordinatorId: number
  readonly authorizedOperations: readonly AclOperation[] | undefined
}

export interface DescribeGroupsOptions {
  readonly includeAuthorizedOperations?: boolean
}

/** Groups of consumers, of either protocol. A group that does not exist is an error (GROUP_ID_NOT_FOUND) or, from brokers before Kafka 4, in state Dead. */
export function describeConsumerGroups(
  requests: AdminRequests,
  groupIds: readonly string[],
  options: DescribeGroupsOptions = {},
): Promise<Map<string, DescribedGroup>> {
  return askCoordinators(requests, groupIds, async (pending, id) => {
    const outcomes: Outcomes<DescribedGroup> = await describeByConsumerProtocol(requests, pending, id, options)
    const classic = pending.filter((groupId) => isNotOfThisProtocol(outcomes.get(groupId)))
    if (classic.length === 0) return outcomes
    for (const [groupId, outcome] of await describeClassic(requests, classic, id, options))
      outcomes.set(groupId, outcome)
    return outcomes
  })
}

/** Groups of the classic protocol, whatever their members do in them. */
export function describeClassicGroups(
  requests: AdminRequests,
  groupIds: readonly string[],
  options: DescribeGroupsOptions = {},
): Promise<Map<string, DescribedGroup>> {
  return askCoordinators(requests, groupIds, (pending, id) => describeClassic(requests, pending, id, options))
}

function isNotOfThisProtocol(outcome: DescribedGroup | Failure | undefined): boolean {
  return outcome instanceof Error && (outcome.code === 'GROUP_ID_NOT_FOUND' || outcome.code === 'UNSUPPORTED_VERSION')
}

async function describeByConsumerProtocol(
  requests: AdminRequests,
  groupIds: readonly string[],
  id: number,
  { includeAuthorizedOperations = false }: DescribeGroupsOptions,
): Promise<Outcomes<DescribedGroup>> {
  const request = { groupIds, includeAuthorizedOperations }
  try {
    const answer = await requests.send(
      { kind: 'broker', id },
      consumerGroupDescribeRequest,
      consumerGroupDescribeResponse,
      request,
    )
    return new Map(answer.groups.map((group) => [group.groupId, consumerGroup(group, id)]))
  } catch (error) {
    if (!(error instanceof ClientError) || error.code !== 'UNSUPPORTED_VERSION') throw error
    return new Map(groupIds.map((groupId) => [groupId, error]))
  }
}

function consumerGroup(
  group: ConsumerGroupDescribeResponse['groups'][number],
  id: number,
): DescribedGroup | KafkaError {
  return (
    failureOf(group.errorCode, group.errorMessage) ?? {
      groupId: group.groupId,
      type: 'Consumer',
      state: group.groupState,
      assignor: group.assignorName,
      groupEpoch: group.groupEpoch,
      assignmentEpoch: group.assignmentEpoch,
      coordinatorId: id,
      authorizedOperations: authorizedOperations(group.authorizedOperations),
      members: group.members.map((member) => ({
        memberId: member.memberId,
        groupInstanceId: member.instanceId,
        clientId: member.clientId,
        host: member.clientHost,
        assignment: partitionsOf(member.assignment),
        targetAssignment: partitionsOf(member.targetAssignment),
        memberEpoch: member.memberEpoch,
      })),
    }
  )
}

interface AssignedTopics {
  readonly topicPartitions: readonly { readonly topicName: string; readonly partitions: readonly number[] }[]
}

function partitionsOf({ topicPartitions }: AssignedTopics): PartitionRef[] {
  return topicPartitions.flatMap(({ topicName, partitions }) =>
    partitions.map((partition) => ({ topic: topicName, partition })),
  )
}

async function describeClassic(
  requests: AdminRequests,
  groupIds: readonly string[],
  id: number,
  { includeAuthorizedOperations = false }: DescribeGroupsOptions,
): Promise<Outcomes<DescribedGroup>> {
  const answer = await requests.send(
    { kind: 'broker', id },
    describeGroupsRequest,
    describeGroupsResponse,
    (version) => ({
      groups: groupIds,
      ...(version >= 3 ? { includeAuthorizedOperations } : {}),
    }),
  )
  return new Map(answer.groups.map((group) => [group.groupId, classicGroup(group, id)]))
}

function classicGroup(group: DescribeGroupsResponse['groups'][number], id: number): DescribedGroup | KafkaError {
  if (group.errorCode !== ErrorCode.NONE) return KafkaError.of(group.errorCode, group.errorMessage)
  const isOfConsumers = group.protocolType === 'consumer' || group.protocolType === ''
  return {
    groupId: group.groupId,
    type: 'Classic',
    state: group.groupState,
    assignor: group.protocolData,
    groupEpoch: undefined,
    assignmentEpoch: undefined,
    coordinatorId: id,
    authorizedOperations: authorizedOperations(group.authorizedOperations),
    members: group.members.map((member) => ({
      memberId: member.memberId,
      groupInstanceId: member.groupInstanceId,
      clientId: member.clientId,
      host: member.clientHost,
      assignment: isOfConsumers ? decodeAssignment(member.memberAssignment) : [],
      targetAssignment: undefined,
      memberEpoch: undefined,
    })),
  }
}

/** What a member was told; nothing when it is empty, as before the first assignment, or not of the consumers' protocol. */
function decodeAssignment(bytes: Buffer): PartitionRef[] {
  if (bytes.length < 2) return []
  try {
    const reader = new ByteReader(bytes)
    const version = Math.min(reader.int16(), consumerProtocolAssignment.maxVersion)
    return consumerProtocolAssignment
      .decode(reader, version)
      .assignedPartitions.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })))
  } catch {
    return []
  }
}

/** Share groups (KIP-932). */
export function describeShareGroups(
  requests: AdminRequests,
  groupIds: readonly string[],
  { includeAuthorizedOperations = false }: DescribeGroupsOptions = {},
): Promise<Map<string, DescribedGroup>> {
  return askCoordinators(requests, groupIds, async (pending, id) => {
    const answer = await requests.send({ kind: 'broker', id }, shareGroupDescribeRequest, shareGroupDescribeResponse, {
      groupIds: pending,
      includeAuthorizedOperations,
    })
    return new Map(
      answer.groups.map((group) => [
        group.groupId,
        failureOf(group.errorCode, group.errorMessage) ?? {
          groupId: group.groupId,
          type: 'Share' as const,
          state: group.groupState,
          assignor: group.assignorName,
          groupEpoch: group.groupEpoch,
          assignmentEpoch: group.assignmentEpoch,
          coordinatorId: id,
          authorizedOperations: authorizedOperations(group.authorizedOperations),
          members: group.members.map((member) => ({
            memberId: member.memberId,
            groupInstanceId: null,
            clientId: member.clientId,
            host: member.clientHost,
            assignment: partitionsOf(member.assignment),
            targetAssignment: undefined,
            memberEpoch: member.memberEpoch,
          })),
        },
      ]),
    )
  })
}
