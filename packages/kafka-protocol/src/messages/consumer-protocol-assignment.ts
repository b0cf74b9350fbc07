// ConsumerProtocolAssignment: what a consumer of a classic group is assigned.
import { array, bytes, int32, string } from '../definition/field.ts'
import { defineData } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const consumerProtocolAssignment = defineData(
  'ConsumerProtocolAssignment',
  { versions: '0-3' },
  {
    assignedPartitions: array({ topic: string(), partitions: array(int32()) }),
    userData: bytes('0+', { nullable: '0+', default: null }),
  },
)
export type ConsumerProtocolAssignment = MessageType<typeof consumerProtocolAssignment>
