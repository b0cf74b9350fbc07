// ListOffsets (API 2): the offset of a timestamp, or of the beginning or end of a partition.
import { array, int16, int32, int64, int8, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const listOffsetsRequest = defineRequest(
  'ListOffsets',
  2,
  { versions: '1-11', flexible: '6+' },
  {
    replicaId: int32(),
    isolationLevel: int8('2+'),
    topics: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        currentLeaderEpoch: int32('4+', { default: -1, ignorable: true }),
        timestamp: int64(),
      }),
    }),
    timeoutMs: int32('10+', { ignorable: true }),
  },
)
export type ListOffsetsRequest = MessageType<typeof listOffsetsRequest>

export const listOffsetsResponse = defineResponse(
  'ListOffsets',
  2,
  { versions: '1-11', flexible: '6+' },
  {
    throttleTimeMs: int32('2+', { ignorable: true }),
    topics: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        timestamp: int64('0+', { default: -1n }),
        offset: int64('0+', { default: -1n }),
        leaderEpoch: int32('4+', { default: -1 }),
      }),
    }),
  },
)
export type ListOffsetsResponse = MessageType<typeof listOffsetsResponse>
