import { nearestName } from '@odradek/base'
import { ClientError } from '../client-error.ts'
import type { ConfigInput, ConfigKeys, ConfigOf } from './config-key.ts'

/**
 * The typed values of all `keys`: what was given, checked, and the defaults. Throws `ClientError` INVALID_CONFIG for a wrong value and for a name
 * that `keys` does not have, with the nearest that it has.
 */
export function parseConfig<Keys extends ConfigKeys>(keys: Keys, input: ConfigInput<Keys>): ConfigOf<Keys> {
  const given = new Map(Object.entries(input).filter(([, value]) => value !== undefined && value !== null))
  for (const name of given.keys()) {
    if (Object.hasOwn(keys, name)) continue
    const nearest = nearestName(name, Object.keys(keys))
    const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`
    throw new ClientError('INVALID_CONFIG', `unknown configuration ${name}${hint}`)
  }
  const entries = Object.entries(keys).map(([name, key]) => {
    const value = given.get(name)
    return [name, value === undefined ? key.defaultValue : key.parse(name, value as never)]
  })
  return Object.freeze(Object.fromEntries(entries)) as ConfigOf<Keys>
}
