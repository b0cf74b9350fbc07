import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeBrokerId, encodeBrokerId } from '../src/znodes/broker-id.ts'
import { decodeClusterId, encodeClusterId } from '../src/znodes/cluster-id.ts'
import { decodeConfigChange, encodeConfigChange } from '../src/znodes/config-change.ts'
import { decodeConfigEntity, encodeConfigEntity } from '../src/znodes/config-entity.ts'
import { decodeControllerEpoch, encodeControllerEpoch } from '../src/znodes/controller-epoch.ts'
import { decodeController, encodeController } from '../src/znodes/controller.ts'
import { decodeFeature, encodeFeature } from '../src/znodes/feature.ts'
import { decodeIsrChange } from '../src/znodes/isr-change-notification.ts'
import { decodeLogDirEvent, encodeLogDirEvent } from '../src/znodes/log-dir-event.ts'
import { decodePartitionState, encodePartitionState } from '../src/znodes/partition-state.ts'
import { decodePreferredReplicaElection } from '../src/znodes/preferred-replica-election.ts'
import { decodeProducerIdBlock, encodeProducerIdBlock } from '../src/znodes/producer-id-block.ts'
import { decodeReassignPartitions } from '../src/znodes/reassign-partitions.ts'
import { decodeTopic, encodeTopic } from '../src/znodes/topic.ts'
import { ZnodeError } from '../src/znodes/znode-error.ts'

const real = JSON.parse(readFileSync(new URL('./fixtures/znodes-kafka-3.9.json', import.meta.url), 'utf8')) as {
  readonly data: readonly (readonly [path: string, data: string])[]
}

/** What is read from a znode's data, written again. */
type Copy = (data: Buffer, match: readonly string[]) => Buffer | undefined

const copies: readonly (readonly [pattern: RegExp, copy: Copy])[] = [
  [/^\/brokers\/ids\/(\d+)$/, (data, [, id]) => encodeBrokerId(decodeBrokerId(Number(id), data))],
  [/^\/brokers\/topics\/([^/]+)$/, (data, [, topic = '']) => encodeTopic(decodeTopic(topic, data))],
  [
    /^\/brokers\/topics\/([^/]+)\/partitions\/(\d+)\/state$/,
    (data, [, topic = '', partition]) => encodePartitionState(decodePartitionState(topic, Number(partition), data)),
  ],
  [
    /^\/controller$/,
    (data) =>
      encodeController(
        decodeController(data),
        Number((JSON.parse(data.toString()) as { timestamp: string }).timestamp),
      ),
  ],
  [/^\/controller_epoch$/, (data) => encodeControllerEpoch(decodeControllerEpoch(data))],
  [/^\/cluster\/id$/, (data) => encodeClusterId(decodeClusterId(data))],
  [/^\/feature$/, (data) => encodeFeature(decodeFeature(data))],
  [/^\/config\/changes\/(.+)$/, (data, [, name = '']) => encodeConfigChange(decodeConfigChange(name, data))],
  [/^\/config\/.+$/, (data, [path = '']) => encodeConfigEntity(decodeConfigEntity(path, data))],
  [
    /^\/latest_producer_id_block$/,
    (data) => {
      const block = decodeProducerIdBlock(data)
      return block === undefined ? undefined : encodeProducerIdBlock(block)
    },
  ],
]

test('what Apache Kafka 3.9 has written is read, and written again with nothing lost', () => {
  const seen = new Set<RegExp>()
  for (const [path, text] of real.data) {
    const found = copies.find(([pattern]) => pattern.test(path))
    assert.ok(found !== undefined, `nobody knows ${path}`)
    const [pattern, copy] = found
    seen.add(pattern)
    const written = copy(Buffer.from(text), pattern.exec(path) ?? [])
    assert.ok(written !== undefined, path)
    assert.deepEqual(JSON.parse(written.toString()), JSON.parse(text), path)
  }
  assert.equal(seen.size, copies.length, 'each kind was there')
})

test('older versions are read too', () => {
  const v1 = decodeBrokerId(3, Buffer.from('{"version":1,"host":"h","port":9092,"jmx_port":9999,"timestamp":"12"}'))
  assert.deepEqual(v1.endpoints, [{ name: 'PLAINTEXT', securityProtocol: 'PLAINTEXT', host: 'h', port: 9092 }])
  const topic = decodeTopic('t', Buffer.from('{"version":1,"partitions":{"0":[1,2]}}'))
  assert.deepEqual(topic.partitions.get(0), { replicas: [1, 2], adding: [], removing: [] })
  assert.equal(topic.topicId, undefined)
  const change = decodeConfigChange('c', Buffer.from('{"version":1,"entity_type":"topics","entity_name":"t"}'))
  assert.equal(change, 'topics/t')
  assert.equal(decodeLogDirEvent('e', encodeLogDirEvent(7)), 7)
  assert.equal(decodeConfigEntity('/config/topics/t', null).size, 0)
})

const decoders: readonly ((data: Buffer | null) => unknown)[] = [
  (data) => decodeBrokerId(1, data),
  (data) => decodeTopic('t', data),
  (data) => decodePartitionState('t', 0, data),
  decodeController,
  decodeControllerEpoch,
  decodeClusterId,
  decodeFeature,
  decodeProducerIdBlock,
  decodePreferredReplicaElection,
  decodeReassignPartitions,
  (data) => decodeConfigChange('c', data),
  (data) => decodeConfigEntity('/config/topics/t', data),
  (data) => decodeIsrChange('i', data),
  (data) => decodeLogDirEvent('l', data),
]

test('data that nobody should have written is an error of one kind, never another', () => {
  const keys = [
    'version',
    'partitions',
    'endpoints',
    'leader',
    'isr',
    'config',
    'topic_id',
    '__proto__',
    'brokerid',
    '0',
  ]
  const values = fc.jsonValue({ maxDepth: 3 })
  const objects = fc.dictionary(fc.constantFrom(...keys), values)
  const texts = fc.oneof(
    fc.string(),
    objects.map((value) => JSON.stringify(value)),
    values.map((value) => JSON.stringify(value)),
  )
  fc.assert(
    fc.property(texts, (text) => {
      for (const decode of decoders) {
        try {
          decode(Buffer.from(text))
        } catch (error) {
          assert.ok(error instanceof ZnodeError, String(error))
        }
      }
    }),
    { numRuns: 500 },
  )
})
