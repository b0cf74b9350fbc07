// StreamsGroupCurrentMemberAssignmentValue: value of a record of a streams group in __consumer_offsets: what a member owns now.
import { array, int32, int8, string } from '../definition/field.ts'
import { defineData } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

const taskIds = {
  subtopologyId: string(),
  partitions: array(int32()),
  assignmentEpochs: array(int32(), '0+', { tag: 0, nullable: '0+' }),
}

export const streamsGroupCurrentMemberAssignmentValue = defineData(
  'StreamsGroupCurrentMemberAssignmentValue',
  { versions: '0', flexible: '0+' },
  {
    memberEpoch: int32(),
    previousMemberEpoch: int32(),
    state: int8(),
    activeTasks: array(taskIds),
    standbyTasks: array(taskIds),
    warmupTasks: array(taskIds),
    activeTasksPendingRevocation: array(taskIds),
    standbyTasksPendingRevocation: array(taskIds),
    warmupTasksPendingRevocation: array(taskIds),
  },
)
export type StreamsGroupCurrentMemberAssignmentValue = MessageType<typeof streamsGroupCurrentMemberAssignmentValue>
