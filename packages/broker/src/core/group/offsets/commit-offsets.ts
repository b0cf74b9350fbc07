import type { ReplyTo } from '@odradek/coordinator'
import { ErrorCode } from '@odradek/kafka-protocol'
import { memberErrorCode } from '../classic/check-member.ts'
import { prolongSession } from '../classic/member-replies.ts'
import type { CommitFault } from '../consumer/commit-fault.ts'
import { commitFault } from '../consumer/commit-fault.ts'
import type { Group } from '../group.ts'
import type { GroupConfig } from '../group-config.ts'
import type { CommittedOffset, GroupRecord } from '../group-record.ts'
import type { Turn } from '../turn.ts'
import { commitErrorCode } from '../write-error.ts'
import type { OffsetPosition } from './group-offsets.ts'

export interface OffsetToCommit extends OffsetPosition, Omit<CommittedOffset, 'commitTimestampMs'> {
  /** Id of the topic; all zero bits when it has none. */
  readonly topicId: string
}

export interface CommitRequest {
  readonly groupId: string
  /** Empty, with generation -1: a consumer that assigns itself its partitions, or a tool. */
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly generationId: number
  readonly apiVersion: number
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
  const faultOf = commitFaultOf(group, request)
  const member = group?.classic.members.get(request.memberId)
  const codeOf = (offset: OffsetToCommit): number => {
    const code = faultOf(offset.topicId, offset.partition)
    const isTooLarge = offset.metadata.length > config.offsetMetadataLengthMax
    return code === ErrorCode.NONE && isTooLarge ? ErrorCode.OFFSET_METADATA_TOO_LARGE : code
  }
  const codes = request.offsets.map(codeOf)
  const valid = request.offsets.filter((_, index) => codes[index] === ErrorCode.NONE)
  if (member !== undefined && !codes.every(isRefusal)) prolongSession(turn, member)
  const records = valid.map((offset) => offsetRecord(request.groupId, offset, turn.now.wallMs))
  if (records.length === 0) {
    turn.effects.reply(to, codes)
    return
  }
  turn.effects.write({
    records,
    settled: (error, effects) => {
      const outcome = error === undefined ? ErrorCode.NONE : commitErrorCode(error)
      effects.reply(
        to,
        codes.map((code) => (code === ErrorCode.NONE ? outcome : code)),
      )
    },
  })
}

/** The member was refused, and not only the text that it wants to keep. */
function isRefusal(code: number): boolean {
  return code !== ErrorCode.NONE && code !== ErrorCode.OFFSET_METADATA_TOO_LARGE
}

function commitFaultOf(group: Group | undefined, request: CommitRequest): CommitFault {
  if (group?.consumer !== undefined) {
    // As in Kafka, one partition that the member may not commit for refuses them all.
    const faultOf = commitFault(group.consumer, request)
    const codes = request.offsets.map(({ topicId, partition }) => faultOf(topicId, partition))
    const worst = codes.find((each) => each !== ErrorCode.NONE) ?? ErrorCode.NONE
    return () => worst
  }
  const code = classicErrorOf(group, request)
  return () => code
}

function classicErrorOf(group: Group | undefined, request: CommitRequest): number {
  const { memberId, groupInstanceId, generationId } = request
  if (group === undefined) {
    if (generationId < 0) return ErrorCode.NONE
    return request.apiVersion >= 10 ? ErrorCode.GROUP_ID_NOT_FOUND : ErrorCode.ILLEGAL_GENERATION
  }
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
