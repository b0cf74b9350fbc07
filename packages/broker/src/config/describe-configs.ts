import type { BrokerConfigTexts } from './broker-config-texts.ts'
import { brokerKeyBehind, brokerSynonymNames, effectiveBrokerTexts } from './broker-config-texts.ts'
import { brokerKeyNamed, brokerKeyNames } from './broker-keys.ts'
import type { ConfigKey, ConfigType } from './config-key.ts'
import { canonicalText } from './config-key.ts'
import { ownEntityKeys } from './own-entity-keys.ts'
import { topicDefaultText } from './resolve-topic-config.ts'
import { brokerSynonymsOf, topicKeyNamed, topicKeyNames } from './topic-keys.ts'

/** Where a value comes from, in Kafka's numbers. */
export const ConfigSource = {
  DYNAMIC_TOPIC: 1,
  DYNAMIC_BROKER: 2,
  DYNAMIC_DEFAULT_BROKER: 3,
  STATIC_BROKER: 4,
  DEFAULT: 5,
  DYNAMIC_BROKER_LOGGER: 6,
  CLIENT_METRICS: 7,
  GROUP: 8,
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
const UNKNOWN_TYPE_ID = 0

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
  /** Null for a name that no key has. */
  readonly documentation: string | null
  readonly synonyms: readonly DescribedSynonym[]
}

/** What nobody knows may be a secret: Kafka shows neither. */
function isSecret(definition: ConfigKey | undefined): boolean {
  return definition === undefined || definition.type === 'password'
}

function brokerSynonymValues(name: string, texts: BrokerConfigTexts): DescribedSynonym[] {
  const names = brokerSynonymNames(name)
  const isSensitive = isSecret(brokerKeyBehind(name))
  const from = (source: number, valueOf: (name: string) => string | null | undefined): DescribedSynonym[] =>
    names.flatMap((each) => {
      const value = valueOf(each)
      return value === undefined || value === null ? [] : [{ name: each, value: isSensitive ? null : value, source }]
    })
  const all = [
    ...from(ConfigSource.DYNAMIC_BROKER, (each) => texts.dynamicBroker.get(each)),
    ...from(ConfigSource.DYNAMIC_DEFAULT_BROKER, (each) => texts.dynamicDefault.get(each)),
    ...from(ConfigSource.STATIC_BROKER, (each) => texts.staticBroker.get(each)),
    ...from(ConfigSource.DEFAULT, (each) => brokerKeyNamed(each)?.defaultText),
  ]
  const own = all.findIndex((synonym) => synonym.name === name)
  return own < 0 ? [] : all.slice(own)
}

function describe(
  name: string,
  definition: ConfigKey | undefined,
  text: string | null,
  synonyms: readonly DescribedSynonym[],
  isReadOnly: boolean,
): DescribedConfig {
  const isSensitive = isSecret(definition)
  return {
    name,
    value: definition === undefined || text === null || isSensitive ? null : canonicalText(definition, text),
    source: synonyms[0]?.source ?? ConfigSource.DEFAULT,
    isSensitive,
    isReadOnly,
    typeId: definition === undefined ? UNKNOWN_TYPE_ID : TYPE_IDS[definition.type],
    documentation: definition?.doc ?? null,
    synonyms,
  }
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
    const text = own ?? topicDefaultText(definition, brokerTexts)
    const value = { name, value: canonicalText(definition, text), source: ConfigSource.DYNAMIC_TOPIC }
    return [describe(name, definition, text, own === undefined ? synonyms : [value, ...synonyms], false)]
  })
}

function isReadOnly(name: string): boolean {
  return (brokerKeyNamed(name)?.scope ?? 'read-only') === 'read-only'
}

/** All keys of this broker, and what else was set: names that no key has are sensitive. */
export function describeBrokerConfigs(texts: BrokerConfigTexts): DescribedConfig[] {
  const effective = effectiveBrokerTexts(texts)
  const shown = brokerKeyNames().filter((name) => brokerKeyNamed(name)?.isInternal !== true || effective.has(name))
  return [...new Set([...shown, ...effective.keys()])].map((name) => {
    const definition = brokerKeyBehind(name)
    const text = effective.get(name) ?? definition?.defaultText ?? null
    return describe(name, definition, text, brokerSynonymValues(name, texts), isReadOnly(name))
  })
}

/** All keys of a group, or of a subscription to clients' metrics that has some. `defaults` are the broker's own words for a group's keys. */
export function describeOwnEntityConfigs(
  type: 'groups' | 'client-metrics',
  overrides: ReadonlyMap<string, string>,
  defaults: ReadonlyMap<string, string>,
): DescribedConfig[] {
  const source = type === 'groups' ? ConfigSource.GROUP : ConfigSource.CLIENT_METRICS
  return ownEntityKeys(type).map((definition) => {
    const { name } = definition
    const fallback = defaults.get(name) ?? definition.defaultText
    const own = overrides.get(name)
    const synonyms = [
      ...(own === undefined ? [] : [{ name, value: own, source }]),
      { name, value: fallback, source: ConfigSource.DEFAULT },
    ]
    return describe(name, definition, own ?? fallback, synonyms, false)
  })
}

/** What is set for all brokers together. */
export function describeClusterConfigs(texts: BrokerConfigTexts): DescribedConfig[] {
  return [...texts.dynamicDefault].map(([name, text]) => {
    const synonyms = brokerSynonymValues(name, texts).filter(
      ({ source }) => source === ConfigSource.DYNAMIC_DEFAULT_BROKER,
    )
    return describe(name, brokerKeyBehind(name), text, synonyms, isReadOnly(name))
  })
}
