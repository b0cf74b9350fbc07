import { nearestName } from '@odradek/base'
import { brokerKeyNamed } from './broker-keys.ts'
import { ConfigError } from './config-error.ts'
import type { ConfigKey } from './config-key.ts'
import type { BrokerSynonym, TopicConfig } from './topic-keys.ts'
import { brokerSynonymsOf, topicKeyNamed, topicKeyNames, topicKeys } from './topic-keys.ts'

/** A broker key's text in the unit of the topic key. */
export function convertedText(synonym: BrokerSynonym, text: string): string {
  if (synonym.factor === 1) return text
  const value = BigInt(text.trim())
  return (value < 0n ? -1n : value * BigInt(synonym.factor)).toString()
}

/** What a topic without a value of its own for the key has on a broker with these texts (static or dynamic). */
export function topicDefaultText(definition: ConfigKey, brokerTexts: ReadonlyMap<string, string>): string {
  const synonyms = brokerSynonymsOf(definition.name)
  for (const synonym of synonyms) {
    const text = brokerTexts.get(synonym.name)
    if (text !== undefined) return convertedText(synonym, text)
  }
  for (const synonym of synonyms) {
    const text = brokerKeyNamed(synonym.name)?.defaultText ?? null
    if (text !== null) return convertedText(synonym, text)
  }
  return definition.defaultText ?? ''
}

/** A topic's typed configuration: its own values before the broker's. Values that cannot be read fall back to the default. */
export function resolveTopicConfig(
  overrides: ReadonlyMap<string, string>,
  brokerTexts: ReadonlyMap<string, string>,
): TopicConfig {
  const values: Record<string, unknown> = {}
  for (const [field, definition] of Object.entries(topicKeys)) {
    const own = overrides.get(definition.name)
    try {
      values[field] = definition.parse(own ?? topicDefaultText(definition, brokerTexts))
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      values[field] = definition.parse(topicDefaultText(definition, brokerTexts))
    }
  }
  return values as unknown as TopicConfig
}

/** Throws `ConfigError` for a topic key that does not exist, a value outside its key's rules, or values that contradict each other. */
export function validateTopicConfig(overrides: ReadonlyMap<string, string>): void {
  const read = new Map<string, unknown>()
  for (const [name, text] of overrides) {
    const definition = topicKeyNamed(name)
    if (definition === undefined) {
      const nearest = nearestName(name, topicKeyNames())
      throw new ConfigError(
        'UNKNOWN_KEY',
        `Unknown topic config name: ${name}${nearest === undefined ? '' : `. Did you mean ${nearest}?`}`,
      )
    }
    read.set(name, definition.parse(text))
  }
  if (read.get('remote.storage.enable') === true) {
    throw new ConfigError(
      'INVALID_VALUE',
      'Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage.',
    )
  }
  const least = read.get('min.compaction.lag.ms')
  const most = read.get('max.compaction.lag.ms')
  if (typeof least === 'number' && typeof most === 'number' && least > most) {
    throw new ConfigError(
      'INCONSISTENT',
      `conflict topic config setting min.compaction.lag.ms (${least}) > max.compaction.lag.ms (${most})`,
    )
  }
}
