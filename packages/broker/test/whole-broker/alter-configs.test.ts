import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorOf } from '@odradek/kafka-protocol'
import { createTopicsRequest, createTopicsResponse } from '@odradek/kafka-protocol/messages/19-create-topics'
import { describeConfigsRequest, describeConfigsResponse } from '@odradek/kafka-protocol/messages/32-describe-configs'
import { alterConfigsRequest, alterConfigsResponse } from '@odradek/kafka-protocol/messages/33-alter-configs'
import { ClusterWorld } from './cluster-world.ts'

const TOPIC = 2
const BROKER = 4

type Pairs = readonly (readonly [name: string, value: string | null])[]

async function replace(
  world: ClusterWorld,
  resourceType: number,
  resourceName: string,
  pairs: Pairs,
  { validateOnly = false, version = 2 } = {},
): Promise<string> {
  const configs = pairs.map(([name, value]) => ({ name, value }))
  const { responses } = await world.ask(
    alterConfigsRequest,
    alterConfigsResponse,
    { resources: [{ resourceType, resourceName, configs }], validateOnly },
    { version },
  )
  return responses
    .map(({ errorCode, errorMessage }) => (errorCode === 0 ? 'NONE' : `${errorOf(errorCode).name}: ${errorMessage}`))
    .join()
}

/** What is set for the resource itself. */
async function valuesOf(world: ClusterWorld, resourceType: number, resourceName: string): Promise<string> {
  const { results } = await world.ask(describeConfigsRequest, describeConfigsResponse, {
    resources: [{ resourceType, resourceName, configurationKeys: null }],
  })
  const own = results.flatMap(({ configs }) => configs).filter(({ configSource }) => configSource <= 3)
  return own
    .map(({ name, value }) => `${name}=${value}`)
    .sort()
    .join(' ')
}

test('AlterConfigs replaces all that was set', async () => {
  const world = await ClusterWorld.withZooKeeper('alter configs')
  await world.startBroker(1)
  await world.ask(createTopicsRequest, createTopicsResponse, {
    topics: [{ name: 't', numPartitions: 1, replicationFactor: 1, configs: [{ name: 'segment.ms', value: '1000' }] }],
    timeoutMs: 5000,
  })
  const two: Pairs = [
    ['retention.ms', '5000'],
    ['cleanup.policy', 'compact,delete'],
  ]
  assert.equal(await replace(world, TOPIC, 't', two, { version: 0 }), 'NONE')
  assert.equal(await valuesOf(world, TOPIC, 't'), 'cleanup.policy=compact,delete retention.ms=5000')
  assert.equal(await replace(world, TOPIC, 't', [['retention.ms', '7']], { validateOnly: true }), 'NONE')
  assert.equal(await valuesOf(world, TOPIC, 't'), 'cleanup.policy=compact,delete retention.ms=5000')
  assert.equal(await replace(world, TOPIC, 't', []), 'NONE')
  assert.equal(await valuesOf(world, TOPIC, 't'), '')

  assert.equal(await replace(world, BROKER, '1', [['message.max.bytes', '60000']]), 'NONE')
  assert.equal(await valuesOf(world, BROKER, '1'), 'message.max.bytes=60000')
  assert.equal(await replace(world, BROKER, '1', [['log.segment.bytes', '2000000']]), 'NONE')
  assert.equal(await valuesOf(world, BROKER, '1'), 'log.segment.bytes=2000000')
})

test('AlterConfigs refuses what cannot be, and changes nothing then', async () => {
  const world = await ClusterWorld.withZooKeeper('alter configs refuses')
  await world.startBroker(1)
  await world.ask(createTopicsRequest, createTopicsResponse, {
    topics: [{ name: 't', numPartitions: 1, replicationFactor: 1, configs: [{ name: 'segment.ms', value: '1000' }] }],
    timeoutMs: 5000,
  })
  const expectations: [type: number, name: string, pairs: Pairs, outcome: RegExp][] = [
    [TOPIC, 't', [['retention.ms', null]], /^INVALID_REQUEST: Null value not supported for : retention.ms$/],
    [
      TOPIC,
      't',
      [['retention.ms', 'soon']],
      /^INVALID_CONFIG: Invalid config value for resource ConfigResource\(type=TOPIC, name='t'\): Invalid value soon/,
    ],
    [TOPIC, 't', [['retention', '1']], /^INVALID_CONFIG: Unknown topic config name: retention/],
    [
      TOPIC,
      't',
      [
        ['retention.ms', '1'],
        ['retention.ms', '2'],
      ],
      /^INVALID_REQUEST: Error due to duplicate config keys: retention.ms$/,
    ],
    [TOPIC, 'no', [['retention.ms', '1']], /^UNKNOWN_TOPIC_OR_PARTITION/],
    [BROKER, '2', [['log.retention.ms', '1']], /^INVALID_REQUEST: Unexpected broker id, expected 1/],
    [BROKER, '1', [['broker.id', '3']], /^INVALID_/],
    [8, '1', [['kafka', 'INFO']], /^INVALID_REQUEST/],
  ]
  for (const [type, name, pairs, outcome] of expectations) {
    assert.match(await replace(world, type, name, pairs), outcome)
  }
  assert.equal(await valuesOf(world, TOPIC, 't'), 'segment.ms=1000')
})
