// StreamsGroupTargetAssignmentMemberKey: key of a record of a streams group in __consumer_offsets: the target assignment of a member.
import { string } from '../definition/field.ts'
import { defineRecordKey } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const streamsGroupTargetAssignmentMemberKey = defineRecordKey('StreamsGroupTargetAssignmentMemberKey', 21, {
  groupId: string(),
  memberId: string(),
})
export type StreamsGroupTargetAssignmentMemberKey = MessageType<typeof streamsGroupTargetAssignmentMemberKey>
