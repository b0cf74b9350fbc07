// AlterReplicaLogDirs (API 34): moves replicas between log directories of a broker.
import { array, int16, int32, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const alterReplicaLogDirsRequest = defineRequest(
  'AlterReplicaLogDirs',
  34,
  { versions: '1-2', flexible: '2+' },
  { dirs: array({ path: string(), topics: array({ name: string(), partitions: array(int32()) }) }) },
)
export type AlterReplicaLogDirsRequest = MessageType<typeof alterReplicaLogDirsRequest>

export const alterReplicaLogDirsResponse = defineResponse(
  'AlterReplicaLogDirs',
  34,
  { versions: '1-2', flexible: '2+' },
  {
    throttleTimeMs: int32(),
    results: array({ topicName: string(), partitions: array({ partitionIndex: int32(), errorCode: int16() }) }),
  },
)
export type AlterReplicaLogDirsResponse = MessageType<typeof alterReplicaLogDirsResponse>
