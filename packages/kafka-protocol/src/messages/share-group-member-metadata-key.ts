// ShareGroupMemberMetadataKey: key of a record of a share group in __consumer_offsets: a member.
import { string } from '../definition/field.ts'
import { defineRecordKey } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const shareGroupMemberMetadataKey = defineRecordKey('ShareGroupMemberMetadataKey', 10, {
  groupId: string(),
  memberId: string(),
})
export type ShareGroupMemberMetadataKey = MessageType<typeof shareGroupMemberMetadataKey>
