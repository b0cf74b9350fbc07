// StreamsGroupTopologyValue: value of a record of a streams group in __consumer_offsets: the topology.
import { array, int16, int32, string } from '../definition/field.ts'
import { defineData } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

const topicConfig = { key: string(), value: string() }
const topicInfo = { name: string(), partitions: int32(), replicationFactor: int16(), topicConfigs: array(topicConfig) }

export const streamsGroupTopologyValue = defineData(
  'StreamsGroupTopologyValue',
  { versions: '0', flexible: '0+' },
  {
    epoch: int32(),
    subtopologies: array({
      subtopologyId: string(),
      sourceTopics: array(string()),
      sourceTopicRegex: array(string()),
      stateChangelogTopics: array(topicInfo),
      repartitionSinkTopics: array(string()),
      repartitionSourceTopics: array(topicInfo),
      copartitionGroups: array({
        sourceTopics: array(int16()),
        sourceTopicRegex: array(int16()),
        repartitionSourceTopics: array(int16()),
      }),
    }),
  },
)
export type StreamsGroupTopologyValue = MessageType<typeof streamsGroupTopologyValue>
