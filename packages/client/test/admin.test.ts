// The admin client against our own broker and ZooKeeper server, in the simulator.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { BatchError, createAdmin } from '../src/index.ts'
import type { Admin } from '../src/index.ts'
import { ClientWorld } from './client-world.ts'

async function batchError(promise: Promise<unknown>): Promise<BatchError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof BatchError, String(error))
  return error
}

describe('the admin client', () => {
  let world: ClientWorld
  let admin: Admin
  const run = <Value>(promise: Promise<Value>): Promise<Value> => world.run(promise)

  before(async () => {
    world = await ClientWorld.start('admin', { brokerCount: 1 })
    admin = createAdmin(world.env, { 'bootstrap.servers': world.bootstrapServers, 'default.api.timeout.ms': 10_000 })
  })
  after(() => admin.close())

  test('creates, lists, describes and deletes topics; a failure says which and why, and what was done', async () => {
    const created = await run(
      admin.createTopics([
        { name: 'orders', partitions: 3, configs: { 'cleanup.policy': 'compact' } },
        { name: 'assigned', replicasAssignments: [[1], [1]] },
      ]),
    )
    assert.equal(created.get('orders')?.partitions, 3)
    const error = await run(
      batchError(admin.createTopics([{ name: 'orders' }, { name: 'fresh' }, { name: 'bad name' }])),
    )
    assert.deepEqual(Object.fromEntries([...error.errors].map(([name, { code }]) => [name, code])), {
      'bad name': 'INVALID_TOPIC_EXCEPTION',
      orders: 'TOPIC_ALREADY_EXISTS',
    })
    assert.deepEqual([...error.results.keys()], ['fresh'])
    assert.deepEqual(
      (await run(admin.listTopics())).map(({ name }) => name),
      ['assigned', 'fresh', 'orders'],
    )
    await run(admin.createPartitions({ fresh: 4, assigned: { totalCount: 3, newAssignments: [[1]] } }))
    const described = await run(admin.describeTopics(['fresh', 'assigned']))
    assert.equal(described.get('fresh')?.partitions.length, 4)
    assert.deepEqual(described.get('assigned')?.partitions[2], {
      partition: 2,
      leaderId: 1,
      leaderEpoch: 0,
      replicaIds: [1],
      inSyncReplicaIds: [1],
      offlineReplicaIds: [],
    })
    const id = described.get('fresh')?.id ?? ''
    assert.equal((await run(admin.describeTopicsById([id]))).get(id)?.name, 'fresh')
    await run(admin.deleteTopics(['fresh']))
    await world.pass(1000)
    const gone = await run(batchError(admin.describeTopics(['fresh'])))
    assert.equal(gone.errors.get('fresh')?.code, 'UNKNOWN_TOPIC_OR_PARTITION')
  })

  test('changes single keys of a configuration', async () => {
    const resource = { type: 'TOPIC', name: 'orders' } as const
    await run(
      admin.incrementalAlterConfigs([
        { ...resource, operations: [{ name: 'retention.ms', operation: 'SET', value: '1000' }] },
      ]),
    )
    await world.pass(1000)
    const [described] = await run(admin.describeConfigs([resource], { includeSynonyms: true }))
    const entry = described?.entries.find(({ name }) => name === 'retention.ms')
    assert.equal(entry?.value, '1000')
    assert.equal(entry?.source, 'DYNAMIC_TOPIC_CONFIG')
    assert.equal(entry?.type, 'LONG')
    assert.equal(entry?.synonyms[0]?.name, 'retention.ms')
    const refused = await run(
      batchError(
        admin.incrementalAlterConfigs([
          { ...resource, operations: [{ name: 'retention.ms', operation: 'SET', value: 'long' }] },
        ]),
      ),
    )
    assert.equal(refused.errors.get('TOPIC orders')?.code, 'INVALID_CONFIG')
    const [broker] = await run(admin.describeConfigs([{ type: 'BROKER', name: '1' }]))
    assert.equal(broker?.entries.find(({ name }) => name === 'broker.id')?.value, '1')
    assert.ok((await run(admin.listConfigResources(['TOPIC']))).some(({ name }) => name === 'orders'))
  })

  test('finds and deletes records, and tells what it lacks', async () => {
    const ends = await run(
      admin.listOffsets([
        { topic: 'orders', partition: 0, spec: 'latest' },
        { topic: 'orders', partition: 1, spec: 'earliest' },
        { topic: 'orders', partition: 2, spec: { timestampMs: 0 } },
      ]),
    )
    assert.deepEqual(
      ends.map(({ partition, offset }) => [partition, offset]),
      [
        [0, 0],
        [1, 0],
        [2, -1],
      ],
    )
    const error = await run(
      batchError(
        admin.listOffsets([
          { topic: 'orders', partition: 0, spec: 'latest' },
          { topic: 'orders', partition: 99, spec: 'latest' },
        ]),
      ),
    )
    assert.deepEqual([...error.errors.keys()], ['orders-99'])
    assert.deepEqual(await run(admin.deleteRecords([{ topic: 'assigned', partition: 0, beforeOffset: -1 }])), [
      { topic: 'assigned', partition: 0, lowWatermark: 0 },
    ])
    assert.deepEqual((await run(admin.describeProducers([{ topic: 'orders', partition: 0 }])))[0]?.producers, [])
  })

  test('sets, lists and deletes the offsets of a group, and the group', async () => {
    const at = (partition: number, offset: number) => ({ topic: 'orders', partition, offset })
    await run(admin.alterConsumerGroupOffsets('billing', [at(0, 5), { ...at(1, 6), metadata: 'by hand' }]))
    const listed = (await run(admin.listConsumerGroupOffsets({ billing: null }))).get('billing')
    assert.deepEqual(
      listed?.map(({ partition, offset, metadata }) => [partition, offset, metadata]),
      [
        [0, 5, ''],
        [1, 6, 'by hand'],
      ],
    )
    assert.deepEqual(
      (await run(admin.listGroups({ states: ['Empty'] }))).map(({ groupId, type }) => [groupId, type]),
      [['billing', 'Classic']],
    )
    const group = (await run(admin.describeConsumerGroups(['billing']))).get('billing')
    assert.equal(group?.state, 'Empty')
    assert.equal(group?.coordinatorId, 1)
    await run(admin.deleteConsumerGroupOffsets('billing', [{ topic: 'orders', partition: 0 }]))
    assert.equal((await run(admin.listConsumerGroupOffsets({ billing: null }))).get('billing')?.length, 1)
    await run(admin.deleteConsumerGroups(['billing']))
    const error = await run(batchError(admin.deleteConsumerGroups(['billing'])))
    assert.equal(error.errors.get('billing')?.code, 'GROUP_ID_NOT_FOUND')
  })

  test('describes the cluster, its directories and quotas', async () => {
    const cluster = await run(admin.describeCluster({ includeAuthorizedOperations: true }))
    assert.equal(cluster.controllerId, 1)
    assert.deepEqual(
      cluster.brokers.map(({ id, host }) => [id, host]),
      [[1, 'broker-1']],
    )
    const dirs = (await run(admin.describeLogDirs([1]))).get(1)
    assert.ok(dirs?.[0]?.replicas.some(({ topic }) => topic === 'orders'))
    const [replica] = await run(admin.describeReplicaLogDirs([{ topic: 'orders', partition: 0, brokerId: 1 }]))
    assert.equal(replica?.currentPath, '/logs')
    assert.equal(replica?.futurePath, undefined)
    const entity = { user: 'ada', 'client-id': null }
    await run(admin.alterClientQuotas([{ entity, quotas: { producer_byte_rate: 1024 } }]))
    await world.pass(1000)
    assert.deepEqual(await run(admin.describeClientQuotas([{ entityType: 'user', match: { name: 'ada' } }])), [
      { entity, quotas: { producer_byte_rate: 1024 } },
    ])
    await run(admin.alterClientQuotas([{ entity, quotas: { producer_byte_rate: null } }]))
    await world.pass(1000)
    assert.deepEqual(await run(admin.describeClientQuotas()), [])
    const elected = await run(admin.electLeaders('preferred', [{ topic: 'orders', partition: 0 }]))
    assert.deepEqual(elected, [])
  })

  test('what a cluster does not have is told at once', async () => {
    await assert.rejects(run(admin.describeMetadataQuorum()), { code: 'UNSUPPORTED_VERSION' })
    await assert.rejects(run(admin.describeLogDirs([7])), {
      code: 'INVALID_ARGUMENT',
      message: /no broker 7.*there are 1/,
    })
  })

  test('nobody there: a call ends after its time, and says where it asked', async () => {
    const alone = createAdmin(world.env, { 'bootstrap.servers': 'nowhere:1', 'default.api.timeout.ms': 2000 })
    await assert.rejects(run(alone.listTopics()), { code: 'TIMED_OUT', message: /nowhere:1/ })
    alone.close()
  })
})
