import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Consumer } from '../src/index.ts'
import { ClientWorld } from './client-world.ts'
import { writeValues } from './record-writer.ts'

type Given = ConstructorParameters<typeof Consumer>[1]

function consumerIn(world: ClientWorld, given: Given = {}): Consumer {
  return new Consumer(world.env, {
    'bootstrap.servers': world.bootstrapServers,
    'group.id': 'billing',
    'auto.offset.reset': 'earliest',
    ...given,
  })
}

/** The values of the next records. */
async function take(consumer: Consumer, count: number): Promise<string[]> {
  const values: string[] = []
  for await (const record of consumer) {
    values.push(String(record.value))
    if (values.length === count) await consumer.commitRecord(record)
    if (values.length === count) break
  }
  return values
}

const orders = { topic: 'orders', partition: 0 }

for (const protocol of ['classic', 'consumer'] as const) {
  test(`records are read in order, and the next member goes on where the first has committed (${protocol})`, async () => {
    const world = await ClientWorld.start(`consumer-${protocol}`)
    await world.createTopic('orders')
    await writeValues(world, orders, ['a', 'b', 'c', 'd'])
    const first = consumerIn(world, { 'group.protocol': protocol })
    first.subscribe('orders')
    assert.deepEqual(await world.run(take(first, 2)), ['a', 'b'])
    assert.equal(first.health().partitions[0]?.committed, 2)
    await world.run(first.close())
    await writeValues(world, orders, ['e'])
    const second = consumerIn(world, { 'group.protocol': protocol })
    second.subscribe(/ord.*/)
    assert.deepEqual(await world.run(take(second, 3)), ['c', 'd', 'e'])
    await world.run(second.close())
  })
}
