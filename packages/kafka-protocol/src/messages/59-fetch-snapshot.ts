// FetchSnapshot (API 59): reads a part of a snapshot of the KRaft quorum.
import { array, int16, int32, int64, records, string, struct, uint16, uuid } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const fetchSnapshotRequest = defineRequest(
  'FetchSnapshot',
  59,
  { versions: '0-1', flexible: '0+' },
  {
    clusterId: string('0+', { tag: 0, nullable: '0+', default: null }),
    replicaId: int32('0+', { default: -1 }),
    maxBytes: int32('0+', { default: 0x7fff_ffff }),
    topics: array({
      name: string(),
      partitions: array({
        partition: int32(),
        currentLeaderEpoch: int32(),
        snapshotId: struct({ endOffset: int64(), epoch: int32() }),
        position: int64(),
        replicaDirectoryId: uuid('1+', { tag: 0, ignorable: true }),
      }),
    }),
  },
)
export type FetchSnapshotRequest = MessageType<typeof fetchSnapshotRequest>

export const fetchSnapshotResponse = defineResponse(
  'FetchSnapshot',
  59,
  { versions: '0-1', flexible: '0+' },
  {
    throttleTimeMs: int32(),
    errorCode: int16(),
    topics: array({
      name: string(),
      partitions: array({
        index: int32(),
        errorCode: int16(),
        snapshotId: struct({ endOffset: int64(), epoch: int32() }),
        currentLeader: struct({ leaderId: int32(), leaderEpoch: int32() }, '0+', { tag: 0 }),
        size: int64(),
        position: int64(),
        unalignedRecords: records(),
      }),
    }),
    nodeEndpoints: array({ nodeId: int32(), host: string(), port: uint16() }, '1+', { tag: 0 }),
  },
)
export type FetchSnapshotResponse = MessageType<typeof fetchSnapshotResponse>
