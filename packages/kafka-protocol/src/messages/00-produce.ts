// Produce (API 0): appends record batches to partitions.
import { array, int16, int32, int64, records, string, struct, uuid } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const produceRequest = defineRequest(
  'Produce',
  0,
  { versions: '3-13', flexible: '9+' },
  {
    transactionalId: string('0+', { nullable: '3+', default: null }),
    acks: int16(),
    timeoutMs: int32(),
    topicData: array({
      name: string('0-12', { ignorable: true }),
      topicId: uuid('13+', { ignorable: true }),
      partitionData: array({ index: int32(), records: records('0+', { nullable: '0+' }) }),
    }),
  },
)
export type ProduceRequest = MessageType<typeof produceRequest>

export const produceResponse = defineResponse(
  'Produce',
  0,
  { versions: '3-13', flexible: '9+' },
  {
    responses: array({
      name: string('0-12', { ignorable: true }),
      topicId: uuid('13+', { ignorable: true }),
      partitionResponses: array({
        index: int32(),
        errorCode: int16(),
        baseOffset: int64(),
        logAppendTimeMs: int64('0+', { default: -1n }),
        logStartOffset: int64('5+', { default: -1n, ignorable: true }),
        recordErrors: array(
          { batchIndex: int32(), batchIndexErrorMessage: string('0+', { nullable: '8+', default: null }) },
          '8+',
          { ignorable: true },
        ),
        errorMessage: string('8+', { nullable: '8+', default: null, ignorable: true }),
        currentLeader: struct(
          { leaderId: int32('0+', { default: -1 }), leaderEpoch: int32('0+', { default: -1 }) },
          '10+',
          { tag: 0 },
        ),
      }),
    }),
    throttleTimeMs: int32(),
    nodeEndpoints: array(
      { nodeId: int32(), host: string(), port: int32(), rack: string('0+', { nullable: '10+', default: null }) },
      '10+',
      { tag: 0 },
    ),
  },
)
export type ProduceResponse = MessageType<typeof produceResponse>
