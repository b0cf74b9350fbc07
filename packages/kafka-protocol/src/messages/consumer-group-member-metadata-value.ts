// ConsumerGroupMemberMetadataValue: value of a record of a consumer group in __consumer_offsets: a member.
import { array, bytes, int32, string, struct } from '../definition/field.ts'
import { defineData } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const consumerGroupMemberMetadataValue = defineData(
  'ConsumerGroupMemberMetadataValue',
  { versions: '0', flexible: '0+' },
  {
    instanceId: string('0+', { nullable: '0+' }),
    rackId: string('0+', { nullable: '0+' }),
    clientId: string(),
    clientHost: string(),
    subscribedTopicNames: array(string()),
    subscribedTopicRegex: string('0+', { nullable: '0+' }),
    rebalanceTimeoutMs: int32('0+', { default: -1 }),
    serverAssignor: string('0+', { nullable: '0+' }),
    classicMemberMetadata: struct(
      { sessionTimeoutMs: int32(), supportedProtocols: array({ name: string(), metadata: bytes() }) },
      '0+',
      { tag: 0, nullable: '0+' },
    ),
  },
)
export type ConsumerGroupMemberMetadataValue = MessageType<typeof consumerGroupMemberMetadataValue>
