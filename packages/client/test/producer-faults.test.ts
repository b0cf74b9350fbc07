// Brokers die, stop and hang under a producer; what it was told must be so.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ClientWorld } from './client-world.ts'

const recordCount = 300
const partitionCount = 3
const brokerIds = [1, 2, 3]

async function produceUnderFaults(seed: string): Promise<void> {
  const world = await ClientWorld.start(seed, { brokerCount: 3 })
  await world.createTopic('t', { partitions: partitionCount })
  const producer = world.producer({ 'request.timeout.ms': 2000, 'delivery.timeout.ms': 120_000, 'batch.size': 200 })
  const acknowledged = new Map<string, string>()
  const deliveries: Promise<void>[] = []
  for (let index = 0; index < recordCount; index++) {
    world.simulation.schedule(index * 100, 'send', () => {
      const value = String(index)
      const sent = producer.send({ topic: 't', partition: index % partitionCount, value })
      deliveries.push(sent.then(({ partition, offset }) => void acknowledged.set(value, `${partition}@${offset}`)))
    })
  }
  const random = world.simulation.random.fork('faults')
  world.simulation.network.conditions.resetProbability = 0.002
  for (let fault = 0; fault < 4; fault++) {
    const id = brokerIds[random.integer(3)] as number
    if (random.float() < 0.5) {
      world.killBroker(id)
      await world.pass(2000 + random.integer(6000))
      await world.startBroker(id)
    } else {
      world.simulation.machine(`broker-${id}`).pause(1000 + random.integer(3000))
      await world.pass(4000)
    }
  }
  world.simulation.network.conditions.resetProbability = 0
  await world.pass(40_000)
  await world.run(Promise.all(deliveries))
  await world.run(producer.close())
  assert.equal(acknowledged.size, recordCount)
  for (let partition = 0; partition < partitionCount; partition++) {
    const records = await world.read('t', partition)
    const expected = Array.from({ length: recordCount }, (_, index) => index).filter(
      (index) => index % partitionCount === partition,
    )
    assert.deepEqual(
      records.map(({ value }) => Number(value)),
      expected,
      `${seed}: each record once, in order`,
    )
    for (const { value, offset } of records) assert.equal(acknowledged.get(String(value)), `${partition}@${offset}`)
  }
}

for (const seed of ['faults-1', 'faults-2', 'faults-3', 'faults-4', 'many-37']) {
  test(`no acknowledged record is lost, none is written twice, none overtakes another (${seed})`, () =>
    produceUnderFaults(seed))
}
