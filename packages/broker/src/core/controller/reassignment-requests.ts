import { ErrorCode } from '@odradek/kafka-protocol'
import type { ReplicaAssignment } from '../../znodes/topic.ts'
import {
  isBeingReassigned,
  originReplicas,
  reassignedTo,
  sameAssignment,
  targetReplicas,
} from '../topics/replica-assignment.ts'
import type { ControllerContext } from './controller-context.ts'
import type { ControlledPartition } from './controller-state.ts'
import { partitionName } from './controller-state.ts'
import type { PartitionName } from './elect-leaders.ts'
import { reassign } from './reassignment.ts'
import { forgetReassignmentWishes, readReassignmentWishes } from './reassignment-znode.ts'
import type { Steps } from './znode-operation.ts'

/** What AlterPartitionReassignments asks for. */
export interface ReassignmentRequest {
  /** Without it, partitions keep the number of replicas that they have, or are on their way to. */
  readonly allowReplicationFactorChange: boolean
  /** The replicas that a partition is to have; null ends the reassignment that is under way. */
  readonly partitions: readonly (PartitionName & { readonly replicas: readonly number[] | null })[]
}

export interface ReassignmentResult extends PartitionName {
  readonly errorCode: number
  readonly errorMessage: string | null
}

/** A partition that is being reassigned. */
export interface OngoingReassignment extends PartitionName, ReplicaAssignment {}

interface Refusal {
  readonly errorCode: number
  readonly errorMessage: string
}

/** Why a partition cannot have these replicas, whichever partition it is; undefined when nothing speaks against them. */
function faultOf(
  { state }: ControllerContext,
  replicas: readonly number[],
  present: readonly number[],
): string | undefined {
  if (replicas.length === 0) return 'Empty replica list specified in partition reassignment.'
  if (new Set(replicas).size !== replicas.length) {
    return `Duplicate replica ids in partition reassignment replica list: ${replicas.join(', ')}`
  }
  if (replicas.some((brokerId) => brokerId < 0)) return `Invalid broker id in replica list: ${replicas.join(', ')}`
  const missing = replicas.filter((brokerId) => !present.includes(brokerId) && !state.isLive(brokerId))
  if (missing.length === 0) return undefined
  const live = [...state.liveBrokers.keys()].filter((brokerId) => state.isLive(brokerId))
  return `Replica assignment has brokers that are not alive. Replica list: ${missing.join(', ')}, live broker list: ${live.join(', ')}`
}

const unknownPartition: Refusal = {
  errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  errorMessage: 'The partition does not exist.',
}

/** Whether all that are in sync would go at once, and with them what is committed. Only replicas that an earlier reassignment brought can. */
function isLossy({ leadership }: ControlledPartition, { replicas }: ReplicaAssignment): boolean {
  return leadership !== undefined && !leadership.isr.some((brokerId) => replicas.includes(brokerId))
}

/** The assignment that is wanted, or why there will be none. */
function judge(
  context: ControllerContext,
  { topic, partition, replicas }: ReassignmentRequest['partitions'][number],
  allowReplicationFactorChange: boolean,
): ReplicaAssignment | Refusal {
  const known = context.state.partition(topic, partition)
  if (replicas === null && (known === undefined || !isBeingReassigned(known.assignment))) {
    return { errorCode: ErrorCode.NO_REASSIGNMENT_IN_PROGRESS, errorMessage: 'The partition is not being reassigned.' }
  }
  const origin = known === undefined ? [] : originReplicas(known.assignment)
  const fault = replicas === null ? undefined : faultOf(context, replicas, origin)
  if (fault !== undefined) return { errorCode: ErrorCode.INVALID_REPLICA_ASSIGNMENT, errorMessage: fault }
  if (known === undefined || context.state.isDeleting(topic)) return unknownPartition
  const assignment = reassignedTo(known.assignment, replicas ?? origin)
  if (isLossy(known, assignment)) {
    return {
      errorCode: ErrorCode.INVALID_REPLICA_ASSIGNMENT,
      errorMessage: `Only replicas that would be deleted are in sync: ${known.leadership?.isr.join(', ')}. Bring others back first, or reassign to these.`,
    }
  }
  if (replicas === null) return assignment
  const present = targetReplicas(known.assignment).length
  if (!allowReplicationFactorChange && present !== replicas.length) {
    return {
      errorCode: ErrorCode.INVALID_REPLICATION_FACTOR,
      errorMessage: `The replication factor is changed from ${present} to ${replicas.length}`,
    }
  }
  return assignment
}

/** Begins or ends reassignments because somebody asked for it (AlterPartitionReassignments). The results are in the order of the request. */
export function* reassignOnRequest(
  context: ControllerContext,
  { allowReplicationFactorChange, partitions }: ReassignmentRequest,
): Steps<ReassignmentResult[]> {
  const { state } = context
  const verdicts = partitions.map((wish) => judge(context, wish, allowReplicationFactorChange))
  const wanted = new Map<ControlledPartition, ReplicaAssignment>()
  for (const [index, { topic, partition }] of partitions.entries()) {
    const known = state.partition(topic, partition)
    const verdict = verdicts[index]
    if (known !== undefined && verdict !== undefined && 'replicas' in verdict) wanted.set(known, verdict)
  }
  // What is asked for last counts, by whatever way.
  yield* forgetReassignmentWishes(context, ({ topic, partition }) => {
    const known = state.partition(topic, partition)
    return known !== undefined && wanted.has(known)
  })
  const begun = new Set(yield* reassign(context, wanted))
  return partitions.map(({ topic, partition }, index) => {
    const verdict = verdicts[index] ?? unknownPartition
    if ('errorCode' in verdict) return { topic, partition, ...verdict }
    const known = state.partition(topic, partition)
    return known !== undefined && begun.has(known)
      ? { topic, partition, errorCode: ErrorCode.NONE, errorMessage: null }
      : {
          topic,
          partition,
          errorCode: ErrorCode.UNKNOWN_SERVER_ERROR,
          errorMessage: 'The replicas could not be written into ZooKeeper.',
        }
  })
}

/** The reassignments that are under way, of the partitions that are named, or of all. */
export function listReassignments(
  { state }: ControllerContext,
  partitions: readonly PartitionName[] | null,
): OngoingReassignment[] {
  const named =
    partitions === null
      ? [...state.allPartitions()]
      : partitions.flatMap(({ topic, partition }) => state.partition(topic, partition) ?? [])
  return [...new Set(named)]
    .filter(({ assignment }) => isBeingReassigned(assignment))
    .map(({ topic, partition, assignment }) => ({ topic, partition, ...assignment }))
}

/** /admin/reassign_partitions has been written: begins what is named there, and takes out what cannot be. Brokers that are away are waited for. */
export function* onReassignPartitionsChanged(context: ControllerContext): Steps<void> {
  const { state } = context
  const wanted = new Map<ControlledPartition, ReplicaAssignment>()
  const refused = new Set<string>()
  for (const { topic, partition, replicas } of yield* readReassignmentWishes(context)) {
    const known = state.partition(topic, partition)
    const isPossible = replicas.length > 0 && new Set(replicas).size === replicas.length && Math.min(...replicas) >= 0
    if (known === undefined || state.isDeleting(topic) || !isPossible) {
      refused.add(partitionName({ topic, partition }))
      continue
    }
    const assignment = reassignedTo(known.assignment, replicas)
    if (isLossy(known, assignment)) {
      refused.add(partitionName(known))
      continue
    }
    const isUnderWay = isBeingReassigned(assignment) && sameAssignment(known.assignment, assignment)
    if (!isUnderWay) wanted.set(known, assignment)
  }
  const begun = new Set(yield* reassign(context, wanted))
  for (const partition of wanted.keys()) if (!begun.has(partition)) refused.add(partitionName(partition))
  if (refused.size === 0) return
  context.log('warn', `Partitions that cannot be reassigned as it was asked for: ${[...refused].join(', ')}.`)
  yield* forgetReassignmentWishes(context, (wish) => refused.has(partitionName(wish)))
}
