// StreamsGroupTopologyKey: key of a record of a streams group in __consumer_offsets: the topology.
import { string } from '../definition/field.ts'
import { defineRecordKey } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const streamsGroupTopologyKey = defineRecordKey('StreamsGroupTopologyKey', 23, { groupId: string() })
export type StreamsGroupTopologyKey = MessageType<typeof streamsGroupTopologyKey>
