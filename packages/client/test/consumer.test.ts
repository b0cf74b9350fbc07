import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConsumerBatch, ConsumerRecord, DeadLetter } from '../src/index.ts'
import { ClientWorld } from './client-world.ts'
import { consumerIn, take } from './consumer-world.ts'
import { writeBatch, writeValues } from './record-writer.ts'

const orders = { topic: 'orders', partition: 0 }

async function worldWith(seed: string, values: readonly string[], partitions = 1): Promise<ClientWorld> {
  const world = await ClientWorld.start(seed)
  await world.createTopic('orders', { partitions })
  if (values.length > 0) await writeValues(world, orders, values)
  return world
}

for (const protocol of ['classic', 'consumer'] as const) {
  test(`records are read in order, and the next member goes on where the first has committed (${protocol})`, async () => {
    const world = await worldWith(`consumer-${protocol}`, ['a', 'b', 'c', 'd'])
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

test('a record that the application was not done with comes again, one that it was done with does not', async () => {
  const world = await worldWith('consumer-break', ['a', 'b', 'c'])
  const consumer = consumerIn(world)
  consumer.subscribe('orders')
  const seen: string[] = []
  const read = async (until: string): Promise<void> => {
    for await (const record of consumer) {
      seen.push(String(record.value))
      if (String(record.value) === until) break
    }
  }
  await world.run(read('b'))
  await world.run(read('c'))
  assert.deepEqual(seen, ['a', 'b', 'b', 'c'])
  await world.run(consumer.close())
  const next = consumerIn(world)
  next.subscribe('orders')
  assert.deepEqual(await world.run(take(next, 1)), ['c'])
  await world.run(next.close())
})

test('an iteration that is left with a batch in hand, or while it waits, keeps nobody: close is done at once', async () => {
  const world = await worldWith('consumer-left', ['a', 'b'])
  const consumer = consumerIn(world)
  consumer.subscribe('orders')
  const batches = consumer.batches()
  assert.equal((await world.run(batches.next())).value?.records.length, 2)
  const waiting = batches.next()
  await world.run(batches.return(undefined))
  assert.deepEqual(await world.run(waiting), { done: true, value: undefined })
  await writeValues(world, orders, ['c'])
  const records = consumer[Symbol.asyncIterator]()
  assert.equal(String((await world.run(records.next())).value?.value), 'c')
  await world.run(records.return(undefined))
  const fromMs = world.env.clock.monotonicMs()
  await world.run(consumer.close())
  assert.ok(world.env.clock.monotonicMs() - fromMs < 1000)
})

test('close that has to wait for a batch which nobody gives back says so, and how to give it back', async () => {
  const world = await worldWith('consumer-kept', ['a', 'b'])
  const warnings: string[] = []
  const consumer = consumerIn(world, {}, 'client', (text) => warnings.push(text))
  consumer.subscribe('orders')
  const batches = consumer.batches()
  await world.run(batches.next())
  const fromMs = world.env.clock.monotonicMs()
  await world.run(consumer.close({ timeoutMs: 5000 }))
  assert.ok(world.env.clock.monotonicMs() - fromMs >= 5000)
  assert.match(warnings.join(), /^close waits, for at most 5000 ms, .* return\(\)$/)
})

test('batches, a stream and assigned partitions without a group bring the same records', async () => {
  const world = await worldWith('consumer-faces', ['a', 'b', 'c', 'd', 'e'])
  const consumer = consumerIn(world, { 'group.id': undefined, 'max.poll.records': 2 })
  consumer.assign([orders])
  const batches: ConsumerBatch[] = []
  const readBatches = async (): Promise<void> => {
    for await (const batch of consumer.batches()) if (batches.push(batch) === 3) break
  }
  await world.run(readBatches())
  assert.deepEqual(
    batches.map(({ records, nextOffset }) => [records.length, nextOffset]),
    [
      [2, 2],
      [2, 4],
      [1, 5],
    ],
  )
  consumer.seek(orders, 3)
  const reader = consumer.stream().getReader()
  assert.equal(String((await world.run(reader.read())).value?.value), 'd')
  assert.equal(String((await world.run(reader.read())).value?.value), 'e')
  await world.run(reader.cancel())
  await assert.rejects(consumer.commit(), { code: 'INVALID_CONFIG', message: /group\.id/ })
  await world.run(consumer.close())
})

test('offsets are found by time, at the beginning and at the end; positions can be sought', async () => {
  const world = await worldWith('consumer-offsets', [])
  for (const [index, value] of ['a', 'b', 'c'].entries()) {
    await writeBatch(world, orders, {
      records: [{ timestampMs: 1000 * (index + 1), key: null, value: Buffer.from(value) }],
    })
  }
  const consumer = consumerIn(world, { 'auto.offset.reset': 'latest' })
  consumer.assign([orders])
  assert.deepEqual(await world.run(consumer.beginningOffsets([orders])), new Map([['orders-0', 0]]))
  assert.deepEqual(await world.run(consumer.endOffsets([orders])), new Map([['orders-0', 3]]))
  const times = await world.run(consumer.offsetsForTimes([{ ...orders, timestampMs: 1500 }]))
  assert.equal(times.get('orders-0')?.offset, 1)
  assert.equal((await world.run(consumer.offsetsForTimes([{ ...orders, timestampMs: 9000 }]))).size, 0)
  await world.run(consumer.seekToBeginning())
  assert.deepEqual(await world.run(take(consumer, 1)), ['a'])
  consumer.seek(orders, 2)
  assert.deepEqual(await world.run(take(consumer, 1)), ['c'])
  assert.equal((await world.run(consumer.committed([orders]))).get('orders-0')?.offset, 3)
  await world.run(consumer.seekToEnd())
  await writeValues(world, orders, ['d'])
  assert.deepEqual(await world.run(take(consumer, 1)), ['d'])
  assert.throws(() => consumer.seek({ topic: 'orders', partition: 9 }, 0), { code: 'WRONG_STATE' })
  await world.run(consumer.close())
})

test('a commit carries the text of the application', async () => {
  const world = await worldWith('consumer-metadata', ['a'])
  const consumer = consumerIn(world)
  consumer.subscribe('orders')
  const read = async (): Promise<void> => {
    for await (const record of consumer) {
      await consumer.commitRecord(record, 'invoice 7')
      break
    }
  }
  await world.run(read())
  const committed = await world.run(consumer.committed([orders]))
  assert.deepEqual(committed.get('orders-0'), { offset: 1, leaderEpoch: 0, metadata: 'invoice 7' })
  await world.run(consumer.close())
})

test('auto.offset.reset none ends the consumer where there is no position; by_duration begins in time', async () => {
  const world = await worldWith('consumer-reset', [])
  const now = world.env.clock.wallMs()
  for (const [age, value] of [
    [7_200_000, 'old'],
    [600_000, 'fresh'],
  ] as const) {
    await writeBatch(world, orders, { records: [{ timestampMs: now - age, key: null, value: Buffer.from(value) }] })
  }
  const none = consumerIn(world, { 'auto.offset.reset': 'none' })
  none.subscribe('orders')
  await assert.rejects(world.run(take(none, 1)), {
    code: 'OFFSET_OUT_OF_RANGE',
    message: /auto\.offset\.reset is none/,
  })
  assert.equal(none.health().state, 'failed')
  assert.throws(() => none.pause(), { code: 'OFFSET_OUT_OF_RANGE' })
  const recent = consumerIn(world, { 'auto.offset.reset': 'by_duration:PT1H' })
  recent.subscribe('orders')
  assert.deepEqual(await world.run(take(recent, 1)), ['fresh'])
  await world.run(recent.close())
})

test('a position before the beginning of the log goes where auto.offset.reset says', async () => {
  const world = await worldWith('consumer-out-of-range', ['a', 'b'])
  const consumer = consumerIn(world)
  consumer.assign([orders])
  consumer.seek(orders, 77)
  assert.deepEqual(await world.run(take(consumer, 2)), ['a', 'b'])
  await world.run(consumer.close())
})

test('a paused partition holds no other up, and its records come after resume', async () => {
  const world = await worldWith('consumer-pause', ['a'], 2)
  const other = { topic: 'orders', partition: 1 }
  await writeValues(world, other, ['x', 'y'])
  const consumer = consumerIn(world)
  consumer.assign([orders, other])
  consumer.pause([orders])
  assert.deepEqual(await world.run(take(consumer, 2)), ['x', 'y'])
  assert.equal(consumer.health().bufferedBytes, 0)
  consumer.resume()
  assert.deepEqual(await world.run(take(consumer, 1)), ['a'])
  await world.run(consumer.close())
})

test('run works on partitions at the same time, and on keys of one partition, in the order of each key', async () => {
  const values = Array.from({ length: 30 }, (_, index) => `k${index % 3}=${index}`)
  const world = await worldWith('consumer-run', values)
  const consumer = consumerIn(world)
  consumer.subscribe('orders')
  const seen = new Map<string, number[]>()
  let [working, most] = [0, 0]
  const stop = new AbortController()
  const eachRecord = async (record: ConsumerRecord): Promise<void> => {
    most = Math.max(most, ++working)
    const key = String(record.key)
    await new Promise<void>((resolve) => world.env.timers.after(10 * (1 + (record.offset % 4)), resolve))
    const known = seen.get(key) ?? []
    seen.set(key, [...known, record.offset])
    working--
    if ([...seen.values()].flat().length === values.length) stop.abort()
  }
  await world.run(consumer.run({ eachRecord, concurrencyPerPartition: 3, signal: stop.signal }))
  for (const offsets of seen.values())
    assert.deepEqual(
      offsets,
      offsets.toSorted((a, b) => a - b),
    )
  assert.equal(most, 3)
  await world.run(consumer.close())
  const offsets = consumerIn(world)
  assert.equal((await world.run(offsets.committed([orders]))).get('orders-0')?.offset, 30)
  await world.run(offsets.close())
})

test('a poison record ends the run, is skipped, or goes to the dead letters with where it came from', async () => {
  const world = await worldWith('consumer-poison', ['a', 'poison', 'c'])
  const eachRecord = ({ value }: ConsumerRecord): void => {
    if (String(value) === 'poison') throw new TypeError('cannot digest this')
  }
  const failing = consumerIn(world, { 'group.id': 'failing' })
  failing.subscribe('orders')
  await assert.rejects(world.run(failing.run({ eachRecord })), { name: 'TypeError' })
  await world.run(failing.close())
  const behind = consumerIn(world, { 'group.id': 'failing' })
  behind.subscribe('orders')
  assert.deepEqual(await world.run(take(behind, 1)), ['poison'])
  await world.run(behind.close())
  const letters: DeadLetter[] = []
  const keeping = consumerIn(world, { 'group.id': 'keeping' })
  keeping.subscribe('orders')
  const running = keeping.run({
    eachRecord,
    onError: { topic: 'orders.dead', send: async (letter) => letters.push(letter) },
  })
  await world.pass(10_000)
  await world.run(Promise.all([keeping.close(), running]))
  assert.equal(String(letters[0]?.value), 'poison')
  const headers = new Map(letters[0]?.headers.map(({ key, value }) => [key, String(value)]))
  assert.equal(headers.get('dead-letter.offset'), '1')
  assert.equal(headers.get('dead-letter.error.message'), 'cannot digest this')
})

test('what users write is checked: unknown keys, mixed ways to read, no group, no start', async () => {
  const world = await worldWith('consumer-mistakes', [])
  assert.throws(() => consumerIn(world, { 'auto.ofset.reset': 'latest' } as never), {
    message: /did you mean auto\.offset\.reset/,
  })
  assert.throws(() => consumerIn(world, { 'auto.offset.reset': 'by_duration:soon' }), { code: 'INVALID_CONFIG' })
  assert.throws(() => consumerIn(world, { 'partition.assignment.strategy': ['rang'] }), { code: 'INVALID_CONFIG' })
  const lonely = consumerIn(world, { 'group.id': undefined })
  assert.throws(() => lonely.subscribe('orders'), { message: /group\.id/ })
  await assert.rejects(world.run(take(lonely, 1)), { code: 'WRONG_STATE', message: /subscribe or assign/ })
  lonely.assign([orders])
  await world.run(lonely.close())
  assert.throws(() => lonely.assign([orders]), { code: 'CLOSED' })
})
