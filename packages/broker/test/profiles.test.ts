import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parseBrokerConfig } from '../src/config/parse-broker-config.ts'
import { parseProperties } from '../src/config/parse-properties.ts'
import { resolveTopicConfig, validateTopicConfig } from '../src/config/resolve-topic-config.ts'

/** What each profile promises; the rows of a topic hold for a topic made with the profile's topic.properties. */
const profiles = {
  local: {
    broker: {
      numPartitions: 1,
      defaultReplicationFactor: 1,
      logRetentionMs: 604_800_000,
      messageMaxBytes: 1_048_576,
      replicaFetchMaxBytes: 1_048_576,
      requestTimeoutMs: 30_000,
      logRollMs: 3_600_000,
      logSegmentBytes: 1_073_741_824,
    },
    topic: {
      retentionMs: 604_800_000,
      maxMessageBytes: 1_048_576,
      cleanupPolicy: ['delete'],
      segmentMs: 3_600_000,
      segmentBytes: 1_073_741_824,
    },
    client: { acks: '1', 'request.timeout.ms': '30000', 'compression.type': 'none' },
  },
  production: {
    broker: {
      numPartitions: 3,
      defaultReplicationFactor: 3,
      logRetentionMs: 604_800_000,
      messageMaxBytes: 5_242_880,
      replicaFetchMaxBytes: 5_242_880,
      requestTimeoutMs: 60_000,
      logRollMs: 86_400_000,
      logSegmentBytes: 5_368_709_120,
    },
    topic: {
      retentionMs: 604_800_000,
      maxMessageBytes: 10_485_760,
      cleanupPolicy: ['delete'],
      segmentMs: 86_400_000,
      segmentBytes: 5_368_709_120,
    },
    client: { acks: 'all', 'request.timeout.ms': '60000', 'compression.type': 'snappy' },
  },
} as const

function read(path: string): Map<string, string> {
  const file = new URL(`../../../config/${path}`, import.meta.url)
  return new Map([...parseProperties(readFileSync(file, 'utf8'), path)].map(([key, { value }]) => [key, value]))
}

function pick(from: object, like: object): object {
  return Object.fromEntries(Object.keys(like).map((key) => [key, (from as Record<string, unknown>)[key]]))
}

for (const [name, expected] of Object.entries(profiles)) {
  test(`the ${name} profile loads without a warning and says what it promises`, () => {
    const config = parseBrokerConfig(read(`${name}/server.properties`))
    assert.deepEqual(config.warnings, [])
    assert.deepEqual(pick(config, expected.broker), expected.broker)

    const overrides = read(`${name}/topic.properties`)
    validateTopicConfig(overrides)
    assert.deepEqual(pick(resolveTopicConfig(overrides, config.originals), expected.topic), expected.topic)

    assert.deepEqual(pick(Object.fromEntries(read(`${name}/client.properties`)), expected.client), expected.client)
  })
}

test('a topic of keys and values is compacted under the production profile', () => {
  const overrides = read('production/key-value-topic.properties')
  validateTopicConfig(overrides)
  assert.deepEqual(resolveTopicConfig(overrides, new Map()).cleanupPolicy, ['compact'])
})
