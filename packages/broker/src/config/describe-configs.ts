import { brokerKeyNamed, brokerKeyNames } from './broker-keys.ts'
import { ConfigError } from './config-error.ts'
import type { ConfigKey, ConfigType } from './config-key.ts'
import { canonicalText } from './config-key.ts'
import { topicDefaultText } from './resolve-topic-config.ts'
import { brokerSynonymsOf, topicKeyNamed, topicKeyNames } from './topic-keys.ts'

/** Where a value comes from, in Kafka's numbers. */
export const ConfigSource = {
  DYNAMIC_TOPIC: 1,
  DYNAMIC_BROKER: 2,
  DYNAMIC_DEFAULT_BROKER: 3,
  STATIC_BROKER: 4,
  DEFAULT: 5,
} as const

const TYPE_IDS: Readonly<Record<ConfigType, number>> = {
  boolean: 1,
  string: 2,
  int: 3,
  short: 4,
  long: 5,
  double: 6,
  list: 7,
  class: 8,
  password: 9,
}

/** The texts of a broker's configuration, by where they were set. */
export interface BrokerConfigTexts {
  readonly dynamicBroker: ReadonlyMap<string, string>
  readonly dynamicDefault: ReadonlyMap<string, string>
  readonly staticBroker: ReadonlyMap<string, string>
}

export interface DescribedSynonym {
  readonly name: string
  readonly value: string | null
  readonly source: number
}

/** One line of DescribeConfigs. */
export interface DescribedConfig {
  readonly name: string
  /** Null where there is none, or where it may not be shown. */
  readonly value: string | null
  readonly source: number
  readonly isSensitive: boolean
  readonly isReadOnly: boolean
  readonly typeId: number
  readonly documentation: string
  readonly synonyms: readonly DescribedSynonym[]
}

/** Broker keys that say the same in other units: the first that is set counts. */
const FAMILIES: readonly (readonly string[])[] = [
  ['log.roll.ms', 'log.roll.hours'],
  ['log.roll.jitter.ms', 'log.roll.jitter.hours'],
  ['log.flush.interval.ms', 'log.flush.scheduler.interval.ms'],
  ['log.retention.ms', 'log.retention.minutes', 'log.retention.hours'],
]

function familyOf(name: string): readonly string[] {
  if (name === 'log.flush.scheduler.interval.ms') return [name]
  return FAMILIES.find((family) => family.includes(name)) ?? [name]
}

function brokerSynonymValues(name: string, texts: BrokerConfigTexts): DescribedSynonym[] {
  const names = familyOf(name)
  const from = (source: number, valueOf: (name: string) => string | null | undefined): DescribedSynonym[] =>
    names.flatMap((each) => {
      const value = valueOf(each)
      const isSensitive = brokerKeyNamed(each)?.type === 'password'
      return value === undefined || value === null ? [] : [{ name: each, value: isSensitive ? null : value, source }]
    })
  return [
    ...from(ConfigSource.DYNAMIC_BROKER, (each) => texts.dynamicBroker.get(each)),
    ...from(ConfigSource.DYNAMIC_DEFAULT_BROKER, (each) => texts.dynamicDefault.get(each)),
    ...from(ConfigSource.STATIC_BROKER, (each) => texts.staticBroker.get(each)),
    ...from(ConfigSource.DEFAULT, (each) => brokerKeyNamed(each)?.defaultText),
  ]
}

function describe(
  definition: ConfigKey,
  text: string | null,
  synonyms: readonly DescribedSynonym[],
  isReadOnly: boolean,
): DescribedConfig {
  const isSensitive = definition.type === 'password'
  return {
    name: definition.name,
    value: text === null || isSensitive ? null : canonicalText(definition, text),
    source: synonyms[0]?.source ?? ConfigSource.DEFAULT,
    isSensitive,
    isReadOnly,
    typeId: TYPE_IDS[definition.type],
    documentation: definition.doc,
    synonyms,
  }
}

/** The dynamic texts go before the static ones. */
export function effectiveBrokerTexts(texts: BrokerConfigTexts): Map<string, string> {
  return new Map([...texts.staticBroker, ...texts.dynamicDefault, ...texts.dynamicBroker])
}

/** All keys of a topic. */
export function describeTopicConfigs(
  overrides: ReadonlyMap<string, string>,
  texts: BrokerConfigTexts,
): DescribedConfig[] {
  const brokerTexts = effectiveBrokerTexts(texts)
  return topicKeyNames().flatMap((name) => {
    const definition = topicKeyNamed(name)
    if (definition === undefined) return []
    const first = brokerSynonymsOf(name)[0]
    const synonyms = first === undefined ? [] : brokerSynonymValues(first.name, texts)
    const own = overrides.get(name)
    if (own === undefined) return [describe(definition, topicDefaultText(definition, brokerTexts), synonyms, false)]
    const value = { name, value: own, source: ConfigSource.DYNAMIC_TOPIC }
    return [describe(definition, own, [value, ...synonyms], false)]
  })
}

/** All keys of this broker. Keys that were set and that nobody knows are shown as Apache shows them: sensitive, without value. */
export function describeBrokerConfigs(texts: BrokerConfigTexts): DescribedConfig[] {
  const effective = effectiveBrokerTexts(texts)
  return brokerKeyNames().flatMap((name) => {
    const definition = brokerKeyNamed(name)
    if (definition === undefined) return []
    const text = effective.get(name) ?? definition.defaultText
    return [describe(definition, text, brokerSynonymValues(name, texts), definition.scope === 'read-only')]
  })
}

/** What is set for all brokers together. */
export function describeClusterConfigs(texts: BrokerConfigTexts): DescribedConfig[] {
  return [...texts.dynamicDefault].flatMap(([name, text]) => {
    const definition = brokerKeyNamed(name)
    if (definition === undefined) return []
    const synonyms = brokerSynonymValues(name, texts).filter(
      ({ source }) => source === ConfigSource.DYNAMIC_DEFAULT_BROKER,
    )
    return [describe(definition, text, synonyms, definition.scope === 'read-only')]
  })
}

/** Throws `ConfigError` when broker keys cannot be changed while brokers run, for one broker or for all. */
export function validateDynamicBrokerConfig(config: ReadonlyMap<string, string>, isPerBroker: boolean): void {
  const isFixed = (name: string): boolean => brokerKeyNamed(name)?.scope === 'read-only'
  const fixed = [...config.keys()].filter(isFixed)
  if (fixed.length > 0) {
    throw new ConfigError(
      'INVALID_VALUE',
      `Cannot update these configs dynamically: ${fixed.join(', ')}. Change server.properties and restart the broker.`,
    )
  }
  const ofOneBroker = [...config.keys()].filter((name) => brokerKeyNamed(name)?.scope === 'per-broker')
  if (!isPerBroker && ofOneBroker.length > 0) {
    throw new ConfigError(
      'INVALID_VALUE',
      `Cannot update these configs at default cluster level, broker id must be specified: ${ofOneBroker.join(', ')}`,
    )
  }
  for (const [name, text] of config) brokerKeyNamed(name)?.parse(text)
}
