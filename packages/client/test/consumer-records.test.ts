import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Consumer } from '../src/index.ts'
import type { ConsumerInterceptor, ConsumerRecord, DeadLetter } from '../src/index.ts'
import { ClientWorld } from './client-world.ts'
import { SpanRecorder } from './span-recorder.ts'
import { writeValues } from './record-writer.ts'

const orders = { topic: 'orders', partition: 0 }

interface Order {
  readonly id: number
}

async function worldWith(seed: string, values: readonly string[]): Promise<ClientWorld> {
  const world = await ClientWorld.start(seed)
  await world.createTopic('orders')
  if (values.length > 0) await writeValues(world, orders, values)
  return world
}

function jsonConsumer(
  world: ClientWorld,
  given: ConstructorParameters<typeof Consumer>[1] = {},
): Consumer<string, Order> {
  const consumer = new Consumer<string, Order>(world.env, {
    'bootstrap.servers': world.bootstrapServers,
    'group.id': 'billing',
    'auto.offset.reset': 'earliest',
    'key.deserializer': 'string',
    'value.deserializer': 'json',
    ...given,
  })
  consumer.subscribe('orders')
  return consumer
}

test('deserializers make keys and values of bytes, in every way of reading', async () => {
  const world = await worldWith('deserializers', ['{"id":1}', '{"id":2}', '{"id":3}'])
  const consumer = jsonConsumer(world)
  const read = async (): Promise<number[]> => {
    for await (const { value } of consumer) return [value?.id ?? 0]
    return []
  }
  assert.deepEqual(await world.run(read()), [1])
  const readBatch = async (): Promise<number[]> => {
    for await (const { records } of consumer.batches()) return records.map(({ value }) => value?.id ?? 0)
    return []
  }
  assert.deepEqual(await world.run(readBatch()), [1, 2, 3])
  const seen: number[] = []
  const running = consumer.run({
    eachRecord: ({ value }) => {
      seen.push(value?.id ?? 0)
    },
  })
  await world.pass(8000)
  assert.deepEqual(seen, [1, 2, 3])
  await world.run(consumer.close())
  await world.run(running)
})

test('a record that its deserializer does not take ends the iteration with its place, and stays to be read', async () => {
  const world = await worldWith('poison-iterate', ['{"id":1}', 'no json'])
  const consumer = jsonConsumer(world)
  const seen: number[] = []
  const read = async (): Promise<void> => {
    for await (const { value } of consumer) seen.push(value?.id ?? 0)
  }
  await assert.rejects(world.run(read()), { code: 'POISON_RECORD', message: /offset 1 of orders-0/ })
  assert.deepEqual(seen, [1])
  assert.equal(consumer.position(orders), 1)
  await world.run(consumer.close())
})

test('run treats such a record as one that the application threw for: dead letters get its bytes', async () => {
  const world = await worldWith('poison-run', ['{"id":1}', 'no json', '{"id":3}'])
  const consumer = jsonConsumer(world)
  const seen: number[] = []
  const dead: DeadLetter[] = []
  const running = consumer.run({
    eachRecord: ({ value }) => {
      seen.push(value?.id ?? 0)
    },
    onError: {
      topic: 'dead',
      send: (letter) => {
        dead.push(letter)
        return Promise.resolve()
      },
    },
  })
  await world.pass(8000)
  assert.deepEqual(seen, [1, 3])
  assert.deepEqual(
    dead.map(({ value }) => String(value)),
    ['no json'],
  )
  await world.run(consumer.close())
  await world.run(running)
})

test('batches leave such records out where errors are skipped', async () => {
  const world = await worldWith('poison-batch', ['{"id":1}', 'no json', '{"id":3}'])
  const consumer = jsonConsumer(world)
  const seen: number[] = []
  const running = consumer.run({
    eachBatch: ({ records }) => {
      seen.push(...records.map(({ value }) => value?.id ?? 0))
    },
    onError: 'skip',
  })
  await world.pass(8000)
  assert.deepEqual(seen, [1, 3])
  await world.run(consumer.close())
  await world.run(running)
})

test('interceptors see records, commits and the end; one that throws changes nothing', async () => {
  const world = await worldWith('interceptors', ['{"id":1}', '{"id":2}'])
  const committed: number[] = []
  let isClosed = false
  const twice: ConsumerInterceptor<string, Order> = {
    onConsume: (record) => ({ ...record, value: { id: (record.value?.id ?? 0) * 2 } }),
    onCommit: (offsets) => committed.push(...offsets.map(({ offset }) => offset)),
    close: () => {
      isClosed = true
    },
  }
  const broken: ConsumerInterceptor<string, Order> = {
    onConsume: () => {
      throw new Error('broken')
    },
  }
  const consumer = jsonConsumer(world, { 'interceptor.classes': [broken, twice] })
  const read = async (): Promise<number> => {
    let last: ConsumerRecord<string, Order> | undefined
    for await (const record of consumer) {
      last = record
      if (record.offset === 1) break
    }
    await consumer.commitRecord(last as ConsumerRecord<string, Order>)
    return last?.value?.id ?? 0
  }
  assert.equal(await world.run(read()), 4)
  await world.run(consumer.close())
  assert.deepEqual(committed, [2])
  assert.ok(isClosed)
})

test('spans of sending and processing are one trace, which travels in the headers', async () => {
  const world = await worldWith('tracing', [])
  const spans = new SpanRecorder()
  const producer = world.producer({ 'client.id': 'writer', opentelemetry: spans.api })
  await world.run(producer.send({ topic: 'orders', value: '{"id":1}', headers: { own: 'yes' } }))
  const consumer = jsonConsumer(world, { opentelemetry: spans.api })
  let inner: unknown
  const failure = new Error('no')
  const running = consumer.run({
    eachRecord: ({ headers }) => {
      assert.deepEqual(
        headers.map(({ key }) => key),
        ['own', 'traceparent'],
      )
      inner = spans.active
      throw failure
    },
    onError: 'skip',
  })
  await world.pass(8000)
  const [sent, processed] = spans.ended
  assert.equal(sent?.name, 'send orders')
  assert.deepEqual(
    [sent?.attributes['messaging.system'], sent?.attributes['messaging.kafka.offset'], sent?.kind],
    ['kafka', 0, 3],
  )
  assert.equal(processed?.name, 'process orders')
  assert.equal(processed?.attributes['messaging.consumer.group.name'], 'billing')
  assert.equal(processed?.attributes['error.type'], 'Error')
  assert.equal(processed?.parent, sent?.context.spanId)
  assert.equal(processed?.context.traceId, sent?.context.traceId)
  assert.equal(inner, processed)
  await world.run(Promise.all([consumer.close(), producer.close()]))
  await world.run(running)
})
