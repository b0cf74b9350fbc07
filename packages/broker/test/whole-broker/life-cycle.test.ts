import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTopicsRequest, createTopicsResponse } from '@odradek/kafka-protocol/messages/19-create-topics'
import { metadataRequest, metadataResponse } from '@odradek/kafka-protocol/messages/03-metadata'
import { decodeBrokerId } from '../../src/znodes/broker-id.ts'
import { ClusterWorld } from './cluster-world.ts'

async function createTopic(world: ClusterWorld, name: string, numPartitions = 1): Promise<void> {
  const { topics } = await world.ask(createTopicsRequest, createTopicsResponse, {
    topics: [{ name, numPartitions, replicationFactor: 1 }],
    timeoutMs: 5000,
  })
  assert.deepEqual(
    topics.map(({ errorCode, errorMessage }) => ({ errorCode, errorMessage })),
    [{ errorCode: 0, errorMessage: null }],
  )
}

/** Topics as a client sees them: name → leader of each partition. */
async function leaders(world: ClusterWorld, brokerId = 1): Promise<Record<string, number[]>> {
  const { topics } = await world.ask(metadataRequest, metadataResponse, { topics: null }, { brokerId })
  return Object.fromEntries(
    topics.map(({ name, partitions }) => [
      name ?? '',
      partitions.sort((a, b) => a.partitionIndex - b.partitionIndex).map(({ leaderId }) => leaderId),
    ]),
  )
}

async function controllerEpoch(world: ClusterWorld): Promise<number> {
  return world.zookeeper(async (client) => Number((await client.getData('/controller_epoch')).data))
}

async function registration(
  world: ClusterWorld,
  brokerId: number,
): Promise<{ czxid: bigint; port: number | undefined }> {
  return world.zookeeper(async (client) => {
    const { data, stat } = await client.getData(`/brokers/ids/${brokerId}`)
    return { czxid: stat.czxid, port: decodeBrokerId(brokerId, data).endpoints[0]?.port }
  })
}

test('a broker that was stopped leaves nothing behind, and finds all again at its next start', async () => {
  const world = await ClusterWorld.withZooKeeper('restart')
  await world.startBroker(1)
  await createTopic(world, 'kept', 3)
  await world.stopBroker(1)
  const stopped = await world.dump()
  assert.equal(stopped.has('/brokers/ids/1'), false)
  assert.equal(stopped.has('/controller'), false)

  await world.startBroker(1)
  assert.equal(await controllerEpoch(world), 2)
  assert.deepEqual(await leaders(world), { kept: [1, 1, 1] })
  assert.deepEqual(world.broker(1).health(), { healthy: true, detail: 'serving, controller' })
})

test('a broker that was killed is back at once, although its old session is still alive', async () => {
  const world = await ClusterWorld.withZooKeeper('killed')
  await world.startBroker(1)
  await createTopic(world, 'kept')
  const before = await registration(world, 1)
  world.machine(1).crashProcess()
  const crashedMs = world.simulation.now
  await world.startBroker(1)
  assert.ok(world.simulation.now - crashedMs < 1000, 'it does not wait for the old session to end')
  assert.ok((await registration(world, 1)).czxid > before.czxid, 'it has a new epoch')
  assert.deepEqual(await leaders(world), { kept: [1] })
  // The old session ends later and takes nothing of the new one with it.
  await world.pass(20_000)
  assert.deepEqual(world.broker(1).health(), { healthy: true, detail: 'serving, controller' })
})

test('a second broker with the same id gives up when the first is alive', async () => {
  const world = await ClusterWorld.withZooKeeper('same id')
  await world.startBroker(1)
  await assert.rejects(
    world.startBroker(2, { 'broker.id': '1' }),
    /Broker 1 is registered already, by another process that is alive/,
  )
  assert.deepEqual(world.broker(2).health(), { healthy: false, detail: 'starting' })
})

test('a broker whose session expired registers again with a new epoch and is elected again', async () => {
  const world = await ClusterWorld.withZooKeeper('expired')
  await world.startBroker(1)
  await createTopic(world, 'kept')
  const before = await registration(world, 1)
  world.simulation.network.partition([world.machine(1)], [world.zookeeperMachine])
  await world.pass(15_000)
  assert.equal(world.broker(1).health().healthy, false)
  assert.equal((await world.dump()).has('/brokers/ids/1'), false)
  world.simulation.network.heal()
  await world.pass(15_000)
  assert.ok((await registration(world, 1)).czxid > before.czxid)
  assert.equal(await controllerEpoch(world), 2)
  assert.deepEqual(world.broker(1).health(), { healthy: true, detail: 'serving, controller' })
  assert.deepEqual(await leaders(world), { kept: [1] })
  await createTopic(world, 'later')
  assert.deepEqual(await leaders(world), { kept: [1], later: [1] })
})

test('a broker outlives a restart of ZooKeeper within its session', async () => {
  const world = await ClusterWorld.withZooKeeper('zookeeper restarts')
  await world.startBroker(1)
  const before = await registration(world, 1)
  world.zookeeperMachine.crashProcess()
  await world.pass(1000)
  assert.equal(world.broker(1).health().detail, 'no connection to ZooKeeper')
  world.zookeeperMachine.restart()
  await world.startZooKeeper()
  await world.pass(3000)
  assert.equal((await registration(world, 1)).czxid, before.czxid)
  await createTopic(world, 'after')
})

test('the next broker takes the controllership over, and brokers come and go', async () => {
  const world = await ClusterWorld.withZooKeeper('three brokers')
  await world.startBroker(1)
  await world.startBroker(2)
  await world.startBroker(3)
  const { topics } = await world.ask(createTopicsRequest, createTopicsResponse, {
    topics: [
      {
        name: 'spread',
        numPartitions: -1,
        replicationFactor: -1,
        assignments: [1, 2, 3].map((brokerId, partitionIndex) => ({ partitionIndex, brokerIds: [brokerId] })),
      },
    ],
    timeoutMs: 5000,
  })
  assert.equal(topics[0]?.errorCode, 0)
  await world.pass(100)
  assert.deepEqual(await leaders(world, 3), { spread: [1, 2, 3] })
  await world.stopBroker(1)
  await world.pass(1000)
  assert.equal(await controllerEpoch(world), 2)
  assert.deepEqual(await leaders(world, 3), { spread: [-1, 2, 3] })
  await world.startBroker(1)
  await world.pass(100)
  assert.deepEqual(await leaders(world, 3), { spread: [1, 2, 3] })
})

test('a broker without an id gets one from ZooKeeper and keeps it', async () => {
  const world = await ClusterWorld.withZooKeeper('generated id')
  const own = { 'broker.id': '-1', listeners: 'PLAINTEXT://broker-1:9092' }
  await world.startBroker(1, own)
  assert.equal(world.broker(1).brokerId, 1001)
  await world.stopBroker(1)
  await world.startBroker(1, own)
  assert.equal(world.broker(1).brokerId, 1001)
})

test('the chroot of zookeeper.connect is made', async () => {
  const world = await ClusterWorld.withZooKeeper('chroot')
  await world.startBroker(1, { 'zookeeper.connect': 'zookeeper:2181/kafka/one' })
  assert.ok((await world.dump()).has('/kafka/one/brokers/ids/1'))
})

test('a start that cannot succeed says what to do, and leaves nothing behind', async () => {
  const world = new ClusterWorld('cannot start')
  world.simulation.machine('zookeeper')
  await assert.rejects(
    world.startBroker(1),
    /No ZooKeeper server answered at zookeeper:2181 within 6000 ms.*zookeeper\.connect/s,
  )
  await world.startZooKeeper()
  await world.startBroker(1)
  await world.stopBroker(1)
  await assert.rejects(world.startBroker(1, { 'broker.id': '2' }), /log directories belong to broker 1/)
  await assert.rejects(
    world.startBroker(1, { 'zookeeper.connect': 'zookeeper:2181/other' }),
    /belong to cluster .* but ZooKeeper at zookeeper:2181\/other is that of cluster/,
  )
  assert.equal((await world.dump()).has('/brokers/ids/1'), false)
  await world.startBroker(1)
})
