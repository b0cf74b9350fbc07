// StreamsGroupTargetAssignmentMemberValue: value of a record of a streams group in __consumer_offsets: the target assignment of a member.
import { array, int32, string } from '../definition/field.ts'
import { defineData } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

const taskIds = { subtopologyId: string(), partitions: array(int32()) }

export const streamsGroupTargetAssignmentMemberValue = defineData(
  'StreamsGroupTargetAssignmentMemberValue',
  { versions: '0', flexible: '0+' },
  { activeTasks: array(taskIds), standbyTasks: array(taskIds), warmupTasks: array(taskIds) },
)
export type StreamsGroupTargetAssignmentMemberValue = MessageType<typeof streamsGroupTargetAssignmentMemberValue>
