// ShareSnapshotValue: value of a record of a share partition in __share_group_state: the whole state.
import { array, int16, int32, int64, int8 } from '../definition/field.ts'
import { defineData } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const shareSnapshotValue = defineData(
  'ShareSnapshotValue',
  { versions: '0', flexible: '0+' },
  {
    snapshotEpoch: int32(),
    stateEpoch: int32(),
    leaderEpoch: int32(),
    startOffset: int64(),
    deliveryCompleteCount: int32('0+', { tag: 0, default: -1 }),
    createTimestamp: int64(),
    writeTimestamp: int64(),
    stateBatches: array({ firstOffset: int64(), lastOffset: int64(), deliveryState: int8(), deliveryCount: int16() }),
  },
)
export type ShareSnapshotValue = MessageType<typeof shareSnapshotValue>
