// Fetch (API 1): reads record batches, for consumers and for followers; sessions since version 7, topic ids since 13.
import { array, int16, int32, int64, int8, records, string, struct, uuid } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const fetchRequest = defineRequest(
  'Fetch',
  1,
  { versions: '4-18', flexible: '12+' },
  {
    clusterId: string('12+', { tag: 0, nullable: '12+', default: null, ignorable: true }),
    replicaId: int32('0-14', { default: -1 }),
    replicaState: struct(
      { replicaId: int32('0+', { default: -1 }), replicaEpoch: int64('0+', { default: -1n }) },
      '15+',
      { tag: 1 },
    ),
    maxWaitMs: int32(),
    minBytes: int32(),
    maxBytes: int32('0+', { default: 0x7fff_ffff }),
    isolationLevel: int8(),
    sessionId: int32('7+', { ignorable: true }),
    sessionEpoch: int32('7+', { default: -1, ignorable: true }),
    topics: array({
      topic: string('0-12', { ignorable: true }),
      topicId: uuid('13+', { ignorable: true }),
      partitions: array({
        partition: int32(),
        currentLeaderEpoch: int32('9+', { default: -1, ignorable: true }),
        fetchOffset: int64(),
        lastFetchedEpoch: int32('12+', { default: -1 }),
        logStartOffset: int64('5+', { default: -1n, ignorable: true }),
        partitionMaxBytes: int32(),
        replicaDirectoryId: uuid('17+', { tag: 0, ignorable: true }),
        highWatermark: int64('18+', { tag: 1, default: 9223372036854775807n, ignorable: true }),
      }),
    }),
    forgottenTopicsData: array(
      {
        topic: string('7-12', { ignorable: true }),
        topicId: uuid('13+', { ignorable: true }),
        partitions: array(int32()),
      },
      '7+',
    ),
    rackId: string('11+', { ignorable: true }),
  },
)
export type FetchRequest = MessageType<typeof fetchRequest>

export const fetchResponse = defineResponse(
  'Fetch',
  1,
  { versions: '4-18', flexible: '12+' },
  {
    throttleTimeMs: int32(),
    errorCode: int16('7+', { ignorable: true }),
    sessionId: int32('7+'),
    responses: array({
      topic: string('0-12', { ignorable: true }),
      topicId: uuid('13+', { ignorable: true }),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        highWatermark: int64(),
        lastStableOffset: int64('0+', { default: -1n }),
        logStartOffset: int64('5+', { default: -1n, ignorable: true }),
        divergingEpoch: struct(
          { epoch: int32('0+', { default: -1 }), endOffset: int64('0+', { default: -1n }) },
          '12+',
          { tag: 0 },
        ),
        currentLeader: struct(
          { leaderId: int32('0+', { default: -1 }), leaderEpoch: int32('0+', { default: -1 }) },
          '12+',
          { tag: 1 },
        ),
        snapshotId: struct({ endOffset: int64('0+', { default: -1n }), epoch: int32('0+', { default: -1 }) }, '12+', {
          tag: 2,
        }),
        abortedTransactions: array({ producerId: int64(), firstOffset: int64() }, '0+', { nullable: '4+' }),
        preferredReadReplica: int32('11+', { default: -1 }),
        records: records('0+', { nullable: '0+' }),
      }),
    }),
    nodeEndpoints: array(
      { nodeId: int32(), host: string(), port: int32(), rack: string('0+', { nullable: '16+', default: null }) },
      '16+',
      { tag: 0 },
    ),
  },
)
export type FetchResponse = MessageType<typeof fetchResponse>
