// ShareSnapshotKey: key of a record of a share partition in __share_group_state: the whole state.
import { int32, string, uuid } from '../definition/field.ts'
import { defineRecordKey } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const shareSnapshotKey = defineRecordKey('ShareSnapshotKey', 0, {
  groupId: string(),
  topicId: uuid(),
  partition: int32(),
})
export type ShareSnapshotKey = MessageType<typeof shareSnapshotKey>
