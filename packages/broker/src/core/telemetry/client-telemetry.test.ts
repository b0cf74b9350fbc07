import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compress, errorOf, KafkaError } from '@odradek/kafka-protocol'
import fc from 'fast-check'
import { ClientMatch } from './client-match.ts'
import type { TelemetryPush } from './client-telemetry.ts'
import { ClientTelemetry } from './client-telemetry.ts'
import { decodeOtlpMetrics } from './otlp-metrics.ts'

const id = 'tSZ0KzU5RmmCKpoY0dYQ2A'
const noId = 'AAAAAAAAAAAAAAAAAAAAAA'
const java = {
  client_id: 'app-1',
  client_software_name: 'apache-kafka-java',
  client_software_version: '4.3.1',
  client_source_address: '10.0.0.9',
  client_source_port: '4711',
}

function field(number: number, wireType: 0 | 1 | 2, content: Buffer): Buffer {
  const length = wireType === 2 ? [varint(content.length)] : []
  return Buffer.concat([varint(number * 8 + wireType), ...length, content])
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push(rest >= 128 ? (rest % 128) | 0x80 : rest)
    if (rest < 128) return Buffer.from(bytes)
  }
}

function double(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleLE(value)
  return bytes
}

/** A message with one gauge and one sum of deltas. */
function metricsData(): Buffer {
  const attribute = field(
    7,
    2,
    Buffer.concat([field(1, 2, Buffer.from('topic')), field(2, 2, field(1, 2, Buffer.from('t')))]),
  )
  const gauge = Buffer.concat([
    field(1, 2, Buffer.from('org.apache.kafka.consumer.lag')),
    field(5, 2, field(1, 2, Buffer.concat([field(4, 1, double(2.5)), attribute]))),
  ])
  const integer = Buffer.alloc(8)
  integer.writeBigInt64LE(7n)
  const sum = Buffer.concat([
    field(1, 2, Buffer.from('org.apache.kafka.consumer.polls')),
    field(7, 2, Buffer.concat([field(1, 2, field(6, 1, integer)), field(2, 0, varint(1)), field(3, 0, varint(1))])),
  ])
  return field(1, 2, field(2, 2, Buffer.concat([field(2, 2, gauge), field(2, 2, sum)])))
}

function subscribed(match: readonly string[] = []): ClientTelemetry {
  const telemetry = new ClientTelemetry(1000)
  telemetry.setSubscription('s', {
    metrics: ['org.apache.kafka.consumer.'],
    intervalMs: 1000,
    match: new ClientMatch(match),
  })
  return telemetry
}

function codeName(code: number): string {
  return code === 0 ? 'NONE' : errorOf(code).name
}

test('a client gets an id, what it is to push and how often; what it pushes is read', () => {
  const telemetry = subscribed()
  const told = telemetry.instructions(noId, id, java, 0)
  assert.deepEqual(
    { ...told, subscriptionId: 0 },
    {
      errorCode: 0,
      clientInstanceId: id,
      subscriptionId: 0,
      acceptedCompressionTypes: [4, 3, 1, 2],
      pushIntervalMs: 1000,
      telemetryMaxBytes: 1000,
      deltaTemporality: true,
      requestedMetrics: ['org.apache.kafka.consumer.'],
    },
  )
  const push = { clientInstanceId: id, subscriptionId: told.subscriptionId, terminating: false }
  const outcome = telemetry.push({ ...push, compressionType: 4, metrics: compress('zstd', metricsData()) }, java, 500)
  assert.deepEqual(outcome.numbers, [
    { name: 'org.apache.kafka.consumer.lag', attributes: [['topic', 't']], value: 2.5, isDelta: false },
    { name: 'org.apache.kafka.consumer.polls', attributes: [], value: 7, isDelta: true },
  ])
})

test('what comes too early, is too large, of an old subscription, broken or after the end is refused', () => {
  const telemetry = subscribed()
  const { subscriptionId } = telemetry.instructions(noId, id, java, 0)
  const push: TelemetryPush = {
    clientInstanceId: id,
    subscriptionId,
    terminating: false,
    compressionType: 0,
    metrics: Buffer.alloc(0),
  }
  const pushed = (changes: Partial<TelemetryPush>, nowMs: number): string =>
    codeName(telemetry.push({ ...push, ...changes }, java, nowMs).errorCode)
  assert.equal(pushed({ clientInstanceId: noId }, 0), 'INVALID_REQUEST')
  assert.equal(codeName(telemetry.instructions(id, '', java, 10).errorCode), 'THROTTLING_QUOTA_EXCEEDED')
  assert.equal(pushed({}, 10), 'NONE')
  assert.equal(pushed({}, 20), 'THROTTLING_QUOTA_EXCEEDED')
  assert.equal(pushed({ metrics: Buffer.alloc(1001) }, 1100), 'TELEMETRY_TOO_LARGE')
  assert.equal(pushed({ metrics: Buffer.from([0x0a, 5]) }, 2200), 'INVALID_RECORD')
  assert.equal(pushed({ compressionType: 9 }, 3300), 'UNSUPPORTED_COMPRESSION_TYPE')
  assert.equal(
    pushed({ metrics: compress('zstd', Buffer.alloc(1_000_000)), compressionType: 4 }, 4400),
    'INVALID_RECORD',
  )
  assert.equal(pushed({ subscriptionId: subscriptionId + 1 }, 5500), 'UNKNOWN_SUBSCRIPTION_ID')
  assert.equal(codeName(telemetry.instructions(id, '', java, 5510).errorCode), 'NONE', 'it may ask what is new at once')
  telemetry.setSubscription('more', { metrics: ['*'], intervalMs: 2000, match: new ClientMatch([]) })
  assert.equal(pushed({}, 7000), 'UNKNOWN_SUBSCRIPTION_ID')
  const { subscriptionId: newest, requestedMetrics } = telemetry.instructions(id, '', java, 7010)
  assert.deepEqual(requestedMetrics, ['*'])
  assert.equal(pushed({ subscriptionId: newest, terminating: true }, 8100), 'NONE')
  assert.equal(pushed({ subscriptionId: newest }, 20_000), 'INVALID_REQUEST')
})

test('a subscription is for the clients that match all of its expressions', () => {
  const asked = (match: readonly string[]): number =>
    subscribed(match).instructions(noId, id, java, 0).requestedMetrics.length
  assert.equal(asked(['client_software_name=apache-kafka-.*', 'client_software_version=4\\..*']), 1)
  assert.equal(asked(['client_software_name=apache']), 0)
  assert.equal(asked([' client_id = app-1 ', 'client_source_port=1']), 0)
  for (const wrong of ['client_id', 'name=x', 'client_id=(', 'client_id=a=b', 'client_id=(?=x)']) {
    assert.throws(() => new ClientMatch([wrong]), KafkaError, wrong)
  }
})

test('clients that fall silent are forgotten', () => {
  const telemetry = subscribed()
  telemetry.instructions(noId, id, java, 0)
  assert.deepEqual(telemetry.expire(59_999), [])
  assert.deepEqual(telemetry.expire(60_000), [id])
  assert.equal(telemetry.instanceCount, 0)
})

test('no bytes crash the reader of metrics', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(300), (noise, at) => {
      const bytes = metricsData()
      bytes.set(noise.subarray(0, Math.max(0, bytes.length - at)), Math.min(at, bytes.length))
      const telemetry = subscribed()
      const { subscriptionId } = telemetry.instructions(noId, id, java, 0)
      const push = { clientInstanceId: id, subscriptionId, terminating: false, compressionType: 0, metrics: bytes }
      const { errorCode } = telemetry.push(push, java, 1)
      assert.ok(['NONE', 'INVALID_RECORD'].includes(codeName(errorCode)))
    }),
  )
  assert.equal(decodeOtlpMetrics(metricsData(), 1).length, 1)
})
