// What users of other clients suffer, as far as no other test has it; docs/client.md names the test of each complaint.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { metadataRequest, metadataResponse } from '@odradek/kafka-protocol/messages/03-metadata'
import { commonKeys, Consumer, parseConfig, Producer } from '../src/index.ts'
import { Backoff } from '../src/cluster/backoff.ts'
import { BrokerLink } from '../src/cluster/broker-link.ts'
import type { ConnectionSecurity } from '../src/cluster/broker-link.ts'
import { ConnectionNotices } from '../src/cluster/connection-notices.ts'
import { ClientWorld } from './client-world.ts'
import { consumerIn, Ledger, take } from './consumer-world.ts'
import { writeValues } from './record-writer.ts'
import { watchedEnv } from './watched-env.ts'

const properties = { 'group.initial.rebalance.delay.ms': '0' }
const place = { topic: 'orders', partition: 0 }

function linkTo(world: ClientWorld, env = world.env, authenticate?: ConnectionSecurity['authenticate']): BrokerLink {
  const config = parseConfig(commonKeys, { 'request.timeout.ms': 5000 })
  const backoff = new Backoff(env.random, 50, 1000)
  const notices = new ConnectionNotices(env, '')
  const address = { host: 'broker-1', port: 9092 }
  return new BrokerLink(env, address, config, { tls: undefined, authenticate }, backoff, notices, undefined)
}

const ask = (link: BrokerLink): Promise<unknown> => link.send(metadataRequest, metadataResponse, { topics: [] })

test('a session is renewed again and again while requests are under way: none waits for ever, none is refused', async () => {
  const world = await ClientWorld.start('renewals', { properties })
  let renewals = 0
  const link = linkTo(world, world.env, async (connection) => {
    renewals++
    await connection.negotiate()
    return 1000
  })
  const answers: Promise<unknown>[] = []
  for (let round = 0; round < 100; round++) {
    for (let index = 0; index < 10; index++) answers.push(ask(link))
    await world.pass(100)
  }
  assert.equal((await world.run(Promise.all(answers))).length, 1000)
  assert.ok(renewals >= 8, `${renewals} renewals`)
  link.close()
})

test('where a session cannot be renewed the connection ends, and what waited goes over a new one', async () => {
  const world = await ClientWorld.start('renewal-refused', { properties })
  let attempts = 0
  const link = linkTo(world, world.env, () => {
    if (++attempts === 2) return Promise.reject(new Error('no token'))
    return Promise.resolve(1000)
  })
  await world.run(ask(link))
  await world.pass(1500)
  await world.run(Promise.all([ask(link), ask(link), ask(link)]))
  assert.equal(attempts, 3)
  link.close()
})

test('thousands of requests under way have one timer', async () => {
  const world = await ClientWorld.start('timers-of-requests', { properties })
  let timers = 0
  const link = linkTo(world, watchedEnv(world.env, { onTimer: () => timers++ }))
  await world.run(ask(link))
  const before = timers
  const answers = Array.from({ length: 3000 }, () => ask(link))
  await world.run(Promise.all(answers))
  assert.ok(timers - before <= 10, `${timers - before} timers`)
  link.close()
})

test('no timer is set to what is no time, whatever goes wrong', async () => {
  const world = await ClientWorld.start('delays', { properties })
  await world.createTopic('orders', { partitions: 3 })
  const wrong: number[] = []
  const env = watchedEnv(world.env, { onTimer: (delayMs) => void (Number.isFinite(delayMs) || wrong.push(delayMs)) })
  const common = { 'bootstrap.servers': world.bootstrapServers, 'request.timeout.ms': 1000 }
  const producer = new Producer(env, { ...common, 'linger.ms': 50, 'delivery.timeout.ms': 2147483647 })
  const group = { 'group.id': 'billing', 'session.timeout.ms': 6000, 'heartbeat.interval.ms': 200 }
  const consumer = new Consumer(env, { ...common, ...group, 'max.poll.interval.ms': 2147483647 })
  consumer.subscribe('orders')
  const running = consumer.run({ eachRecord: () => {} })
  const sent: Promise<unknown>[] = []
  for (let round = 0; round < 17; round++) {
    sent.push(producer.send({ topic: 'orders', value: String(round) }))
    if (round % 8 === 3) world.killBroker(1)
    // What was due meanwhile is in the past; Timers take that as now, as they have to.
    if (round % 8 === 5) world.simulation.machine('client').pause(3000)
    if (round % 8 === 6) await world.startBroker(1)
    await world.pass(1500)
  }
  await world.run(Promise.all(sent))
  await world.run(Promise.all([producer.close(), consumer.close(), running]))
  assert.deepEqual(wrong, [])
})

test('while no broker answers a consumer tries on, its health says why, and it goes on when one is back', async () => {
  const world = await ClientWorld.start('nobody', { properties })
  await world.createTopic('orders')
  await writeValues(world, place, ['before'])
  const consumer = consumerIn(world, { 'session.timeout.ms': 6000, 'request.timeout.ms': 2000 })
  consumer.subscribe('orders')
  assert.deepEqual(await world.run(take(consumer, 1)), ['before'])
  world.killBroker(1)
  const waiting = take(consumer, 1)
  // Longer than any number of retries that somebody might have thought to be enough.
  await world.pass(30 * 60_000)
  const { state, lastError, isStable } = consumer.health()
  assert.equal(state, 'running')
  assert.equal(isStable, false)
  assert.match(String(lastError), /broker|connect|answer/i)
  await world.startBroker(1)
  await writeValues(world, place, ['after'])
  assert.deepEqual(await world.run(waiting), ['after'])
  await world.run(consumer.close())
})

test('who was away for a rebalance takes no committed offset back, and begins again where the others have come to', async () => {
  const world = await ClientWorld.start('stale', { properties })
  await world.createTopic('orders')
  await writeValues(world, place, ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
  const given = { 'session.timeout.ms': 6000, 'heartbeat.interval.ms': 500, 'auto.commit.interval.ms': 500 }
  const ledger = new Ledger()
  const run = (name: string, durationMs: number): { consumer: Consumer; running: Promise<void> } => {
    const consumer = consumerIn(world, given, name)
    consumer.subscribe('orders')
    const { env } = world.simulation.machine(name)
    const running = consumer.run({
      eachRecord: async (record) => {
        await new Promise<void>((resolve) => env.timers.after(durationMs, resolve))
        ledger.end(name, record)
      },
    })
    return { consumer, running }
  }
  const away = run('away', 1000)
  await world.pass(3500)
  // In the middle of a record, for longer than its session.
  world.simulation.machine('away').pause(40_000)
  const other = run('other', 100)
  await world.pass(30_000)
  const committedByOther = other.consumer.health().partitions[0]?.committed
  assert.equal(committedByOther, 10)
  await world.pass(30_000)
  const committed = await world.run(other.consumer.committed([place]))
  assert.equal(committed.get('orders-0')?.offset, 10)
  await writeValues(world, place, ['10'])
  await world.pass(5000)
  // Of the record that it was in the middle of two may know; of no other.
  const twice = [...ledger.processed].filter(([, members]) => new Set(members).size > 1).map(([id]) => id)
  assert.ok(twice.length <= 3, twice.join(', '))
  assert.ok(ledger.processed.has('orders-0@10'))
  await world.run(Promise.all([away.consumer.close(), other.consumer.close(), away.running, other.running]))
})

test('a record that is sent alone goes out by itself, after an hour of quiet and after one that has failed', async () => {
  const world = await ClientWorld.start('alone', { properties })
  await world.createTopic('orders')
  const producer = world.producer({ 'delivery.timeout.ms': 5000, 'request.timeout.ms': 2000, 'batch.size': 1_000_000 })
  await world.run(producer.send({ ...place, value: 'one' }))
  await world.pass(3_600_000)
  await world.run(producer.send({ ...place, value: 'two' }))
  world.killBroker(1)
  await assert.rejects(world.run(producer.send({ ...place, value: 'lost' })))
  await world.startBroker(1)
  await world.run(producer.send({ ...place, value: 'three' }))
  await world.run(producer.close())
  const values = (await world.read('orders')).map(({ value }) => value)
  assert.deepEqual(
    values.filter((value) => value !== 'lost'),
    ['one', 'two', 'three'],
  )
})

test('every test that docs/client.md names for a complaint exists', () => {
  const page = readFileSync(new URL('../../../docs/client.md', import.meta.url), 'utf8')
  const section = page.slice(
    page.indexOf('## What users of other clients suffer'),
    page.indexOf('## Configuration of a'),
  )
  const named = [...section.matchAll(/^\|.*\| ([\w/.-]+\.test\.ts): (.*) \|$/gm)]
  assert.ok(named.length >= 12)
  const sources = new Map<string, string>()
  const root = new URL('../', import.meta.url)
  for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    if (file.endsWith('.test.ts')) sources.set(file, readFileSync(new URL(file, root), 'utf8'))
  }
  for (const [, file = '', title = ''] of named) {
    assert.ok(sources.get(file)?.includes(title), `${file} has no test '${title}'`)
  }
})
