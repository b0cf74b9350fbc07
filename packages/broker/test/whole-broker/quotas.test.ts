import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BrokerConnection } from '@odradek/client'
import { encodeRecordBatch, errorOf } from '@odradek/kafka-protocol'
import { produceRequest, produceResponse } from '@odradek/kafka-protocol/messages/00-produce'
import { fetchRequest, fetchResponse } from '@odradek/kafka-protocol/messages/01-fetch'
import { metadataRequest, metadataResponse } from '@odradek/kafka-protocol/messages/03-metadata'
import { createTopicsRequest, createTopicsResponse } from '@odradek/kafka-protocol/messages/19-create-topics'
import {
  describeClientQuotasRequest,
  describeClientQuotasResponse,
} from '@odradek/kafka-protocol/messages/48-describe-client-quotas'
import {
  alterClientQuotasRequest,
  alterClientQuotasResponse,
} from '@odradek/kafka-protocol/messages/49-alter-client-quotas'
import { BROKER_PORT, ClusterWorld } from './cluster-world.ts'

type Entity = Readonly<Record<string, string | null>>

async function alter(
  world: ClusterWorld,
  entity: Entity,
  limits: Readonly<Record<string, number | null>>,
  { validateOnly = false, version = 1, brokerId = 1 } = {},
): Promise<string> {
  const { entries } = await world.ask(
    alterClientQuotasRequest,
    alterClientQuotasResponse,
    {
      entries: [
        {
          entity: Object.entries(entity).map(([entityType, entityName]) => ({ entityType, entityName })),
          ops: Object.entries(limits).map(([key, value]) => ({ key, value: value ?? 0, remove: value === null })),
        },
      ],
      validateOnly,
    },
    { version, brokerId },
  )
  return entries
    .map(({ errorCode, errorMessage }) => (errorCode === 0 ? 'NONE' : `${errorOf(errorCode).name}: ${errorMessage}`))
    .join()
}

type Filter = readonly (readonly [entityType: string, match: string | null | undefined])[]

/** Undefined matches any name, null the default. */
async function describe(world: ClusterWorld, filter: Filter, strict = false, brokerId = 1): Promise<string> {
  const { errorCode, errorMessage, entries } = await world.ask(
    describeClientQuotasRequest,
    describeClientQuotasResponse,
    {
      components: filter.map(([entityType, match]) => ({
        entityType,
        matchType: match === undefined ? 2 : match === null ? 1 : 0,
        match: match ?? null,
      })),
      strict,
    },
    { brokerId },
  )
  if (errorCode !== 0) return `${errorOf(errorCode).name}: ${errorMessage}`
  const lines = (entries ?? []).map(({ entity, values }) => {
    const names = entity.map(({ entityType, entityName }) => `${entityType}=${entityName ?? '(default)'}`)
    return `${names.join('+')}: ${values.map(({ key, value }) => `${key}=${value}`).join()}`
  })
  return lines.sort().join(' | ')
}

async function worldWithTopic(): Promise<ClusterWorld> {
  const world = await ClusterWorld.withZooKeeper('quotas')
  await world.startBroker(1)
  await world.ask(createTopicsRequest, createTopicsResponse, {
    topics: [{ name: 't', numPartitions: 1, replicationFactor: 1 }],
    timeoutMs: 5000,
  })
  return world
}

test('quotas are written where Kafka has them, and found by every filter, also after a restart', async () => {
  const world = await worldWithTopic()
  await world.startBroker(2)
  assert.equal(await alter(world, { 'client-id': 'a b*' }, { producer_byte_rate: 1024 }, { version: 0 }), 'NONE')
  assert.equal(await alter(world, { 'client-id': null }, { consumer_byte_rate: 2048 }), 'NONE')
  assert.equal(await alter(world, { user: 'u' }, { request_percentage: 12.5, producer_byte_rate: 1 }), 'NONE')
  assert.equal(await alter(world, { user: 'u', 'client-id': 'c' }, { producer_byte_rate: 5 }), 'NONE')
  assert.equal(await alter(world, { user: 'u' }, { producer_byte_rate: null }), 'NONE')
  assert.equal(await alter(world, { user: 'never' }, { producer_byte_rate: 9 }, { validateOnly: true }), 'NONE')
  const tree = await world.dump()
  assert.equal(tree.get('/config/clients/a%20b%2A')?.data, '{"version":1,"config":{"producer_byte_rate":"1024"}}')
  assert.equal(tree.get('/config/users/u')?.data, '{"version":1,"config":{"request_percentage":"12.5"}}')
  assert.equal(tree.get('/config/users/u/clients/c')?.data, '{"version":1,"config":{"producer_byte_rate":"5"}}')
  assert.ok(!tree.has('/config/users/never'))

  const all = [
    'client-id=(default): consumer_byte_rate=2048',
    'client-id=a b*: producer_byte_rate=1024',
    'user=u+client-id=c: producer_byte_rate=5',
    'user=u: request_percentage=12.5',
  ]
  const [ofDefault, ofClient, ofBoth, ofUser] = all
  assert.equal(await describe(world, []), all.join(' | '))
  assert.equal(await describe(world, [], false, 2), all.join(' | '), 'by a broker that only heard of the change')
  assert.equal(await describe(world, [['client-id', undefined]]), [ofDefault, ofClient, ofBoth].join(' | '))
  assert.equal(await describe(world, [['client-id', undefined]], true), [ofDefault, ofClient].join(' | '))
  assert.equal(await describe(world, [['client-id', null]]), ofDefault)
  assert.equal(await describe(world, [['client-id', 'a b*']]), ofClient)
  assert.equal(await describe(world, [['user', 'u']]), [ofBoth, ofUser].join(' | '))
  assert.equal(await describe(world, [['ip', undefined]]), '')
  await world.stopBroker(2)
  await world.startBroker(2)
  assert.equal(await describe(world, [], false, 2), all.join(' | '))
})

test('quotas that cannot be are refused', async () => {
  const world = await worldWithTopic()
  const expectations: [Entity, Readonly<Record<string, number>>, RegExp][] = [
    [{}, { producer_byte_rate: 1 }, /^INVALID_REQUEST: Invalid empty client quota entity$/],
    [{ group: 'g' }, { producer_byte_rate: 1 }, /^INVALID_REQUEST: Unhandled client quota entity type: group$/],
    [{ user: '' }, { producer_byte_rate: 1 }, /^INVALID_REQUEST: Empty user not supported$/],
    [{ user: 'u', ip: '::1' }, { producer_byte_rate: 1 }, /^INVALID_REQUEST: Invalid quota entity combination/],
    [{ user: 'u' }, { bytes: 1 }, /^INVALID_REQUEST: Invalid configuration key bytes$/],
    [{ user: 'u' }, { producer_byte_rate: 1.5 }, /^INVALID_REQUEST: Configuration producer_byte_rate must be a Long/],
    [{ user: 'u' }, { producer_byte_rate: 0 }, /^INVALID_REQUEST: Quota producer_byte_rate must be greater than 0$/],
    [{ user: 'u' }, { producer_byte_rate: 1e30 }, /^INVALID_REQUEST: Configuration producer_byte_rate must be a Long/],
    [{ user: 'u' }, { request_percentage: Infinity }, /^INVALID_REQUEST: Quota request_percentage must be/],
    [{ user: 'u' }, { request_percentage: NaN }, /^INVALID_REQUEST: Quota request_percentage must be/],
    [{ ip: 'host.example' }, { connection_creation_rate: 1 }, /^INVALID_REQUEST: host.example is not a valid IP/],
    [{ ip: '::1' }, { producer_byte_rate: 1 }, /^INVALID_REQUEST: Invalid configuration key producer_byte_rate$/],
    [{ user: 'u' }, { connection_creation_rate: 1 }, /^INVALID_REQUEST: Invalid configuration key connection_/],
  ]
  for (const [entity, limits, outcome] of expectations) assert.match(await alter(world, entity, limits), outcome)
  assert.match(await describe(world, [['group', 'g']]), /^UNSUPPORTED_VERSION: Custom entity type 'group'/)
  assert.match(
    await describe(world, [
      ['ip', '::1'],
      ['user', 'u'],
    ]),
    /^INVALID_REQUEST: Invalid entity filter component combination/,
  )
})

test('a client over its quota is told so, and not heard until it is within it again', async () => {
  const world = await worldWithTopic()
  assert.equal(
    await alter(world, { 'client-id': null }, { producer_byte_rate: 1000, consumer_byte_rate: 2000 }),
    'NONE',
  )
  assert.equal(
    await alter(world, { 'client-id': 'free' }, { producer_byte_rate: 1e9, consumer_byte_rate: 1e9 }),
    'NONE',
  )
  const { env } = world.simulation.machine('client')
  const { simulation } = world
  const connect = (clientId: string): Promise<BrokerConnection> =>
    simulation.runUntil(
      BrokerConnection.connect(env, { host: 'broker-1', port: BROKER_PORT, clientId, requestTimeoutMs: 600_000 }),
    )
  const records = encodeRecordBatch({ records: [{ value: Buffer.alloc(20_000), timestampMs: 0 }] })
  const produce = async (connection: BrokerConnection, acks = -1): Promise<number> => {
    const { throttleTimeMs } = await simulation.runUntil(
      connection.send(produceRequest, produceResponse, 9, {
        acks,
        timeoutMs: 1000,
        topicData: [{ name: 't', partitionData: [{ index: 0, records }] }],
      }),
    )
    return throttleTimeMs
  }
  const fetchBytes = async (connection: BrokerConnection): Promise<{ throttleTimeMs: number; bytes: number }> => {
    const { throttleTimeMs, responses } = await simulation.runUntil(
      connection.send(fetchRequest, fetchResponse, 12, {
        maxWaitMs: 0,
        maxBytes: 1_000_000,
        topics: [{ topic: 't', partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1_000_000 }] }],
      }),
    )
    const records = responses.flatMap(({ partitions }) => partitions.map((partition) => partition.records ?? []))
    return { throttleTimeMs, bytes: Buffer.concat(records.flat()).length }
  }
  const fetch = async (connection: BrokerConnection): Promise<number> => (await fetchBytes(connection)).throttleTimeMs
  const timeOf = async (work: Promise<unknown>): Promise<number> => {
    const startMs = env.clock.monotonicMs()
    await simulation.runUntil(work)
    return env.clock.monotonicMs() - startMs
  }

  const free = await connect('free')
  assert.equal(await produce(free), 0)
  assert.equal(await fetch(free), 0)

  // 20,000 bytes in the ten seconds that count make 2,000 a second: as much again must pass.
  const slow = await connect('slow')
  const throttleMs = await produce(slow)
  assert.ok(throttleMs > 9900 && throttleMs < 10_500, `throttled for ${throttleMs} ms`)
  const waitedMs = await timeOf(slow.send(metadataRequest, metadataResponse, 9, { topics: [] }))
  assert.ok(waitedMs > 9000 && waitedMs < 10_500, `waited ${waitedMs} ms`)
  assert.ok((await timeOf(slow.send(metadataRequest, metadataResponse, 9, { topics: [] }))) < 1000)

  // Others with the same client id share the rate; each client id has its own.
  const other = await connect('other')
  assert.ok((await produce(other)) > 9900)
  await world.pass(30_000)
  // A consumer that has had nothing lately gets a batch however large it is, and nothing more until it is within its quota again.
  const reader = await connect('reader')
  const first = await fetchBytes(reader)
  assert.ok(first.bytes > 20_000 && first.bytes < 21_000, `${first.bytes} bytes at first`)
  assert.ok(first.throttleTimeMs > 0)
  const second = await fetchBytes(reader)
  assert.equal(second.bytes, 0)
  assert.ok(second.throttleTimeMs > 9000, `the second fetch was throttled for ${second.throttleTimeMs} ms`)
  const refused = await timeOf(reader.send(metadataRequest, metadataResponse, 9, { topics: [] }))
  assert.ok(refused > 9000, `waited ${refused} ms`)
  await world.pass(20_000)
  assert.ok((await fetchBytes(reader)).bytes > 20_000)

  assert.equal(
    await alter(world, { 'client-id': null }, { producer_byte_rate: null, consumer_byte_rate: null }),
    'NONE',
  )
  assert.equal(await produce(await connect('late')), 0)
})

test('controller_mutation_rate limits partitions that are created and deleted', async () => {
  const world = await worldWithTopic()
  assert.equal(await alter(world, { 'client-id': 'test' }, { controller_mutation_rate: 0.5 }), 'NONE')
  const createOne = async (name: string, version: number): Promise<string> => {
    const { topics, throttleTimeMs } = await world.ask(
      createTopicsRequest,
      createTopicsResponse,
      { topics: [{ name, numPartitions: 10, replicationFactor: 1 }], timeoutMs: 5000 },
      { version, requestTimeoutMs: 600_000 },
    )
    return `${topics.map(({ errorCode }) => errorOf(errorCode).name).join()}${throttleTimeMs > 0 ? ' throttled' : ''}`
  }
  // Five and a half are saved up; whoever has any may go into debt once.
  assert.equal(await createOne('a', 7), 'NONE')
  assert.equal(await createOne('b', 7), 'THROTTLING_QUOTA_EXCEEDED throttled')
  assert.equal(await createOne('c', 5), 'NONE throttled')
  await world.pass(60_000)
  assert.equal(await createOne('d', 7), 'NONE')
})

test('an address has a rate of new connections, which is found in /config/ips', async () => {
  const world = await worldWithTopic()
  const { env } = world.simulation.machine('client')
  const ip = env.network.hostname()
  assert.match(
    await alter(world, { ip }, { connection_creation_rate: 1 }),
    /^INVALID_REQUEST: client is not a valid IP/,
  )
  assert.equal(await alter(world, { ip: null }, { connection_creation_rate: 1 }), 'NONE')
  assert.equal(
    (await world.dump()).get('/config/ips/<default>')?.data,
    '{"version":1,"config":{"connection_creation_rate":"1"}}',
  )
  assert.equal(await describe(world, [['ip', undefined]]), 'ip=(default): connection_creation_rate=1')
})
