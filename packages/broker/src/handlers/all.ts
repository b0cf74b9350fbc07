import type { AnyApiHandler } from './any-api-handler.ts'

/** Every API that this broker answers, by key. A handler that is not here does not exist for clients. */
export const allHandlers: readonly AnyApiHandler[] = []
