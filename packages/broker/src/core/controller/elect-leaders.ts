import { ErrorCode } from '@odradek/kafka-protocol'
import type { ControllerContext } from './controller-context.ts'
import type { ControlledPartition } from './controller-state.ts'
import { NO_LEADER, partitionName, preferredLeaderOf } from './controller-state.ts'
import { changeLeaders } from './leadership-change.ts'
import type { Steps } from './znode-operation.ts'

/** `preferred` gives leadership back to first replicas; `unclean` makes leaders of replicas that are not in sync, where there is no other. */
export type LeaderElectionKind = 'preferred' | 'unclean'

export interface PartitionName {
  readonly topic: string
  readonly partition: number
}

/** What somebody wants to be led anew. */
export interface LeaderElectionWish {
  readonly kind: LeaderElectionKind
  readonly partitions: readonly PartitionName[]
}

/** How the election of one partition went; `leader` is who was elected, -1 with an error. */
export interface LeaderElectionResult extends PartitionName {
  readonly errorCode: number
  readonly errorMessage: string | null
  readonly leader: number
}

function isElectable({ state }: ControllerContext, partition: ControlledPartition, kind: LeaderElectionKind): boolean {
  const leader = partition.leadership?.leader ?? NO_LEADER
  return kind === 'preferred'
    ? leader !== preferredLeaderOf(partition)
    : leader === NO_LEADER || !state.liveBrokers.has(leader)
}

/** Elects leaders because somebody asked for it (ElectLeaders). The results are in the order of the wish. */
export function* electLeadersOnRequest(
  context: ControllerContext,
  { kind, partitions }: LeaderElectionWish,
): Steps<LeaderElectionResult[]> {
  const { state } = context
  const electable = new Set<ControlledPartition>()
  for (const { topic, partition } of partitions) {
    const known = state.partition(topic, partition)
    if (known?.leadership === undefined || state.isDeleting(topic)) continue
    if (isElectable(context, known, kind)) electable.add(known)
  }
  const changed = new Set(yield* changeLeaders(context, [...electable], kind))
  context.batch.flush()
  return partitions.map(({ topic, partition }) => {
    const failed = (errorCode: number, errorMessage: string | null): LeaderElectionResult => ({
      topic,
      partition,
      errorCode,
      errorMessage,
      leader: NO_LEADER,
    })
    const known = state.partition(topic, partition)
    if (known === undefined) return failed(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, 'The partition does not exist.')
    if (state.isDeleting(topic)) return failed(ErrorCode.INVALID_TOPIC_EXCEPTION, 'The topic is being deleted')
    if (known.leadership !== undefined && !electable.has(known)) {
      return failed(ErrorCode.ELECTION_NOT_NEEDED, 'Leader election not needed for topic partition.')
    }
    if (changed.has(known)) {
      return { ...failed(ErrorCode.NONE, null), leader: known.leadership?.leader ?? NO_LEADER }
    }
    return kind === 'preferred'
      ? failed(
          ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE,
          `Failed to elect leader for partition ${partitionName(known)}: its preferred replica ${preferredLeaderOf(known)} is not there or not in sync`,
        )
      : failed(
          ErrorCode.ELIGIBLE_LEADERS_NOT_AVAILABLE,
          `Failed to elect leader for partition ${partitionName(known)}: none of its replicas is there`,
        )
  })
}
