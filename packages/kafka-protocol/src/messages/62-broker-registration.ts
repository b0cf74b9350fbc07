// BrokerRegistration (API 62): a broker registers with the KRaft controller.
import { array, bool, int16, int32, int64, string, uint16, uuid } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const brokerRegistrationRequest = defineRequest(
  'BrokerRegistration',
  62,
  { versions: '0-4', flexible: '0+' },
  {
    brokerId: int32(),
    clusterId: string(),
    incarnationId: uuid(),
    listeners: array({ name: string(), host: string(), port: uint16(), securityProtocol: int16() }),
    features: array({ name: string(), minSupportedVersion: int16(), maxSupportedVersion: int16() }),
    rack: string('0+', { nullable: '0+' }),
    isMigratingZkBroker: bool('1+'),
    logDirs: array(uuid(), '2+', { ignorable: true }),
    previousBrokerEpoch: int64('3+', { default: -1n, ignorable: true }),
  },
)
export type BrokerRegistrationRequest = MessageType<typeof brokerRegistrationRequest>

export const brokerRegistrationResponse = defineResponse(
  'BrokerRegistration',
  62,
  { versions: '0-4', flexible: '0+' },
  { throttleTimeMs: int32(), errorCode: int16(), brokerEpoch: int64('0+', { default: -1n }) },
)
export type BrokerRegistrationResponse = MessageType<typeof brokerRegistrationResponse>
