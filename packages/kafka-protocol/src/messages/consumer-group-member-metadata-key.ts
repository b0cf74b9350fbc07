// ConsumerGroupMemberMetadataKey: key of a record of a consumer group in __consumer_offsets: a member.
import { string } from '../definition/field.ts'
import { defineRecordKey } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const consumerGroupMemberMetadataKey = defineRecordKey('ConsumerGroupMemberMetadataKey', 5, {
  groupId: string(),
  memberId: string(),
})
export type ConsumerGroupMemberMetadataKey = MessageType<typeof consumerGroupMemberMetadataKey>
