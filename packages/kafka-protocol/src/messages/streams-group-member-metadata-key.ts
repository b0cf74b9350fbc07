// StreamsGroupMemberMetadataKey: key of a record of a streams group in __consumer_offsets: a member.
import { string } from '../definition/field.ts'
import { defineRecordKey } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const streamsGroupMemberMetadataKey = defineRecordKey('StreamsGroupMemberMetadataKey', 19, {
  groupId: string(),
  memberId: string(),
})
export type StreamsGroupMemberMetadataKey = MessageType<typeof streamsGroupMemberMetadataKey>
