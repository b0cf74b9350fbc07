import type { AnyApiHandler } from './any-api-handler.ts'

/** The versions of one API that this broker answers. */
export interface ApiVersionRange {
  readonly apiKey: number
  readonly minVersion: number
  readonly maxVersion: number
}

/** What a broker with these handlers answers, by API key. */
export function apiVersionsOf(handlers: readonly AnyApiHandler[]): readonly ApiVersionRange[] {
  return handlers
    .map(({ request, minVersion, maxVersion }) => ({ apiKey: request.apiKey ?? -1, minVersion, maxVersion }))
    .sort((left, right) => left.apiKey - right.apiKey)
}
