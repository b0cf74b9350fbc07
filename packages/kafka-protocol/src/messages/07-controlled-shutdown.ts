// ControlledShutdown (API 7): a broker asks the controller to move its leaderships away. Only in ZooKeeper mode, up to Kafka 3.9.
import { array, int16, int32, int64, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const controlledShutdownRequest = defineRequest(
  'ControlledShutdown',
  7,
  { versions: '0-3', flexible: '3+' },
  { brokerId: int32(), brokerEpoch: int64('2+', { default: -1n, ignorable: true }) },
)
export type ControlledShutdownRequest = MessageType<typeof controlledShutdownRequest>

export const controlledShutdownResponse = defineResponse(
  'ControlledShutdown',
  7,
  { versions: '0-3', flexible: '3+' },
  { errorCode: int16(), remainingPartitions: array({ topicName: string(), partitionIndex: int32() }) },
)
export type ControlledShutdownResponse = MessageType<typeof controlledShutdownResponse>
