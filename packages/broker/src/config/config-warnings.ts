import { nearestName } from '@odradek/base'
import { brokerKeyBehind, listenerKeyOf } from './broker-config-texts.ts'
import { brokerKeyNames } from './broker-keys.ts'
import { LISTENER_LIMITS } from './listener-limits.ts'
import { topicKeyNamed } from './topic-keys.ts'

/** Keys of others that stand in many files, and do nothing here. */
const PREFIXES_WITHOUT_EFFECT = ['confluent.', 'kafka.', 'rlmm.config.', 'rsm.config.']

/** The names that are set to something else than the default although what they are about is not there. */
export function keysWithoutEffect(texts: ReadonlyMap<string, string>): string[] {
  return [...texts].flatMap(([name, text]) => {
    const definition = brokerKeyBehind(name)
    const isIdle = definition?.effect === 'not yet' || definition?.effect === 'never'
    const isOfListener = listenerKeyOf(name) !== undefined && !LISTENER_LIMITS.has(definition?.name ?? '')
    return (isIdle && text.trim() !== definition.defaultText) || (definition !== undefined && isOfListener)
      ? [name]
      : []
  })
}

/** What a person should hear about a configuration: keys that do nothing, and keys that nobody knows. */
export function configWarnings(texts: ReadonlyMap<string, string>): string[] {
  const idle = keysWithoutEffect(texts)
  const warnings: string[] = idle.length === 0 ? [] : [`No effect on this broker: ${idle.join(', ')}.`]
  const names = brokerKeyNames()
  for (const name of texts.keys()) {
    if (brokerKeyBehind(name) !== undefined) continue
    if (PREFIXES_WITHOUT_EFFECT.some((prefix) => name.startsWith(prefix))) continue
    const nearest = nearestName(name, names)
    const hint =
      topicKeyNamed(name) !== undefined
        ? ' It is a key of topics.'
        : nearest === undefined
          ? ''
          : ` Did you mean ${nearest}?`
    warnings.push(`Unknown configuration key ${name} is ignored.${hint}`)
  }
  return warnings
}
