import type { ReplyTo } from '@odradek/coordinator'
import { ErrorCode } from '@odradek/kafka-protocol'
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
  if (group.classic.state !== 'Empty') {
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
  const records: GroupRecord[] = group.offsets.allPositions().map((at) => tombstone(groupId, at))
  if (group.saved !== undefined) records.push({ kind: 'group', groupId, value: null })
  return records
}
