// AlterUserScramCredentials (API 51): sets and removes SCRAM credentials.
import { array, bytes, int16, int32, int8, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const alterUserScramCredentialsRequest = defineRequest(
  'AlterUserScramCredentials',
  51,
  { versions: '0', flexible: '0+' },
  {
    deletions: array({ name: string(), mechanism: int8() }),
    upsertions: array({
      name: string(),
      mechanism: int8(),
      iterations: int32(),
      salt: bytes(),
      saltedPassword: bytes(),
    }),
  },
)
export type AlterUserScramCredentialsRequest = MessageType<typeof alterUserScramCredentialsRequest>

export const alterUserScramCredentialsResponse = defineResponse(
  'AlterUserScramCredentials',
  51,
  { versions: '0', flexible: '0+' },
  {
    throttleTimeMs: int32(),
    results: array({ user: string(), errorCode: int16(), errorMessage: string('0+', { nullable: '0+' }) }),
  },
)
export type AlterUserScramCredentialsResponse = MessageType<typeof alterUserScramCredentialsResponse>
