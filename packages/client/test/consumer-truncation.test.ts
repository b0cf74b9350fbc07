import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Consumer } from '../src/index.ts'
import { ClientWorld } from './client-world.ts'
import { consumerIn } from './consumer-world.ts'
import { writeValues } from './record-writer.ts'

interface Cut {
  readonly world: ClientWorld
  readonly consumer: Consumer
  readonly values: string[]
  /** Resolves with what ended the iteration. */
  readonly reading: Promise<unknown>
}

/** A power failure has taken what the broker had not synced, after the consumer has read it. What the disk keeps is a matter of chance: the first seed counts. */
async function afterPowerFailure(name: string, given: Parameters<typeof consumerIn>[1] = {}): Promise<Cut> {
  for (let seed = 0; seed < 40; seed++) {
    const cut = await withPowerFailure(`${name}-${seed}`, given)
    if (cut !== undefined) return cut
  }
  throw new Error('no power failure took anything')
}

/** Broker 1 is the controller and lives; the partition is on broker 2 alone. */
async function withPowerFailure(seed: string, given: Parameters<typeof consumerIn>[1]): Promise<Cut | undefined> {
  const world = await ClientWorld.start(seed, { brokerCount: 2 })
  await world.createTopic('orders', { partitions: 2 })
  const orders = { topic: 'orders', partition: await partitionOf(world, 2) }
  await writeValues(world, orders, ['a', 'b'])
  // A stop in good order syncs the log.
  await world.stopBroker(2)
  await world.startBroker(2)
  await world.pass(3000)
  await writeValues(world, orders, ['lost 1', 'lost 2', 'lost 3'])
  const consumer = consumerIn(world, { 'group.id': undefined, 'request.timeout.ms': 3000, ...given })
  consumer.assign([orders])
  if (given?.['auto.offset.reset'] === 'none') consumer.seek(orders, 0)
  const values: string[] = []
  const reading = read(consumer, values)
  await world.pass(1500)
  assert.deepEqual(values, ['a', 'b', 'lost 1', 'lost 2', 'lost 3'])
  world.simulation.machine('broker-2').powerOff()
  // The controller counts it as gone: when it comes back, the partition has a new leader epoch.
  await world.pass(8000)
  await world.startBroker(2)
  await world.pass(3000)
  const wasCut = (await writeValues(world, orders, ['new 1'])) === 2
  await world.pass(wasCut ? 15_000 : 0)
  if (wasCut) return { world, consumer, values, reading }
  await world.run(consumer.close())
  return undefined
}

async function partitionOf(world: ClientWorld, brokerId: number): Promise<number> {
  const cluster = world.cluster()
  await world.run(cluster.loadTopics(['orders'], { timeoutMs: 30_000 }))
  const found = cluster.metadata.topic('orders')?.partitions.find(({ leaderId }) => leaderId === brokerId)
  cluster.close()
  return found?.partition ?? 0
}

async function read(consumer: Consumer, values: string[]): Promise<unknown> {
  try {
    for await (const { value } of consumer) values.push(String(value))
    return undefined
  } catch (error) {
    return error
  }
}

test('after a log was cut off the consumer goes back to where that was: what is written there now is read (KIP-320)', async () => {
  const { world, consumer, values, reading } = await afterPowerFailure('truncation')
  assert.deepEqual(values.slice(5), ['new 1'])
  assert.equal(consumer.health().partitions[0]?.highWatermark, 3)
  await world.run(consumer.close())
  assert.equal(await world.run(reading), undefined)
})

test('with auto.offset.reset=none it fails instead, and says where', async () => {
  const { world, consumer, reading } = await afterPowerFailure('truncation-none', { 'auto.offset.reset': 'none' })
  assert.match(String(await world.run(reading)), /orders-\d/)
  assert.equal(consumer.health().state, 'failed')
})
