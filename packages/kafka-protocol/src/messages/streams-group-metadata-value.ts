// StreamsGroupMetadataValue: value of a record of a streams group in __consumer_offsets: the group itself.
import { array, int32, int64, string } from '../definition/field.ts'
import { defineData } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

const lastAssignmentConfig = { key: string(), value: string() }

export const streamsGroupMetadataValue = defineData(
  'StreamsGroupMetadataValue',
  { versions: '0', flexible: '0+' },
  {
    epoch: int32(),
    metadataHash: int64(),
    validatedTopologyEpoch: int32('0+', { tag: 0, default: -1 }),
    lastAssignmentConfigs: array(lastAssignmentConfig, '0+', { tag: 1, nullable: '0+' }),
  },
)
export type StreamsGroupMetadataValue = MessageType<typeof streamsGroupMetadataValue>
