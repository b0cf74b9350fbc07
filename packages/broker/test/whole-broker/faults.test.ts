import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { test } from 'node:test'
import { ErrorCode } from '@odradek/kafka-protocol'
import { createTopicsRequest, createTopicsResponse } from '@odradek/kafka-protocol/messages/19-create-topics'
import { metadataRequest, metadataResponse } from '@odradek/kafka-protocol/messages/03-metadata'
import { decodePartitionState } from '../../src/znodes/partition-state.ts'
import { ClusterWorld } from './cluster-world.ts'

const BROKERS = [1, 2, 3]

/** Everything that happens to the brokers and to ZooKeeper, chosen by the seed. */
async function disturb(world: ClusterWorld): Promise<void> {
  const { random, network } = world.simulation
  const pick = BROKERS[random.integer(BROKERS.length)] ?? 1
  const machine = world.machine(pick)
  switch (random.integer(6)) {
    case 0:
      if (!machine.isRunning) {
        await tryToStart(world, pick)
        return
      }
      if (random.float() < 0.5) machine.crashProcess()
      else await world.stopBroker(pick)
      if (machine.isRunning) machine.crashProcess()
      return
    case 1:
      network.partition([machine], [world.zookeeperMachine])
      return
    case 2:
      network.resetConnections(world.zookeeperMachine)
      return
    case 3:
      world.zookeeperMachine.crashProcess()
      await world.pass(random.integer(3000))
      world.zookeeperMachine.restart()
      await world.startZooKeeper()
      return
    case 4:
      if (machine.isRunning) machine.pause(random.integer(9000))
      return
    default:
      network.heal()
  }
}

/** Asks whoever is there to make a topic; it may be that nobody can. */
async function wishForTopic(world: ClusterWorld, name: string): Promise<void> {
  const value = { topics: [{ name, numPartitions: 3, replicationFactor: 1 }], timeoutMs: 1000 }
  for (const brokerId of BROKERS) {
    try {
      await world.ask(createTopicsRequest, createTopicsResponse, value, { brokerId, requestTimeoutMs: 3000 })
    } catch {
      // It is down, or does not answer.
    }
  }
}

/** Whether the broker has started. What keeps it from that is its own life before, still registered, or ZooKeeper that it cannot reach. */
async function tryToStart(world: ClusterWorld, brokerId: number): Promise<boolean> {
  try {
    await world.startBroker(brokerId)
    return true
  } catch (error) {
    assert.match(String(error), /ZooKeeperUnreachable|BrokerIdTaken|SESSION_EXPIRED/)
    world.machine(brokerId).crashProcess()
    return false
  }
}

async function start(world: ClusterWorld, brokerId: number): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt++) {
    if (await tryToStart(world, brokerId)) return
    await world.pass(3000)
  }
  assert.fail(`broker ${brokerId} does not start`)
}

/** What every broker says about the topics, beside what is in ZooKeeper. */
async function check(world: ClusterWorld): Promise<void> {
  const states: string[] = []
  for (const [path, { data }] of await world.dump()) {
    const match = /^\/brokers\/topics\/([^/]+)\/partitions\/(\d+)\/state$/.exec(path)
    if (match === null) continue
    const { leader } = decodePartitionState(match[1] ?? '', Number(match[2]), Buffer.from(data ?? ''))
    assert.ok(BROKERS.includes(leader), `${path} has a leader`)
    states.push(`${match[1]}-${match[2]} ${leader}`)
  }
  for (const brokerId of BROKERS) {
    const { brokers, topics } = await world.ask(metadataRequest, metadataResponse, { topics: null }, { brokerId })
    const ids = brokers.map(({ nodeId }) => nodeId).sort((left, right) => left - right)
    assert.deepEqual(ids, BROKERS, `broker ${brokerId} knows all`)
    const known = topics.flatMap(({ name, partitions }) =>
      partitions.map(({ partitionIndex, leaderId }) => `${name}-${partitionIndex} ${leaderId}`),
    )
    assert.deepEqual(known.sort(), states.sort(), `broker ${brokerId} knows who leads`)
  }
}

for (const seed of ['first', 'second', 'third', 'fourth', `fresh ${randomInt(2 ** 31)}`]) {
  test(`brokers come to terms after whatever happened: ${seed}`, async () => {
    const world = await ClusterWorld.withZooKeeper(seed)
    for (const brokerId of BROKERS) await start(world, brokerId)
    for (let step = 0; step < 12; step++) {
      await disturb(world)
      if (step % 3 === 0) await wishForTopic(world, `t${step}`)
      await world.pass(world.simulation.random.integer(8000))
    }
    world.simulation.network.heal()
    for (const brokerId of BROKERS) {
      if (!world.machine(brokerId).isRunning) await start(world, brokerId)
    }
    await world.pass(60_000)
    await check(world)
    const { topics } = await world.ask(
      createTopicsRequest,
      createTopicsResponse,
      { topics: [{ name: 'last', numPartitions: 3, replicationFactor: 1 }], timeoutMs: 5000 },
      { brokerId: await world.controllerId() },
    )
    assert.deepEqual(
      topics.map(({ errorCode }) => errorCode),
      [ErrorCode.NONE],
    )
    await world.pass(1000)
    await check(world)
  })
}
