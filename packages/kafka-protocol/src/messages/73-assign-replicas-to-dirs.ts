// AssignReplicasToDirs (API 73): a broker tells the KRaft controller where its replicas are.
import { array, int16, int32, int64, uuid } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const assignReplicasToDirsRequest = defineRequest(
  'AssignReplicasToDirs',
  73,
  { versions: '0', flexible: '0+' },
  {
    brokerId: int32(),
    brokerEpoch: int64('0+', { default: -1n }),
    directories: array({
      id: uuid(),
      topics: array({ topicId: uuid(), partitions: array({ partitionIndex: int32() }) }),
    }),
  },
)
export type AssignReplicasToDirsRequest = MessageType<typeof assignReplicasToDirsRequest>

export const assignReplicasToDirsResponse = defineResponse(
  'AssignReplicasToDirs',
  73,
  { versions: '0', flexible: '0+' },
  {
    throttleTimeMs: int32(),
    errorCode: int16(),
    directories: array({
      id: uuid(),
      topics: array({ topicId: uuid(), partitions: array({ partitionIndex: int32(), errorCode: int16() }) }),
    }),
  },
)
export type AssignReplicasToDirsResponse = MessageType<typeof assignReplicasToDirsResponse>
