import { adminKeys, consumerKeys, producerKeys } from '@odradek/client'

const known = [adminKeys, producerKeys, consumerKeys]

/**
 * The properties that a client with these keys takes. Those that only another kind of client has are left out, so that a context, or `-X`, may say for
 * instance `linger.ms` and `fetch.min.bytes` at once; what no client knows stays, for the client to refuse.
 */
export function propertiesFor(
  keys: Readonly<Record<string, unknown>>,
  properties: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(properties).filter(
      ([name]) => Object.hasOwn(keys, name) || !known.some((others) => Object.hasOwn(others, name)),
    ),
  )
}
