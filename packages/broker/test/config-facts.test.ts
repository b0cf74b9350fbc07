import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { brokerKeys } from '../src/config/broker-keys.ts'
import type { ConfigKey } from '../src/config/config-key.ts'
import { describeBrokerConfigs, describeTopicConfigs } from '../src/config/describe-configs.ts'
import { topicKeys } from '../src/config/topic-keys.ts'
import { validValuesText } from '../src/config/config-key.ts'

interface Fact {
  readonly name: string
  readonly type: string
  readonly default: string | null
  readonly importance: string
  readonly valid: string | null
  readonly mode?: string
  readonly internal?: boolean
}

/** Read from Kafka 3.9.1's own definitions by the judge `configuration`. */
const facts = JSON.parse(readFileSync(new URL('fixtures/config-keys-3.9.1.json', import.meta.url), 'utf8')) as Readonly<
  Record<'broker' | 'topic', readonly Fact[]>
>

/** Where these keys differ on purpose. */
const chosen = new Map<string, { readonly type?: string; readonly default?: string }>([
  // Files of segments may be larger than 2 GiB.
  ['log.segment.bytes', { type: 'long' }],
  ['segment.bytes', { type: 'long' }],
  // The consumer protocol is spoken, which Kafka does on KRaft only; these are the defaults of Kafka 4.
  ['group.coordinator.rebalance.protocols', { default: 'classic,consumer' }],
  ['group.consumer.assignors', { default: 'uniform,range' }],
  ['group.consumer.migration.policy', { default: 'bidirectional' }],
])

/** Ranges and lists of words are compared; what Kafka says of the others is prose. */
function comparable(valid: string | null): string | null {
  if (valid?.startsWith('[') !== true) return null
  const text = valid.slice(1, -1)
  if (text.startsWith('0.8.0, ') || /unknown|brokerId| or /.test(text)) return null
  const [from, to] = text.split(',...')
  if (to === undefined) return text.split(', ').sort().join(', ')
  return `${Number(from)},...${to === '' ? '' : `,${Number(to.slice(1))}`}`
}

function compare(keys: readonly ConfigKey[], known: readonly Fact[]): void {
  assert.deepEqual(keys.map(({ name }) => name).sort(), known.map(({ name }) => name).sort())
  for (const key of keys) {
    const fact = known.find(({ name }) => name === key.name)
    assert.ok(fact)
    const ours = { type: key.type, default: key.defaultText, importance: key.importance, isInternal: key.isInternal }
    const { type, default: defaultText, importance, internal = false } = { ...fact, ...chosen.get(key.name) }
    assert.deepEqual(ours, { type, default: defaultText, importance, isInternal: internal }, key.name)
    if (fact.mode !== undefined) assert.equal(key.scope, fact.mode, key.name)
    const valid = comparable(fact.valid)
    if (valid !== null) assert.equal(comparable(`[${validValuesText(key)}]`), valid, key.name)
  }
}

test('the keys of a broker are those of Kafka 3.9.1: types, defaults, ranges, importance, how they can change', () => {
  assert.equal(facts.broker.filter(({ internal }) => internal !== true).length, 314)
  compare(Object.values(brokerKeys), facts.broker)
})

test('the keys of a topic are those of Kafka 3.9.1', () => {
  assert.equal(facts.topic.length, 36)
  compare(Object.values(topicKeys), facts.topic)
})

test('DescribeConfigs shows 314 keys of a broker and 36 of a topic, each documented, and internal ones when they are set', () => {
  const texts = { dynamicBroker: new Map(), dynamicDefault: new Map(), staticBroker: new Map<string, string>() }
  const described = describeBrokerConfigs(texts)
  assert.equal(described.length, 314)
  assert.equal(describeTopicConfigs(new Map(), texts).length, 36)
  assert.deepEqual(
    described.filter(({ documentation }) => documentation === null),
    [],
  )
  texts.staticBroker.set('log.initial.task.delay.ms', '5')
  assert.equal(describeBrokerConfigs(texts).length, 315)
})
