// ConsumerProtocolSubscription: what a consumer offers when it joins a classic group.
import { array, bytes, int32, string } from '../definition/field.ts'
import { defineData } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const consumerProtocolSubscription = defineData(
  'ConsumerProtocolSubscription',
  { versions: '0-3' },
  {
    topics: array(string()),
    userData: bytes('0+', { nullable: '0+', default: null }),
    ownedPartitions: array({ topic: string(), partitions: array(int32()) }, '1+', { ignorable: true }),
    generationId: int32('2+', { default: -1, ignorable: true }),
    rackId: string('3+', { nullable: '3+', default: null, ignorable: true }),
  },
)
export type ConsumerProtocolSubscription = MessageType<typeof consumerProtocolSubscription>
