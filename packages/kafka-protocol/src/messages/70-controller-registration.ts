// ControllerRegistration (API 70): a KRaft controller registers itself.
import { array, bool, int16, int32, string, uint16, uuid } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const controllerRegistrationRequest = defineRequest(
  'ControllerRegistration',
  70,
  { versions: '0', flexible: '0+' },
  {
    controllerId: int32(),
    incarnationId: uuid(),
    zkMigrationReady: bool(),
    listeners: array({ name: string(), host: string(), port: uint16(), securityProtocol: int16() }),
    features: array({ name: string(), minSupportedVersion: int16(), maxSupportedVersion: int16() }),
  },
)
export type ControllerRegistrationRequest = MessageType<typeof controllerRegistrationRequest>

export const controllerRegistrationResponse = defineResponse(
  'ControllerRegistration',
  70,
  { versions: '0', flexible: '0+' },
  { throttleTimeMs: int32(), errorCode: int16(), errorMessage: string('0+', { nullable: '0+' }) },
)
export type ControllerRegistrationResponse = MessageType<typeof controllerRegistrationResponse>
