import type { ReplyTo } from '@odradek/coordinator'
import { ErrorCode } from '@odradek/kafka-protocol'
import { memberErrorCode } from '../classic/check-member.ts'
import { prolongSession } from '../classic/member-replies.ts'
import type { Group } from '../group.ts'
import type { GroupConfig } from '../group-config.ts'
import type { CommittedOffset, GroupRecord } from '../group-record.ts'
import type { Turn } from '../turn.ts'
import { commitErrorCode } from '../write-error.ts'
import type { OffsetPosition } from './group-offsets.ts'

export interface OffsetToCommit extends OffsetPosition, Omit<CommittedOffset, 'commitTimestampMs'> {}

export interface CommitRequest {
  readonly groupId: string
  /** Empty, with generation -1: a consumer that assigns itself its partitions, or a tool. */
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly generationId: number
  readonly offsets: readonly OffsetToCommit[]
}

/** Error codes, in the order of the request's offsets. */
export type CommitReply = readonly number[]

/** OffsetCommit on a group that may not be there yet: a commit without a generation makes it (Kafka's doCommitOffsets). */
export function commitOffsets(
  group: Group | undefined,
  config: GroupConfig,
  turn: Turn,
  request: CommitRequest,
  to: ReplyTo<CommitReply>,
): void {
  const errorCode = commitErrorOf(group, request)
  if (errorCode !== ErrorCode.NONE) {
    turn.effects.reply(
      to,
      request.offsets.map(() => errorCode),
    )
    return
  }
  const member = group?.classic.members.get(request.memberId)
  if (member !== undefined) prolongSession(turn, member)
  const isTooLarge = ({ metadata }: OffsetToCommit): boolean => metadata.length > config.offsetMetadataLengthMax
  const records = request.offsets
    .filter((offset) => !isTooLarge(offset))
    .map((offset) => offsetRecord(request.groupId, offset, turn.now.wallMs))
  const replyWith = (code: number): CommitReply =>
    request.offsets.map((offset) => (isTooLarge(offset) ? ErrorCode.OFFSET_METADATA_TOO_LARGE : code))
  if (records.length === 0) {
    turn.effects.reply(to, replyWith(ErrorCode.NONE))
    return
  }
  turn.effects.write({
    records,
    settled: (error, effects) =>
      effects.reply(to, replyWith(error === undefined ? ErrorCode.NONE : commitErrorCode(error))),
  })
}

function commitErrorOf(group: Group | undefined, request: CommitRequest): number {
  const { memberId, groupInstanceId, generationId } = request
  if (group === undefined) return generationId < 0 ? ErrorCode.NONE : ErrorCode.ILLEGAL_GENERATION
  const { classic } = group
  if (generationId < 0 && classic.state === 'Empty') return ErrorCode.NONE
  if (generationId < 0 && memberId === '' && groupInstanceId === null) return ErrorCode.UNKNOWN_MEMBER_ID
  const errorCode = memberErrorCode(classic, memberId, groupInstanceId)
  if (errorCode !== ErrorCode.NONE) return errorCode
  if (generationId !== classic.generation) return ErrorCode.ILLEGAL_GENERATION
  // The member has joined this generation and not got its assignment: it has nothing to commit yet.
  return classic.state === 'CompletingRebalance' ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE
}

function offsetRecord(groupId: string, from: OffsetToCommit, commitTimestampMs: number): GroupRecord {
  const { topic, partition, offset, leaderEpoch, metadata, expireTimestampMs } = from
  return {
    kind: 'offset',
    groupId,
    topic,
    partition,
    value: { offset, leaderEpoch, metadata, commitTimestampMs, expireTimestampMs },
  }
}
