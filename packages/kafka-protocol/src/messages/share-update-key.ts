// ShareUpdateKey: key of a record of a share partition in __share_group_state: a change of the state.
import { int32, string, uuid } from '../definition/field.ts'
import { defineRecordKey } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const shareUpdateKey = defineRecordKey('ShareUpdateKey', 1, {
  groupId: string(),
  topicId: uuid(),
  partition: int32(),
})
export type ShareUpdateKey = MessageType<typeof shareUpdateKey>
