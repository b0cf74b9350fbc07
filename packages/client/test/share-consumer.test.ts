import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ErrorCode } from '@odradek/kafka-protocol'
import type { AcknowledgeResult, AcknowledgeType, ShareConsumer, ShareRecord } from '../src/index.ts'
import { ShareWorld } from './share-world.ts'
import { SpanRecorder } from './span-recorder.ts'

const explicit = { 'share.acknowledgement.mode': 'explicit' } as const

async function read(
  consumer: ShareConsumer,
  count: number,
  say: (record: ShareRecord) => AcknowledgeType | undefined = () => undefined,
): Promise<ShareRecord[]> {
  const records: ShareRecord[] = []
  for await (const record of consumer) {
    records.push(record)
    const type = say(record)
    if (type !== undefined) consumer.acknowledge(record, type)
    if (records.length === count) break
  }
  return records
}

const valuesOf = (records: readonly ShareRecord[]): string[] => records.map(({ value }) => String(value))
const statesOf = (world: ShareWorld): string[] => world.rules.records.map(({ state }) => state)

test('a record is accepted when the next one is asked for; the one in hand when the loop is left comes again', async () => {
  const world = await ShareWorld.start('share-implicit', ['a', 'b', 'c'])
  const consumer = world.consumer()
  assert.deepEqual(valuesOf(await world.run(read(consumer, 2))), ['a', 'b'])
  await world.run(consumer.commit())
  assert.deepEqual(statesOf(world), ['done', 'available', 'acquired'])
  const again = await world.run(read(consumer, 2, () => 'accept'))
  assert.deepEqual(
    again.map(({ value, deliveryCount }) => [String(value), deliveryCount]),
    [
      ['c', 1],
      ['b', 2],
    ],
  )
  await world.run(consumer.close())
  assert.deepEqual(statesOf(world), ['done', 'done', 'done'])
})

test('what is acknowledged reaches the broker by itself, without a fetch', async () => {
  const world = await ShareWorld.start('share-linger', ['a', 'b'])
  const consumer = world.consumer(explicit)
  await world.run(read(consumer, 1, () => 'accept'))
  await world.pass(1000)
  assert.deepEqual(statesOf(world), ['done', 'acquired'])
  await world.run(consumer.close())
})

test('released records come again, rejected ones do not; each word is told back', async () => {
  const world = await ShareWorld.start('share-explicit', ['accept', 'release', 'reject', undefined, 'accept'])
  const consumer = world.consumer(explicit)
  const results: AcknowledgeResult[] = []
  consumer.onAcknowledged((given) => results.push(...given))
  await world.run(read(consumer, 4, ({ value }) => String(value) as AcknowledgeType))
  await world.run(consumer.commit())
  assert.deepEqual(statesOf(world), ['done', 'available', 'done', 'done', 'done'])
  const told = results.flatMap(({ offsets }) => offsets).toSorted((one, other) => one - other)
  assert.deepEqual(told, [0, 1, 2, 3, 4])
  const [again] = await world.run(read(consumer, 1, () => 'accept'))
  assert.equal(again?.deliveryCount, 2)
  assert.throws(() => consumer.acknowledge(again as ShareRecord), { code: 'WRONG_STATE' })
  await world.run(consumer.close())
})

test('a record whose lock has run out is not handed over; a late word is refused, and says so', async () => {
  const world = await ShareWorld.start('share-lock', ['a', 'b', 'c'])
  const slow = world.consumer(explicit)
  const iterator = slow[Symbol.asyncIterator]()
  const held = (await world.run(iterator.next())).value as ShareRecord
  assert.ok(slow.lockLeftMs(held) > 4000)
  await world.pass(6000)
  assert.equal(slow.lockLeftMs(held), 0)
  const other = world.consumer({}, 'other')
  assert.deepEqual(valuesOf(await world.run(read(other, 3, () => 'accept'))), ['a', 'b', 'c'])
  await world.run(other.commit())
  slow.acknowledge(held, 'accept')
  await assert.rejects(world.run(slow.commit()), { code: 'BATCH_FAILED', message: /INVALID_RECORD_STATE/ })
  world.rules.add(['d'])
  assert.equal(String((await world.run(iterator.next())).value?.value), 'd')
  await world.run(Promise.all([slow.close(), other.close()]))
})

test('a renewed record stays in hand', async () => {
  const world = await ShareWorld.start('share-renew', ['a'])
  const consumer = world.consumer(explicit)
  const iterator = consumer[Symbol.asyncIterator]()
  const held = (await world.run(iterator.next())).value as ShareRecord
  for (let time = 0; time < 3; time++) {
    await world.pass(3000)
    consumer.acknowledge(held, 'renew')
    await world.run(consumer.commit())
    assert.ok(consumer.lockLeftMs(held) > 4000)
  }
  consumer.acknowledge(held, 'accept')
  await world.run(consumer.commit())
  assert.deepEqual(statesOf(world), ['done'])
  assert.equal(world.rules.records[0]?.deliveryCount, 1)
  await world.run(consumer.close())
})

test('a broker that cannot renew is named', async () => {
  const world = await ShareWorld.start('share-old', ['a'])
  world.withoutRenewal()
  const consumer = world.consumer(explicit)
  const iterator = consumer[Symbol.asyncIterator]()
  const held = (await world.run(iterator.next())).value as ShareRecord
  consumer.acknowledge(held, 'renew')
  await assert.rejects(world.run(consumer.commit()), { code: 'BATCH_FAILED', message: /KIP-1222/ })
  await world.run(consumer.close())
})

test('after a broken connection records come again, and nothing waits for ever', async () => {
  const world = await ShareWorld.start('share-cut', ['a', 'b'])
  const consumer = world.consumer(explicit)
  const iterator = consumer[Symbol.asyncIterator]()
  const held = (await world.run(iterator.next())).value as ShareRecord
  world.cutConnections()
  consumer.acknowledge(held, 'accept')
  await assert.rejects(world.run(consumer.commit()), { code: 'BATCH_FAILED' })
  const again = await world.run(read(consumer, 2, () => 'accept'))
  assert.deepEqual(valuesOf(again), ['a', 'b'])
  await world.run(consumer.close())
  assert.deepEqual(statesOf(world), ['done', 'done'])
})

test('acknowledgements that a broker could not store for a moment are said again, until they count', async () => {
  const world = await ShareWorld.start('share-retry', ['a', 'b', 'c', 'd'])
  const results: AcknowledgeResult[] = []
  const told: number[] = []
  const interceptor = {
    onAcknowledged: (given: readonly AcknowledgeResult[]) => told.push(...given.flatMap(({ offsets }) => offsets)),
  }
  const consumer = world.consumer({ ...explicit, 'interceptor.classes': [interceptor] })
  consumer.onAcknowledged((given) => results.push(...given))
  await world.run(read(consumer, 4, ({ offset }) => (offset === 0 ? 'accept' : undefined)))
  world.refusals.push(ErrorCode.COORDINATOR_NOT_AVAILABLE, ErrorCode.COORDINATOR_LOAD_IN_PROGRESS)
  const committing = consumer.commit()
  await world.pass(50)
  consumer.acknowledge({ topic: 'orders', partition: 0, offset: 1 })
  await world.run(committing)
  assert.deepEqual(statesOf(world), ['done', 'done', 'acquired', 'available'])
  assert.deepEqual(
    results.map(({ offsets, error }) => [offsets, error]),
    [[[0, 1, 3], undefined]],
  )
  assert.deepEqual(told, [0, 1, 3])
  // Others have what a new leader has.
  world.refusals.push(ErrorCode.NOT_LEADER_OR_FOLLOWER)
  consumer.acknowledge({ topic: 'orders', partition: 0, offset: 2 })
  await assert.rejects(world.run(consumer.commit()), { name: 'BatchError' })
  assert.equal(results.at(-1)?.error?.code, 'NOT_LEADER_OR_FOLLOWER')
  await world.run(consumer.close())
})

test('acknowledgements are given up when default.api.timeout.ms is over', async () => {
  const world = await ShareWorld.start('share-give-up', ['a'])
  const consumer = world.consumer({ ...explicit, 'default.api.timeout.ms': 2000 })
  await world.run(read(consumer, 1, () => 'accept'))
  world.refusals.push(...Array<number>(50).fill(ErrorCode.COORDINATOR_NOT_AVAILABLE))
  const fromMs = world.simulation.now
  await assert.rejects(world.run(consumer.commit()), { name: 'BatchError' })
  const tookMs = world.simulation.now - fromMs
  assert.ok(tookMs >= 1900 && tookMs < 4000, `${tookMs} ms`)
  world.refusals.splice(0)
  await world.run(consumer.close())
})

test('deserializers make records, interceptors see them, and one that cannot be read is released by itself', async () => {
  const world = await ShareWorld.start('share-deserializers', ['{"n":1}', 'no json', '{"n":3}'])
  const interceptor = {
    onConsume: (record: ShareRecord<Buffer, { n: number }>) => ({
      ...record,
      value: { n: (record.value?.n ?? 0) * 10 },
    }),
  }
  const given = { ...explicit, 'value.deserializer': 'json', 'interceptor.classes': [interceptor] } as const
  const consumer = world.consumer<Buffer, { n: number }>(given)
  const batches = consumer.batches()
  const first = await world.run(batches.next())
  const [one] = first.value?.records ?? []
  assert.deepEqual([first.value?.records.length, one?.value, one?.deliveryCount], [1, { n: 10 }, 1])
  consumer.acknowledge(one as ShareRecord<Buffer, { n: number }>)
  await assert.rejects(world.run(batches.next()), { code: 'POISON_RECORD' })
  const rest = await world.run(consumer.batches().next())
  assert.deepEqual(
    rest.value?.records.map(({ value }) => value),
    [{ n: 30 }],
  )
  await world.run(consumer.commit())
  assert.deepEqual(statesOf(world), ['done', 'available', 'acquired'])
  const [raw] = await world.run(poisonedIn(consumer))
  assert.equal(String(raw?.value), 'no json')
  await world.run(consumer.close())
})

/** The records for which `run` asks what becomes of them; they are rejected. */
async function poisonedIn(consumer: ShareConsumer<Buffer, { n: number }>): Promise<ShareRecord[]> {
  const poisoned: ShareRecord[] = []
  const stop = new AbortController()
  const onError = (_error: unknown, record: ShareRecord): 'reject' => {
    poisoned.push(record)
    stop.abort()
    return 'reject'
  }
  await consumer.run({ eachRecord: () => {}, onError, signal: stop.signal })
  return poisoned
}

test('spans, and metrics under the names of Java', async () => {
  const world = await ShareWorld.start('share-metrics', ['a', 'b'])
  const recorder = new SpanRecorder()
  const consumer = world.consumer({ opentelemetry: recorder.api, 'client.id': 'worker' })
  const stop = new AbortController()
  let count = 0
  const eachRecord = (): void => {
    if (++count === 2) stop.abort()
  }
  await world.run(consumer.run({ eachRecord, signal: stop.signal }))
  await world.run(consumer.commit())
  assert.deepEqual(
    recorder.ended.map(({ name, attributes }) => [name, attributes['messaging.consumer.group.name']]),
    [
      ['process orders', 'jobs'],
      ['process orders', 'jobs'],
    ],
  )
  const valueOf = (group: string, name: string): number | undefined =>
    consumer.metrics().find((metric) => metric.group === group && metric.name === name && !('topic' in metric.tags))
      ?.value
  const fetching = 'consumer-share-fetch-manager-metrics'
  assert.equal(valueOf(fetching, 'records-consumed-total'), 2)
  assert.equal(valueOf(fetching, 'records-per-request-max'), 2)
  assert.equal(valueOf(fetching, 'acknowledgements-send-total'), 2)
  assert.equal(valueOf(fetching, 'acknowledgements-error-total'), 0)
  assert.ok((valueOf(fetching, 'fetch-size-max') ?? 0) > 50)
  assert.equal(valueOf('consumer-share-coordinator-metrics', 'rebalance-total'), 1)
  assert.ok((valueOf('consumer-share-coordinator-metrics', 'heartbeat-total') ?? 0) >= 1)
  assert.equal(valueOf('consumer-share-metrics', 'last-poll-seconds-ago'), 0)
  await world.run(consumer.close())
})

test('run works on several records at once; what throws is released, or what the application says', async () => {
  const world = await ShareWorld.start('share-run', ['a', 'poison', 'b', 'c'])
  const consumer = world.consumer()
  const seen: string[] = []
  const running = consumer.run({
    concurrency: 3,
    eachRecord: async ({ value }) => {
      seen.push(String(value))
      await Promise.resolve()
      if (String(value) === 'poison') throw new Error('cannot be handled')
    },
    onError: (_error, { deliveryCount }) => (deliveryCount < 3 ? 'release' : 'reject'),
  })
  await world.pass(5000)
  assert.deepEqual(statesOf(world), ['done', 'done', 'done', 'done'])
  assert.equal(seen.filter((value) => value === 'poison').length, 3)
  await world.run(consumer.close())
  await world.run(running)
})

for (let seed = 0; seed < 5; seed++) {
  test(`three members share all records, whatever breaks (seed ${seed})`, async () => {
    const values = Array.from({ length: 60 }, (_, index) => `v${index}`)
    const world = await ShareWorld.start(`share-many-${seed}`, values)
    const done = new Map<string, number>()
    const members = ['one', 'two', 'three'].map((machine) => {
      const consumer = world.consumer({ 'max.poll.records': 5 }, machine)
      const running = consumer.run({
        concurrency: 2,
        eachRecord: async ({ value }) => {
          await new Promise<void>((resolve) =>
            world.simulation.machine(machine).env.timers.after(50 + seed * 40, resolve),
          )
          done.set(String(value), (done.get(String(value)) ?? 0) + 1)
        },
      })
      return { consumer, running }
    })
    await world.pass(700)
    world.cutConnections()
    await world.pass(20_000)
    assert.equal(done.size, values.length)
    assert.ok(statesOf(world).every((state) => state === 'done'))
    // Only what was in hand when the connections broke, or was done and not told yet, may have come again: at most ten each.
    const repeats = [...done.values()].reduce((sum, count) => sum + count - 1, 0)
    assert.ok(repeats <= 30, `${repeats} records came again`)
    for (const { consumer, running } of members) {
      await world.run(consumer.close())
      await world.run(running)
    }
  })
}
