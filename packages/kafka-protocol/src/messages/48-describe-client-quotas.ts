// DescribeClientQuotas (API 48): reads quotas.
import { array, bool, float64, int16, int32, int8, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const describeClientQuotasRequest = defineRequest(
  'DescribeClientQuotas',
  48,
  { versions: '0-1', flexible: '1+' },
  {
    components: array({ entityType: string(), matchType: int8(), match: string('0+', { nullable: '0+' }) }),
    strict: bool(),
  },
)
export type DescribeClientQuotasRequest = MessageType<typeof describeClientQuotasRequest>

export const describeClientQuotasResponse = defineResponse(
  'DescribeClientQuotas',
  48,
  { versions: '0-1', flexible: '1+' },
  {
    throttleTimeMs: int32(),
    errorCode: int16(),
    errorMessage: string('0+', { nullable: '0+' }),
    entries: array(
      {
        entity: array({ entityType: string(), entityName: string('0+', { nullable: '0+' }) }),
        values: array({ key: string(), value: float64() }),
      },
      '0+',
      { nullable: '0+' },
    ),
  },
)
export type DescribeClientQuotasResponse = MessageType<typeof describeClientQuotasResponse>
