// AllocateProducerIds (API 67): a broker takes a block of producer ids from the controller.
import { int16, int32, int64 } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const allocateProducerIdsRequest = defineRequest(
  'AllocateProducerIds',
  67,
  { versions: '0', flexible: '0+' },
  { brokerId: int32(), brokerEpoch: int64('0+', { default: -1n }) },
)
export type AllocateProducerIdsRequest = MessageType<typeof allocateProducerIdsRequest>

export const allocateProducerIdsResponse = defineResponse(
  'AllocateProducerIds',
  67,
  { versions: '0', flexible: '0+' },
  { throttleTimeMs: int32(), errorCode: int16(), producerIdStart: int64(), producerIdLen: int32() },
)
export type AllocateProducerIdsResponse = MessageType<typeof allocateProducerIdsResponse>
