import { brokerKeyNamed } from './broker-keys.ts'
import type { ConfigKey } from './config-key.ts'
import { ownKeys } from './keys/own-keys.ts'
import { throttleKeys } from './keys/throttle-keys.ts'

/** The texts of a broker's configuration, by where they were set. */
export interface BrokerConfigTexts {
  readonly dynamicBroker: ReadonlyMap<string, string>
  readonly dynamicDefault: ReadonlyMap<string, string>
  readonly staticBroker: ReadonlyMap<string, string>
}

/** Broker keys that say the same in other units: the first that is set counts. */
const FAMILIES: readonly (readonly string[])[] = [
  ['log.roll.ms', 'log.roll.hours'],
  ['log.roll.jitter.ms', 'log.roll.jitter.hours'],
  ['log.flush.interval.ms', 'log.flush.scheduler.interval.ms'],
  ['log.retention.ms', 'log.retention.minutes', 'log.retention.hours'],
]

/** Keys that are given per SASL mechanism too: listener.name.NAME.MECHANISM.KEY. */
const MECHANISM_KEYS: readonly string[] = [
  'sasl.jaas.config',
  'sasl.login.callback.handler.class',
  'sasl.login.class',
  'sasl.server.callback.handler.class',
  'connections.max.reauth.ms',
]

/** The key that listener.name.NAME.KEY sets for one listener, or undefined for a name that is not of this form. */
export function listenerKeyOf(name: string): { readonly listener: string; readonly key: string } | undefined {
  const match = /^listener\.name\.([^.]*)\.(.*)$/.exec(name)
  if (match === null) return undefined
  const [, listener = '', rest = ''] = match
  return { listener: listener.toUpperCase(), key: MECHANISM_KEYS.find((key) => rest.endsWith(key)) ?? rest }
}

/** The key itself, or for listener.name.NAME.KEY that which it sets for one listener. */
export function brokerKeyBehind(name: string): ConfigKey | undefined {
  return brokerKeyNamed(name) ?? furtherKeys.get(name) ?? brokerKeyNamed(listenerKeyOf(name)?.key ?? '')
}

/** Keys that are known and not among those of server.properties of Kafka. */
const furtherKeys = new Map<string, ConfigKey>(
  Object.values({ ...throttleKeys, ...ownKeys }).map((definition) => [definition.name, definition]),
)

/** The keys that say the same as this one, itself among them; the first that is set counts. */
export function brokerSynonymNames(name: string): readonly string[] {
  const listenerKey = listenerKeyOf(name)
  if (listenerKey !== undefined) return [name, listenerKey.key]
  if (name === 'log.flush.scheduler.interval.ms') return [name]
  return FAMILIES.find((family) => family.includes(name)) ?? [name]
}

/** Sets texts over others. A key takes those away that say the same, else an hour set before would go before a minute set now. */
function override(texts: Map<string, string>, over: ReadonlyMap<string, string>): void {
  for (const [name, text] of over) {
    if (listenerKeyOf(name) === undefined) for (const synonym of brokerSynonymNames(name)) texts.delete(synonym)
    texts.set(name, text)
  }
}

/** What counts: what was set for this broker before what was set for all, and that before server.properties. */
export function effectiveBrokerTexts(texts: BrokerConfigTexts): Map<string, string> {
  const effective = new Map(texts.staticBroker)
  override(effective, texts.dynamicDefault)
  override(effective, texts.dynamicBroker)
  return effective
}
