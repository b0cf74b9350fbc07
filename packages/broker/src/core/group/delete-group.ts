import type { ReplyTo } from '@odradek/coordinator'
import { ErrorCode } from '@odradek/kafka-protocol'
import { consumerGroupTombstones } from './consumer/consumer-record.ts'
import { tombstone } from './offsets/delete-offsets.ts'
import type { Group } from './group.ts'
import type { GroupRecord } from './group-record.ts'
import type { Turn } from './turn.ts'
import { commitErrorCode } from './write-error.ts'
import { writeTombstones } from './write-tombstones.ts'

/**
 * DeleteGroups for one group: it must be there and have no members. Answers with an error code.
 * Returns whether the group may be forgotten at once, because the log holds nothing of it.
 */
export function deleteGroup(group: Group | undefined, turn: Turn, to: ReplyTo<number>): boolean {
  if (group === undefined) {
    turn.effects.reply(to, ErrorCode.GROUP_ID_NOT_FOUND)
    return false
  }
  if (group.classic.state !== 'Empty' || group.consumer?.isEmpty === false) {
    turn.effects.reply(to, ErrorCode.NON_EMPTY_GROUP)
    return false
  }
  const records = groupTombstones(group)
  if (records.length === 0) {
    turn.effects.reply(to, ErrorCode.NONE)
    return true
  }
  turn.effects.note(`deleting group ${group.groupId}`, { offsets: group.offsets.allPositions().length })
  writeTombstones(records, turn.effects, (error, effects) =>
    effects.reply(to, error === undefined ? ErrorCode.NONE : commitErrorCode(error)),
  )
  return false
}

/** The records that take all of a group away. */
export function groupTombstones(group: Group): GroupRecord[] {
  const { groupId } = group
  return [...group.offsets.allPositions().map((at) => tombstone(groupId, at)), ...membershipTombstones(group)]
}

/** The records that take an empty group away, but not its offsets. */
export function membershipTombstones({ groupId, saved, consumer }: Group): GroupRecord[] {
  const records: GroupRecord[] = saved === undefined ? [] : [{ kind: 'group', groupId, value: null }]
  if (consumer !== undefined) {
    records.push(...consumerGroupTombstones(groupId, [...consumer.members.keys()], consumer.resolvedRegexes.keys()))
  }
  return records
}
