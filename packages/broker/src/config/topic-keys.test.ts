import assert from 'node:assert/strict'
import { test } from 'node:test'
import { brokerKeyNamed } from './broker-keys.ts'
import { convertedText, resolveTopicConfig, validateTopicConfig } from './resolve-topic-config.ts'
import { brokerSynonymsOf, topicKeyNames, topicKeys } from './topic-keys.ts'

test('there are the 36 keys of Kafka 3.9, each with a field of its name', () => {
  assert.equal(topicKeyNames().length, 36)
  for (const [field, { name }] of Object.entries(topicKeys)) {
    assert.equal(
      field,
      name.replace(/\.(.)/g, (_, letter: string) => letter.toUpperCase()),
    )
  }
})

test('a topic key has the default of the broker key behind it', () => {
  for (const definition of Object.values(topicKeys)) {
    const synonyms = brokerSynonymsOf(definition.name)
    for (const { name } of synonyms) assert.ok(brokerKeyNamed(name) !== undefined, name)
    const [last] = synonyms
      .flatMap((synonym) => {
        const text = brokerKeyNamed(synonym.name)?.defaultText ?? null
        return text === null ? [] : [convertedText(synonym, text)]
      })
      .slice(0, 1)
    if (last !== undefined) assert.equal(definition.defaultText, last, definition.name)
  }
})

test('a topic has its own values before those of the broker, and those before the defaults', () => {
  const brokerTexts = new Map([
    ['log.retention.hours', '1'],
    ['message.max.bytes', '100'],
    ['log.cleanup.policy', 'compact, delete'],
  ])
  const config = resolveTopicConfig(new Map([['max.message.bytes', '200']]), brokerTexts)
  assert.equal(config.retentionMs, 3_600_000)
  assert.equal(config.maxMessageBytes, 200)
  assert.deepEqual(config.cleanupPolicy, ['compact', 'delete'])
  assert.equal(config.segmentBytes, 1_073_741_824)
  // What somebody else wrote into ZooKeeper and cannot be read does not stop the broker.
  assert.equal(resolveTopicConfig(new Map([['retention.ms', 'x']]), new Map()).retentionMs, 604_800_000)
})

test('values that contradict each other are refused', () => {
  const config = new Map([
    ['min.compaction.lag.ms', '10'],
    ['max.compaction.lag.ms', '5'],
  ])
  assert.throws(() => validateTopicConfig(config), /min\.compaction\.lag\.ms \(10\) > max\.compaction\.lag\.ms \(5\)/)
  assert.throws(() => validateTopicConfig(new Map([['remote.storage.enable', 'true']])), /Tiered Storage/)
  validateTopicConfig(new Map([['leader.replication.throttled.replicas', '0:1,1:2']]))
  assert.throws(() => validateTopicConfig(new Map([['leader.replication.throttled.replicas', '0-1']])))
})
