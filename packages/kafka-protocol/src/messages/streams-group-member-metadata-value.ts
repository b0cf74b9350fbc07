// StreamsGroupMemberMetadataValue: value of a record of a streams group in __consumer_offsets: a member.
import { array, int32, string, struct, uint16 } from '../definition/field.ts'
import { defineData } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

const endpoint = { host: string(), port: uint16() }
const keyValue = { key: string(), value: string() }

export const streamsGroupMemberMetadataValue = defineData(
  'StreamsGroupMemberMetadataValue',
  { versions: '0', flexible: '0+' },
  {
    instanceId: string('0+', { nullable: '0+' }),
    rackId: string('0+', { nullable: '0+' }),
    clientId: string(),
    clientHost: string(),
    rebalanceTimeoutMs: int32('0+', { default: -1 }),
    topologyEpoch: int32(),
    processId: string(),
    userEndpoint: struct(endpoint, '0+', { nullable: '0+', default: null }),
    clientTags: array(keyValue),
  },
)
export type StreamsGroupMemberMetadataValue = MessageType<typeof streamsGroupMemberMetadataValue>
