// UpdateFeatures (API 57): raises or lowers finalized feature levels.
import { array, bool, int16, int32, int8, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const updateFeaturesRequest = defineRequest(
  'UpdateFeatures',
  57,
  { versions: '0-2', flexible: '0+' },
  {
    timeoutMs: int32('0+', { default: 60000 }),
    featureUpdates: array({
      feature: string(),
      maxVersionLevel: int16(),
      allowDowngrade: bool('0'),
      upgradeType: int8('1+', { default: 1 }),
    }),
    validateOnly: bool('1+'),
  },
)
export type UpdateFeaturesRequest = MessageType<typeof updateFeaturesRequest>

export const updateFeaturesResponse = defineResponse(
  'UpdateFeatures',
  57,
  { versions: '0-2', flexible: '0+' },
  {
    throttleTimeMs: int32(),
    errorCode: int16(),
    errorMessage: string('0+', { nullable: '0+' }),
    results: array({ feature: string(), errorCode: int16(), errorMessage: string('0+', { nullable: '0+' }) }, '0-1', {
      ignorable: true,
    }),
  },
)
export type UpdateFeaturesResponse = MessageType<typeof updateFeaturesResponse>
