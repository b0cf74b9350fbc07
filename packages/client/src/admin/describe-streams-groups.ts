import {
  streamsGroupDescribeRequest,
  streamsGroupDescribeResponse,
} from '@odradek/kafka-protocol/messages/89-streams-group-describe'
import type { StreamsGroupDescribeResponse } from '@odradek/kafka-protocol/messages/89-streams-group-describe'
import { numberOf } from '../int64.ts'
import type { AdminRequests } from './admin-requests.ts'
import { askCoordinators } from './ask-coordinators.ts'
import type { DescribeGroupsOptions } from './describe-groups.ts'
import { authorizedOperations } from './operations.ts'
import type { AclOperation } from './operations.ts'
import { failureOf } from './settle-batch.ts'

type WireGroup = StreamsGroupDescribeResponse['groups'][number]
type WireMember = WireGroup['members'][number]

/** Tasks of one part of a topology, by partition. */
export interface StreamsTasks {
  readonly subtopologyId: string
  readonly partitions: readonly number[]
}

export interface StreamsAssignment {
  readonly activeTasks: readonly StreamsTasks[]
  readonly standbyTasks: readonly StreamsTasks[]
  readonly warmupTasks: readonly StreamsTasks[]
}

export interface StreamsTaskOffset {
  readonly subtopologyId: string
  readonly partition: number
  readonly offset: number
}

export interface DescribedStreamsMember {
  readonly memberId: string
  readonly memberEpoch: number
  readonly groupInstanceId: string | null
  readonly rackId: string | null
  readonly clientId: string
  readonly host: string
  readonly topologyEpoch: number
  /** Of the process that it runs in. */
  readonly processId: string
  readonly userEndpoint: { readonly host: string; readonly port: number } | undefined
  readonly clientTags: Readonly<Record<string, string>>
  readonly taskOffsets: readonly StreamsTaskOffset[]
  readonly taskEndOffsets: readonly StreamsTaskOffset[]
  readonly assignment: StreamsAssignment
  readonly targetAssignment: StreamsAssignment
  readonly isClassic: boolean
}

/** One part of a topology, with its topics. */
export interface StreamsSubtopology {
  readonly subtopologyId: string
  readonly sourceTopics: readonly string[]
  readonly repartitionSinkTopics: readonly string[]
  readonly repartitionSourceTopics: readonly string[]
  readonly stateChangelogTopics: readonly string[]
}

export interface DescribedStreamsGroup {
  readonly groupId: string
  readonly state: string
  readonly groupEpoch: number
  readonly targetAssignmentEpoch: number
  readonly topologyEpoch: number | undefined
  readonly subtopologies: readonly StreamsSubtopology[]
  readonly members: readonly DescribedStreamsMember[]
  /** The broker that coordinates it. */
  readonly coordinatorId: number
  readonly authorizedOperations: readonly AclOperation[] | undefined
}

/** Streams groups (KIP-1071; Kafka 4.1 and later), by group id. */
export function describeStreamsGroups(
  requests: AdminRequests,
  groupIds: readonly string[],
  { includeAuthorizedOperations = false }: DescribeGroupsOptions = {},
): Promise<Map<string, DescribedStreamsGroup>> {
  return askCoordinators(requests, groupIds, async (pending, id) => {
    const answer = await requests.send(
      { kind: 'broker', id },
      streamsGroupDescribeRequest,
      streamsGroupDescribeResponse,
      { groupIds: pending, includeAuthorizedOperations },
    )
    return new Map(
      answer.groups.map((group) => [
        group.groupId,
        failureOf(group.errorCode, group.errorMessage) ?? streamsGroup(group, id),
      ]),
    )
  })
}

function streamsGroup(group: WireGroup, coordinatorId: number): DescribedStreamsGroup {
  return {
    groupId: group.groupId,
    state: group.groupState,
    groupEpoch: group.groupEpoch,
    targetAssignmentEpoch: group.assignmentEpoch,
    topologyEpoch: group.topology?.epoch,
    subtopologies: (group.topology?.subtopologies ?? []).map((part) => ({
      subtopologyId: part.subtopologyId,
      sourceTopics: part.sourceTopics,
      repartitionSinkTopics: part.repartitionSinkTopics,
      repartitionSourceTopics: part.repartitionSourceTopics.map(({ name }) => name),
      stateChangelogTopics: part.stateChangelogTopics.map(({ name }) => name),
    })),
    members: group.members.map(streamsMember),
    coordinatorId,
    authorizedOperations: authorizedOperations(group.authorizedOperations),
  }
}

function streamsMember(member: WireMember): DescribedStreamsMember {
  const offsets = (given: WireMember['taskOffsets']): StreamsTaskOffset[] =>
    given.map(({ offset, ...task }) => ({ ...task, offset: numberOf(offset, 'an offset') }))
  return {
    memberId: member.memberId,
    memberEpoch: member.memberEpoch,
    groupInstanceId: member.instanceId,
    rackId: member.rackId,
    clientId: member.clientId,
    host: member.clientHost,
    topologyEpoch: member.topologyEpoch,
    processId: member.processId,
    userEndpoint: member.userEndpoint ?? undefined,
    clientTags: Object.fromEntries(member.clientTags.map(({ key, value }) => [key, value])),
    taskOffsets: offsets(member.taskOffsets),
    taskEndOffsets: offsets(member.taskEndOffsets),
    assignment: member.assignment,
    targetAssignment: member.targetAssignment,
    isClassic: member.isClassic,
  }
}
