import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SeededRandom } from '@odradek/env-sim'
import { Consumer, Producer } from '../src/index.ts'
import { ClientWorld } from './client-world.ts'
import { watchedEnv } from './watched-env.ts'

const properties = { 'group.initial.rebalance.delay.ms': '0' }
const seeds = Array.from({ length: 12 }, (_, index) => `damaged-${index}`)

for (const seed of seeds) {
  test(`responses with some bytes changed end in an error or are got over, nothing hangs (${seed})`, async () => {
    const world = await ClientWorld.start(seed, { properties })
    await world.createTopic('orders', { partitions: 2 })
    const random = new SeededRandom(seed)
    let isDamaging = true
    let damaged = 0
    const env = watchedEnv(world.env, {
      onData: (chunk) => {
        if (!isDamaging || !random.chance(0.1)) return chunk
        damaged++
        const copy = Buffer.from(chunk)
        for (let left = 1 + random.integer(3); left > 0; left--) copy[random.integer(copy.length)] = random.integer(256)
        return copy
      },
    })
    const common = { 'bootstrap.servers': world.bootstrapServers, 'request.timeout.ms': 2000 }
    const producer = new Producer(env, { ...common, 'delivery.timeout.ms': 10_000, 'max.block.ms': 10_000 })
    const consumer = new Consumer(env, {
      ...common,
      'group.id': 'billing',
      'auto.offset.reset': 'earliest',
      'session.timeout.ms': 6000,
      'heartbeat.interval.ms': 500,
    })
    consumer.subscribe('orders')
    let isSeen = false
    const consuming = consumer
      .run({ eachRecord: ({ value }) => void (isSeen ||= String(value) === 'last') })
      .then(() => undefined, String)
    const sent: Promise<unknown>[] = []
    for (let index = 0; index < 60; index++) {
      sent.push(producer.send({ topic: 'orders', value: String(index) }).catch(String))
      await world.pass(100)
    }
    // Each has a result, whichever, when its time is over.
    await world.run(Promise.race([Promise.all(sent), over(world, 25_000)]))
    isDamaging = false
    assert.ok(damaged > 0)
    await world.run(producer.close())
    // What a damaged answer may have made of a producer is not the question here: another one writes what is waited for.
    const fresh = world.producer()
    await world.run(fresh.send({ topic: 'orders', partition: 0, value: 'last' }))
    await world.run(fresh.close())
    for (let waited = 0; waited < 300 && !isSeen && consumer.health().state === 'running'; waited++) {
      await world.pass(1000)
    }
    assert.ok(isSeen || consumer.health().state === 'failed', 'the consumer has neither gone on nor said why not')
    await world.run(Promise.race([consumer.close(), over(world, 40_000)]))
    await world.run(Promise.race([consuming, over(world, 1000)]))
  })
}

function over(world: ClientWorld, durationMs: number): Promise<never> {
  return new Promise((_, reject) => {
    world.env.timers.after(durationMs, () => reject(new Error(`not over after ${durationMs} ms`)))
  })
}
