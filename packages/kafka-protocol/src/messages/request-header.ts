// RequestHeader: stands before every request. Version 0 is only before ControlledShutdown 0, version 2 before flexible requests.
import { int16, int32, string } from '../definition/field.ts'
import { defineHeader } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const requestHeader = defineHeader(
  'RequestHeader',
  { versions: '0-2', flexible: '2+' },
  {
    requestApiKey: int16(),
    requestApiVersion: int16(),
    correlationId: int32(),
    clientId: string('1+', { nullable: '1+', ignorable: true, flexible: false }),
  },
)
export type RequestHeader = MessageType<typeof requestHeader>
