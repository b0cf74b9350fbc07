// DescribeUserScramCredentials (API 50): which users have SCRAM credentials.
import { array, int16, int32, int8, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const describeUserScramCredentialsRequest = defineRequest(
  'DescribeUserScramCredentials',
  50,
  { versions: '0', flexible: '0+' },
  { users: array({ name: string() }, '0+', { nullable: '0+' }) },
)
export type DescribeUserScramCredentialsRequest = MessageType<typeof describeUserScramCredentialsRequest>

export const describeUserScramCredentialsResponse = defineResponse(
  'DescribeUserScramCredentials',
  50,
  { versions: '0', flexible: '0+' },
  {
    throttleTimeMs: int32(),
    errorCode: int16(),
    errorMessage: string('0+', { nullable: '0+' }),
    results: array({
      user: string(),
      errorCode: int16(),
      errorMessage: string('0+', { nullable: '0+' }),
      credentialInfos: array({ mechanism: int8(), iterations: int32() }),
    }),
  },
)
export type DescribeUserScramCredentialsResponse = MessageType<typeof describeUserScramCredentialsResponse>
