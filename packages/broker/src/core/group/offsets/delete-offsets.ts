import type { ReplyTo } from '@odradek/coordinator'
import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import { consumerProtocolType } from '../classic/subscribed-topics.ts'
import type { Group } from '../group.ts'
import type { GroupRecord } from '../group-record.ts'
import type { Turn } from '../turn.ts'
import { commitErrorCode } from '../write-error.ts'
import type { OffsetPosition } from './group-offsets.ts'

/** Error codes, in the order of the request's partitions. */
export type DeleteOffsetsReply = readonly number[]

/**
 * OffsetDelete (KIP-496): offsets of topics that no member of the group may be reading. With its last offset an empty group goes too.
 * Fails as a whole with `KafkaError`. Returns whether the group may be forgotten at once, because the log holds nothing of it.
 */
export function deleteOffsets(
  group: Group | undefined,
  turn: Turn,
  positions: readonly OffsetPosition[],
  to: ReplyTo<DeleteOffsetsReply>,
): boolean {
  if (group === undefined) {
    turn.effects.fail(to, new KafkaError('GROUP_ID_NOT_FOUND'))
    return false
  }
  const { classic, consumer, offsets } = group
  const isEmpty = classic.state === 'Empty'
  if (!isEmpty && classic.protocolType !== consumerProtocolType) {
    turn.effects.fail(to, new KafkaError('NON_EMPTY_GROUP'))
    return false
  }
  const isRead = ({ topic }: OffsetPosition): boolean =>
    consumer === undefined ? !isEmpty && classic.maySubscribeTo(topic) : consumer.subscriptions.has(topic)
  const replyWith = (code: number): DeleteOffsetsReply =>
    positions.map((at) => (isRead(at) ? ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC : code))
  const { groupId } = group
  const removed = positions.filter((at) => !isRead(at) && offsets.has(at))
  const records: GroupRecord[] = removed.map((at) => tombstone(groupId, at))
  const isRest = ({ topic, partition }: OffsetPosition): boolean =>
    !removed.some((at) => at.topic === topic && at.partition === partition)
  if (isEmpty && group.saved !== undefined && !offsets.allPositions().some(isRest)) {
    records.push({ kind: 'group', groupId, value: null })
  }
  if (records.length === 0) {
    turn.effects.reply(to, replyWith(ErrorCode.NONE))
    return group.isForgettable
  }
  turn.effects.write({
    records,
    settled: (error, effects) =>
      effects.reply(to, replyWith(error === undefined ? ErrorCode.NONE : commitErrorCode(error))),
  })
  return false
}

/** The record that takes an offset away. */
export function tombstone(groupId: string, { topic, partition }: OffsetPosition): GroupRecord {
  return { kind: 'offset', groupId, topic, partition, value: null }
}
