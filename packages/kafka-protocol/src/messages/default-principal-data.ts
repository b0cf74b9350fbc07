// DefaultPrincipalData: a principal, as forwarded in an Envelope.
import { bool, string } from '../definition/field.ts'
import { defineData } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const defaultPrincipalData = defineData(
  'DefaultPrincipalData',
  { versions: '0', flexible: '0+' },
  { type: string(), name: string(), tokenAuthenticated: bool() },
)
export type DefaultPrincipalData = MessageType<typeof defaultPrincipalData>
