// Two messages of share groups, which were early access in Kafka 3.9: there version 0 lacks a field that version 0 has since 4.1.
// Nothing ever speaks the old form, so it is known to this tool only.
import { array, int16, int32, int64, string, uuid } from '../../packages/kafka-protocol/src/definition/field.ts'
import { defineData, defineResponse } from '../../packages/kafka-protocol/src/definition/message.ts'
import type { Message } from '@odradek/kafka-protocol'

const shareGroupMetadataValue = defineData(
  'ShareGroupMetadataValue',
  { versions: '0', flexible: '0+' },
  { epoch: int32() },
)

const readShareGroupStateSummaryResponse = defineResponse(
  'ReadShareGroupStateSummary',
  87,
  { versions: '0', flexible: '0+' },
  {
    results: array({
      topicId: uuid(),
      partitions: array({
        partition: int32(),
        errorCode: int16(),
        errorMessage: string('0+', { nullable: '0+', default: null }),
        stateEpoch: int32(),
        startOffset: int64(),
      }),
    }),
  },
)

export const earlyAccessMessages: ReadonlyMap<string, Message> = new Map<string, Message>([
  [shareGroupMetadataValue.name, shareGroupMetadataValue],
  [readShareGroupStateSummaryResponse.name, readShareGroupStateSummaryResponse],
])

/** Fields that have had another name in Kafka 3.9: [old, new]. */
export const renamedFields: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  VoteRequest: [
    ['candidateEpoch', 'replicaEpoch'],
    ['candidateId', 'replicaId'],
    ['candidateDirectoryId', 'replicaDirectoryId'],
  ],
}
