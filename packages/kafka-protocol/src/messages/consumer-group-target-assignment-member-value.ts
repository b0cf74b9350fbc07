// ConsumerGroupTargetAssignmentMemberValue: value of a record of a consumer group in __consumer_offsets: the target assignment of a member.
import { array, int32, uuid } from '../definition/field.ts'
import { defineData } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const consumerGroupTargetAssignmentMemberValue = defineData(
  'ConsumerGroupTargetAssignmentMemberValue',
  { versions: '0', flexible: '0+' },
  { topicPartitions: array({ topicId: uuid(), partitions: array(int32()) }) },
)
export type ConsumerGroupTargetAssignmentMemberValue = MessageType<typeof consumerGroupTargetAssignmentMemberValue>
