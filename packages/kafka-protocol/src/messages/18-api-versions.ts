// ApiVersions (API 18): the APIs and versions that a broker speaks. Its response always has the oldest header.
import { array, bool, int16, int32, int64, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const apiVersionsRequest = defineRequest(
  'ApiVersions',
  18,
  { versions: '0-4', flexible: '3+' },
  { clientSoftwareName: string('3+', { ignorable: true }), clientSoftwareVersion: string('3+', { ignorable: true }) },
)
export type ApiVersionsRequest = MessageType<typeof apiVersionsRequest>

export const apiVersionsResponse = defineResponse(
  'ApiVersions',
  18,
  { versions: '0-4', flexible: '3+' },
  {
    errorCode: int16(),
    apiKeys: array({ apiKey: int16(), minVersion: int16(), maxVersion: int16() }),
    throttleTimeMs: int32('1+', { ignorable: true }),
    supportedFeatures: array({ name: string(), minVersion: int16(), maxVersion: int16() }, '3+', {
      tag: 0,
      ignorable: true,
    }),
    finalizedFeaturesEpoch: int64('3+', { tag: 1, default: -1n, ignorable: true }),
    finalizedFeatures: array({ name: string(), maxVersionLevel: int16(), minVersionLevel: int16() }, '3+', {
      tag: 2,
      ignorable: true,
    }),
    zkMigrationReady: bool('3+', { tag: 3, ignorable: true }),
  },
)
export type ApiVersionsResponse = MessageType<typeof apiVersionsResponse>
