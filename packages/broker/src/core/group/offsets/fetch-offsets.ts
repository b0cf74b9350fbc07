import { ErrorCode } from '@odradek/kafka-protocol'
import type { GroupOffsets, OffsetPosition } from './group-offsets.ts'

export interface FetchedOffset extends OffsetPosition {
  /** -1 when there is none, or none that may be shown. */
  readonly committedOffset: bigint
  readonly committedLeaderEpoch: number
  readonly metadata: string
  readonly errorCode: number
}

/**
 * OffsetFetch: the committed offsets of `positions`, or of all partitions that have one. With `requireStable` (KIP-447) a partition on
 * whose commit the log has not decided yet is answered with UNSTABLE_OFFSET_COMMIT, which asks the client to come again.
 */
export function fetchOffsets(
  offsets: GroupOffsets | undefined,
  positions: readonly OffsetPosition[] | undefined,
  requireStable: boolean,
  committedOffset: number,
): FetchedOffset[] {
  const all = positions ?? offsets?.positions() ?? []
  const fetched: FetchedOffset[] = []
  for (const { topic, partition } of all) {
    const at = { topic, partition }
    const isUnstable = requireStable && offsets?.isPending(at, committedOffset) === true
    const value = isUnstable ? undefined : offsets?.committed(at, committedOffset)
    // Asked for everything, a partition whose first commit is still on its way does not exist yet.
    if (positions === undefined && value === undefined && !isUnstable) continue
    fetched.push({
      topic,
      partition,
      committedOffset: value?.offset ?? -1n,
      committedLeaderEpoch: value?.leaderEpoch ?? -1,
      metadata: value?.metadata ?? '',
      errorCode: isUnstable ? ErrorCode.UNSTABLE_OFFSET_COMMIT : ErrorCode.NONE,
    })
  }
  return fetched
}
