import type { ApiHandler } from './api-handler.ts'

/** A handler whose message types are forgotten, as the table and the dispatcher see it: it only ever gets back what its own decoder made. */
export type AnyApiHandler = ApiHandler<object, object>

/** Forgets the message types of a handler. */
export function anyHandler<Request extends object, Response extends object>(
  handler: ApiHandler<Request, Response>,
): AnyApiHandler {
  return handler as unknown as AnyApiHandler
}
