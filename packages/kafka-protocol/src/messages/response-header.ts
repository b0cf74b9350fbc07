// ResponseHeader: stands before every response; version 1 before flexible ones, except ApiVersions.
import { int32 } from '../definition/field.ts'
import { defineHeader } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const responseHeader = defineHeader(
  'ResponseHeader',
  { versions: '0-1', flexible: '1+' },
  { correlationId: int32() },
)
export type ResponseHeader = MessageType<typeof responseHeader>
