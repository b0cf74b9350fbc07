import type { ClassicProtocol } from '../classic/classic-protocol.ts'
import { protocolsEqual } from '../classic/classic-protocol.ts'
import type { EpochAssignment } from './assignment.ts'
import { epochAssignmentsEqual, noEpochPartitions } from './assignment.ts'

/**
 * How far a member has come towards its target: there; told to give partitions up and not yet done; waiting for partitions that others
 * still hold; or in a state that a later version of Kafka wrote.
 */
export type MemberState = 'stable' | 'unrevoked-partitions' | 'unreleased-partitions' | 'unknown'

/** A member of a group of the consumer protocol, as the log has it. Never changed: replay puts another in its place. */
export interface ConsumerMember {
  readonly memberId: string
  readonly memberEpoch: number
  readonly previousMemberEpoch: number
  readonly state: MemberState
  readonly instanceId: string | null
  readonly rackId: string | null
  /** -1 when the member never said. */
  readonly rebalanceTimeoutMs: number
  readonly clientId: string
  readonly clientHost: string
  /** Sorted, each name once. */
  readonly subscribedTopicNames: readonly string[]
  /** Empty or null: none. */
  readonly subscribedTopicRegex: string | null
  readonly serverAssignor: string | null
  readonly assignedPartitions: EpochAssignment
  readonly partitionsPendingRevocation: EpochAssignment
  /** Set for a member that speaks the classic protocol. */
  readonly classic: ClassicMemberMetadata | undefined
}

export interface ClassicMemberMetadata {
  readonly sessionTimeoutMs: number
  /** In the order of the member's preference; never empty. */
  readonly supportedProtocols: readonly ClassicProtocol[]
}

/** The epochs by which a member says that it leaves: for good, or as a static member that will be back. */
export const leaveEpoch = -1
export const leaveStaticEpoch = -2

export function newMember(memberId: string): ConsumerMember {
  return {
    memberId,
    memberEpoch: 0,
    previousMemberEpoch: -1,
    state: 'stable',
    instanceId: null,
    rackId: null,
    rebalanceTimeoutMs: -1,
    clientId: '',
    clientHost: '',
    subscribedTopicNames: [],
    subscribedTopicRegex: '',
    serverAssignor: null,
    assignedPartitions: noEpochPartitions,
    partitionsPendingRevocation: noEpochPartitions,
    classic: undefined,
  }
}

/** The regular expression that a member subscribes by, if it does. */
export function regexOf(member: ConsumerMember | undefined): string | undefined {
  const regex = member?.subscribedTopicRegex
  return regex === null || regex === undefined || regex === '' ? undefined : regex
}

export function isReconciledTo(member: ConsumerMember, assignmentEpoch: number): boolean {
  return member.state === 'stable' && member.memberEpoch === assignmentEpoch
}

export function namesEqual(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((name, index) => name === right[index])
}

export function membersEqual(left: ConsumerMember, right: ConsumerMember): boolean {
  return metadataEqual(left, right) && assignmentStateEqual(left, right)
}

/** What a record of a member's metadata holds. */
function metadataEqual(left: ConsumerMember, right: ConsumerMember): boolean {
  return (
    left.memberId === right.memberId &&
    left.instanceId === right.instanceId &&
    left.rackId === right.rackId &&
    left.rebalanceTimeoutMs === right.rebalanceTimeoutMs &&
    left.clientId === right.clientId &&
    left.clientHost === right.clientHost &&
    left.subscribedTopicRegex === right.subscribedTopicRegex &&
    left.serverAssignor === right.serverAssignor &&
    namesEqual(left.subscribedTopicNames, right.subscribedTopicNames) &&
    classicEqual(left.classic, right.classic)
  )
}

/** What a record of a member's current assignment holds. */
function assignmentStateEqual(left: ConsumerMember, right: ConsumerMember): boolean {
  return (
    left.memberEpoch === right.memberEpoch &&
    left.previousMemberEpoch === right.previousMemberEpoch &&
    left.state === right.state &&
    epochAssignmentsEqual(left.assignedPartitions, right.assignedPartitions) &&
    epochAssignmentsEqual(left.partitionsPendingRevocation, right.partitionsPendingRevocation)
  )
}

function classicEqual(left: ClassicMemberMetadata | undefined, right: ClassicMemberMetadata | undefined): boolean {
  if (left === undefined || right === undefined) return left === right
  return (
    left.sessionTimeoutMs === right.sessionTimeoutMs &&
    protocolsEqual(left.supportedProtocols, right.supportedProtocols)
  )
}
