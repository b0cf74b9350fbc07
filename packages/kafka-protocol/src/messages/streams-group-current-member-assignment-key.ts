// StreamsGroupCurrentMemberAssignmentKey: key of a record of a streams group in __consumer_offsets: what a member owns now.
import { string } from '../definition/field.ts'
import { defineRecordKey } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const streamsGroupCurrentMemberAssignmentKey = defineRecordKey('StreamsGroupCurrentMemberAssignmentKey', 22, {
  groupId: string(),
  memberId: string(),
})
export type StreamsGroupCurrentMemberAssignmentKey = MessageType<typeof streamsGroupCurrentMemberAssignmentKey>
