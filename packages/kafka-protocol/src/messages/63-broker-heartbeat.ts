// BrokerHeartbeat (API 63): a broker is alive, says how far it is, and may ask for its shutdown (KRaft).
import { array, bool, int16, int32, int64, uuid } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const brokerHeartbeatRequest = defineRequest(
  'BrokerHeartbeat',
  63,
  { versions: '0-2', flexible: '0+' },
  {
    brokerId: int32(),
    brokerEpoch: int64('0+', { default: -1n }),
    currentMetadataOffset: int64(),
    wantFence: bool(),
    wantShutDown: bool(),
    offlineLogDirs: array(uuid(), '1+', { tag: 0 }),
    cordonedLogDirs: array(uuid(), '2+', { tag: 1, nullable: '2+', default: null }),
  },
)
export type BrokerHeartbeatRequest = MessageType<typeof brokerHeartbeatRequest>

export const brokerHeartbeatResponse = defineResponse(
  'BrokerHeartbeat',
  63,
  { versions: '0-2', flexible: '0+' },
  {
    throttleTimeMs: int32(),
    errorCode: int16(),
    isCaughtUp: bool(),
    isFenced: bool('0+', { default: true }),
    shouldShutDown: bool(),
  },
)
export type BrokerHeartbeatResponse = MessageType<typeof brokerHeartbeatResponse>
