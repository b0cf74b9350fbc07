// ConsumerGroupCurrentMemberAssignmentValue: value of a record of a consumer group in __consumer_offsets: what a member owns now.
import { array, int32, int8, uuid } from '../definition/field.ts'
import { defineData } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

const topicPartitions = {
  topicId: uuid(),
  partitions: array(int32()),
  assignmentEpochs: array(int32(), '0+', { tag: 0, nullable: '0+' }),
}

export const consumerGroupCurrentMemberAssignmentValue = defineData(
  'ConsumerGroupCurrentMemberAssignmentValue',
  { versions: '0', flexible: '0+' },
  {
    memberEpoch: int32(),
    previousMemberEpoch: int32(),
    state: int8(),
    assignedPartitions: array(topicPartitions),
    partitionsPendingRevocation: array(topicPartitions),
  },
)
export type ConsumerGroupCurrentMemberAssignmentValue = MessageType<typeof consumerGroupCurrentMemberAssignmentValue>
