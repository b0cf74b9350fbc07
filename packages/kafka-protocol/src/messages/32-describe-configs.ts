// DescribeConfigs (API 32): reads the configuration of topics and brokers.
import { array, bool, int16, int32, int8, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const describeConfigsRequest = defineRequest(
  'DescribeConfigs',
  32,
  { versions: '1-4', flexible: '4+' },
  {
    resources: array({
      resourceType: int8(),
      resourceName: string(),
      configurationKeys: array(string(), '0+', { nullable: '0+' }),
    }),
    includeSynonyms: bool(),
    includeDocumentation: bool('3+'),
  },
)
export type DescribeConfigsRequest = MessageType<typeof describeConfigsRequest>

export const describeConfigsResponse = defineResponse(
  'DescribeConfigs',
  32,
  { versions: '1-4', flexible: '4+' },
  {
    throttleTimeMs: int32(),
    results: array({
      errorCode: int16(),
      errorMessage: string('0+', { nullable: '0+' }),
      resourceType: int8(),
      resourceName: string(),
      configs: array({
        name: string(),
        value: string('0+', { nullable: '0+' }),
        readOnly: bool(),
        configSource: int8('0+', { default: -1 }),
        isSensitive: bool(),
        synonyms: array({ name: string(), value: string('0+', { nullable: '0+' }), source: int8() }),
        configType: int8('3+', { ignorable: true }),
        documentation: string('3+', { nullable: '0+', ignorable: true }),
      }),
    }),
  },
)
export type DescribeConfigsResponse = MessageType<typeof describeConfigsResponse>
