// AlterClientQuotas (API 49): sets and removes quotas.
import { array, bool, float64, int16, int32, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const alterClientQuotasRequest = defineRequest(
  'AlterClientQuotas',
  49,
  { versions: '0-1', flexible: '1+' },
  {
    entries: array({
      entity: array({ entityType: string(), entityName: string('0+', { nullable: '0+' }) }),
      ops: array({ key: string(), value: float64(), remove: bool() }),
    }),
    validateOnly: bool(),
  },
)
export type AlterClientQuotasRequest = MessageType<typeof alterClientQuotasRequest>

export const alterClientQuotasResponse = defineResponse(
  'AlterClientQuotas',
  49,
  { versions: '0-1', flexible: '1+' },
  {
    throttleTimeMs: int32(),
    entries: array({
      errorCode: int16(),
      errorMessage: string('0+', { nullable: '0+' }),
      entity: array({ entityType: string(), entityName: string('0+', { nullable: '0+' }) }),
    }),
  },
)
export type AlterClientQuotasResponse = MessageType<typeof alterClientQuotasResponse>
