import type { ListenerLimits } from './broker-config.ts'
import { brokerKeyBehind, listenerKeyOf } from './broker-config-texts.ts'
import { invalidValue } from './config-key.ts'

/** Keys that may be set for one listener, and the fields that hold them. */
export const LISTENER_LIMITS: ReadonlyMap<string, keyof ListenerLimits> = new Map([
  ['max.connections', 'maxConnections'],
  ['max.connection.creation.rate', 'maxConnectionCreationRate'],
] as const)

/** Reads what is set for one listener; throws `ConfigError` for a value that is none. */
export function listenerLimitsOf(texts: ReadonlyMap<string, string>): ReadonlyMap<string, ListenerLimits> {
  const limits = new Map<string, ListenerLimits>()
  for (const [name, text] of texts) {
    const listenerKey = listenerKeyOf(name)
    if (listenerKey === undefined) continue
    const value = brokerKeyBehind(name)?.parse(text)
    const field = LISTENER_LIMITS.get(listenerKey.key)
    if (field === undefined || typeof value !== 'number') continue
    if (value <= 0) throw invalidValue(name, text, 'Value must be at least 1')
    limits.set(listenerKey.listener, { ...limits.get(listenerKey.listener), [field]: value })
  }
  return limits
}
