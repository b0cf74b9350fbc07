// ShareGroupMemberMetadataValue: value of a record of a share group in __consumer_offsets: a member.
import { array, string } from '../definition/field.ts'
import { defineData } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const shareGroupMemberMetadataValue = defineData(
  'ShareGroupMemberMetadataValue',
  { versions: '0', flexible: '0+' },
  {
    rackId: string('0+', { nullable: '0+' }),
    clientId: string(),
    clientHost: string(),
    subscribedTopicNames: array(string()),
  },
)
export type ShareGroupMemberMetadataValue = MessageType<typeof shareGroupMemberMetadataValue>
