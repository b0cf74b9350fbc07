import assert from 'node:assert/strict'
import { test } from 'node:test'
import { brokerKeys } from './broker-keys.ts'
import { ConfigError } from './config-error.ts'
import { parseBrokerConfig } from './parse-broker-config.ts'
import { parseProperties } from './parse-properties.ts'

const required = { 'zookeeper.connect': 'localhost:2181' }

function refusal(properties: Record<string, string>): string {
  try {
    parseBrokerConfig({ ...required, ...properties })
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error))
    return error.message
  }
  return 'accepted'
}

test('every field is named as its key, has a default that its own rules accept, and is documented', () => {
  for (const [field, definition] of Object.entries(brokerKeys)) {
    const camelCase = definition.name.replace(/\.(.)/g, (_, letter: string) => letter.toUpperCase())
    assert.equal(field, camelCase)
    if (definition.defaultText !== null) definition.parse(definition.defaultText)
    assert.match(definition.doc, /\.$/, definition.name)
  }
})

test('what is not set has the defaults of Kafka', () => {
  const config = parseBrokerConfig(required)
  assert.equal(config.brokerId, -1)
  assert.deepEqual(config.listeners, [{ name: 'PLAINTEXT', securityProtocol: 'PLAINTEXT', host: '', port: 9092 }])
  assert.equal(config.advertisedListeners, config.listeners)
  assert.equal(config.interBrokerListenerName, 'PLAINTEXT')
  assert.deepEqual(config.logDirs, ['/tmp/kafka-logs'])
  assert.equal(config.logRetentionMs, 604_800_000)
  assert.equal(config.logRollMs, 604_800_000)
  assert.equal(config.zookeeperConnectionTimeoutMs, 18_000)
  assert.deepEqual(config.warnings, [])
})

test('the finer unit goes before the coarser one', () => {
  const config = parseBrokerConfig({
    ...required,
    'log.retention.hours': '1',
    'log.retention.minutes': '2',
    'log.roll.hours': '3',
    'log.roll.ms': '4',
  })
  assert.equal(config.logRetentionMs, 120_000)
  assert.equal(config.logRollMs, 4)
  assert.equal(parseBrokerConfig({ ...required, 'log.retention.hours': '-1' }).logRetentionMs, -1)
})

test('segments may be above 2 GiB', () => {
  assert.equal(parseBrokerConfig({ ...required, 'log.segment.bytes': '5368709120' }).logSegmentBytes, 5_368_709_120)
})

test('listeners have names, protocols and addresses', () => {
  const config = parseBrokerConfig({
    ...required,
    listeners: 'internal://10.0.0.1:9093, EXTERNAL://[::1]:9094',
    'advertised.listeners': 'EXTERNAL://kafka.example.org:443,INTERNAL://10.0.0.1:9093',
    'listener.security.protocol.map': 'INTERNAL:PLAINTEXT,EXTERNAL:PLAINTEXT',
    'inter.broker.listener.name': 'INTERNAL',
  })
  assert.deepEqual(
    config.listeners.map(({ name, host, port }) => [name, host, port]),
    [
      ['INTERNAL', '10.0.0.1', 9093],
      ['EXTERNAL', '::1', 9094],
    ],
  )
  assert.equal(config.advertisedListeners[0]?.host, 'kafka.example.org')
  assert.equal(config.interBrokerListenerName, 'INTERNAL')
})

test('what cannot be is refused with the key, the value and what would be right', () => {
  const expectations: [properties: Record<string, string>, message: string | RegExp][] = [
    [{ 'num.partitions': '0' }, 'Invalid value 0 for configuration num.partitions: Value must be at least 1'],
    [{ 'num.partitions': 'two' }, 'Invalid value two for configuration num.partitions: Not a number of type INT'],
    [{ 'num.partitions': '3000000000' }, /Not a number of type INT/],
    [
      { 'offsets.topic.replication.factor': '40000' },
      'Invalid value 40000 for configuration offsets.topic.replication.factor: Not a number of type SHORT',
    ],
    [{ 'log.segment.bytes': '9223372036854775808' }, /Not a number of type LONG/],
    [
      { 'auto.create.topics.enable': 'yes' },
      'Invalid value yes for configuration auto.create.topics.enable: Expected value to be either true or false',
    ],
    [{ 'log.cleanup.policy': 'delete,shred' }, /String must be one of: compact, delete/],
    [{ 'compression.type': 'rar' }, /String must be one of: uncompressed, zstd, lz4, snappy, gzip, producer/],
    [{ 'compression.gzip.level': '10' }, /Value must be between 1 and 9 or equal to -1/],
    [{ 'log.cleaner.min.cleanable.ratio': '1.5' }, /Value must be no more than 1/],
    [{ 'broker.id': '1001' }, /not greater than reserved\.broker\.max\.id \(1000\)/],
    [{ 'broker.id': '-1', 'broker.id.generation.enable': 'false' }, /broker\.id must be set/],
    [{ listeners: 'localhost:9092' }, /"localhost:9092" is not of the form NAME:\/\/host:port/],
    [{ listeners: 'PLAINTEXT://:70000' }, /port 70000 .* is not between 0 and 65535/],
    [{ listeners: 'PLAINTEXT://:1,PLAINTEXT://:2' }, /each listener must have a different name/],
    [{ listeners: 'OUTSIDE://:1' }, /no security protocol is defined for listener OUTSIDE/],
    [{ listeners: 'SSL://:1', 'inter.broker.listener.name': 'SSL' }, /this broker speaks PLAINTEXT only/],
    [{ listeners: 'PLAINTEXT://0.0.0.0:9092' }, /cannot use the address 0\.0\.0\.0.*set advertised\.listeners/],
    [
      {
        'advertised.listeners': 'OTHER://h:1',
        'listener.security.protocol.map': 'OTHER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
      },
      /names OTHER, which is not among listeners/,
    ],
    [{ 'inter.broker.listener.name': 'INSIDE' }, /INSIDE is not among PLAINTEXT/],
    [{ 'inter.broker.listener.name': 'PLAINTEXT', 'security.inter.broker.protocol': 'PLAINTEXT' }, /Only one of/],
    [{ 'max.connections.per.ip.overrides': '10.0.0.1' }, /"10\.0\.0\.1" is not address:count/],
    [{ 'log.dirs': ' , ' }, /At least one log directory/],
    [{ 'log.retention.ms': '0' }, /must be unlimited \(-1\)/],
    [{ 'authorizer.class.name': 'kafka.security.authorizer.AclAuthorizer' }, /has no authorizer/],
    [{ 'zookeeper.set.acl': 'true' }, /cannot authenticate at ZooKeeper/],
    [{ 'replica.fetch.wait.max.ms': '40000' }, /replica\.socket\.timeout\.ms should always be at least/],
    [{ 'zookeeper.connect': '' }, /Missing required configuration `zookeeper\.connect`/],
  ]
  for (const [properties, expected] of expectations) {
    const message = refusal(properties)
    if (typeof expected === 'string') assert.equal(message, expected)
    else assert.match(message, expected)
  }
})

test('an error names the line of the file', () => {
  const properties = parseProperties('zookeeper.connect=z:2181\n\nnum.partitions=many\n')
  assert.throws(() => parseBrokerConfig(properties), /num\.partitions: Not a number of type INT \(line 3\)/)
})

test('a key that nobody knows is a warning that names the nearest', () => {
  const { warnings } = parseBrokerConfig({
    ...required,
    'log.retention.msec': '1',
    'retention.ms': '1',
    'completely.different': '1',
    'ssl.keystore.location': '/x',
  })
  assert.deepEqual(warnings, [
    'No effect on this broker: ssl.keystore.location.',
    'Unknown configuration key log.retention.msec is ignored. Did you mean log.retention.ms?',
    'Unknown configuration key retention.ms is ignored. It is a key of topics.',
    'Unknown configuration key completely.different is ignored.',
  ])
})
