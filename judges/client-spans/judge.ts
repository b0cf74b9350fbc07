// The spans of our client by OpenTelemetry's own packages: what a program with the SDK for Node sees of records that it sends and processes.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import path from 'node:path'
import { createAdmin, createConsumer, createProducer } from '@odradek/client/node'
import type { ConsumerRecord } from '@odradek/client'
import type { JudgeContext } from '../lib/judge.ts'
import { installNpm } from '../lib/install-npm.ts'
import { startTarget } from '../lib/target.ts'
import type { Api, ApplicationApi, FinishedSpan, Sdk } from './open-telemetry.ts'
import { root } from '../lib/folders.ts'

const [serverKind, producerKind, consumerKind] = [1, 3, 4]
const errorStatus = 2

export async function judge({ report, target: kind }: JudgeContext): Promise<void> {
  const require = createRequire(
    path.join(await installNpm(path.join(root, 'judges', 'client-spans'), 'client-spans'), 'package.json'),
  )
  const opentelemetry = require('@opentelemetry/api') as Api
  const { NodeTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } =
    require('@opentelemetry/sdk-trace-node') as Sdk
  const exporter = new InMemorySpanExporter()
  // Sets the context manager and the W3C propagators as well.
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  provider.register()
  const application: ApplicationApi = opentelemetry
  const tracer = application.trace.getTracer('judge')
  const target = await startTarget(kind)
  const common = { 'bootstrap.servers': target.bootstrap, opentelemetry }
  const producer = createProducer({ ...common, 'client.id': 'shop', 'linger.ms': 5 })
  const consumer = createConsumer<string, string>({
    ...common,
    'client.id': 'billing-1',
    'group.id': 'billing',
    'auto.offset.reset': 'earliest',
    'key.deserializer': 'string',
    'value.deserializer': 'string',
  })
  try {
    const admin = createAdmin({ 'bootstrap.servers': target.bootstrap })
    await admin.createTopics([{ name: 'orders', partitions: 1, replicationFactor: 1 }])
    admin.close()
    // Two are sent while a request is served, one by nobody in particular, one that cannot be.
    await tracer.startActiveSpan('POST /orders', { kind: serverKind }, async (span) => {
      const headers = { source: 'web' }
      await producer.sendBatch(['one', 'two'].map((value) => ({ topic: 'orders', key: value, value, headers })))
      span.end()
    })
    await producer.send({ topic: 'orders', value: 'three' })
    await assert.rejects(producer.send({ topic: 'orders', value: 'x'.repeat(2 ** 21) }))
    const handled: ConsumerRecord<string, string>[] = []
    const done = new AbortController()
    consumer.subscribe('orders')
    await consumer.run({
      signal: done.signal,
      onError: 'skip',
      eachRecord: async (record) => {
        handled.push(record)
        // The application's own span, begun after a turn: the context is still there.
        await new Promise((resolve) => setImmediate(resolve))
        tracer.startSpan(`charge ${record.value}`).end()
        if (handled.length === 3) done.abort()
        if (record.value === 'two') throw new TypeError('no such order')
      },
    })
    await Promise.all([producer.close(), consumer.close()])
    const spans = exporter.getFinishedSpans()
    const named = (name: string): FinishedSpan[] => spans.filter((span) => span.name === name)
    const [request] = named('POST /orders')
    const sent = named('send orders')
    const processed = named('process orders')
    await report.check('a span for each record that is sent, a child of what it is sent in', () => {
      assert.equal(sent.length, 4)
      assert.ok(sent.every((span) => span.kind === producerKind && span.ended))
      const parents = sent.map((span) => span.parentSpanContext?.spanId)
      assert.deepEqual(parents, [request?.spanContext().spanId, request?.spanContext().spanId, undefined, undefined])
    })
    await report.check('attributes by the conventions for messaging, with where the record was written', () => {
      assert.deepEqual(sent[0]?.attributes, {
        'messaging.system': 'kafka',
        'messaging.client.id': 'shop',
        'messaging.operation.name': 'send',
        'messaging.operation.type': 'send',
        'messaging.destination.name': 'orders',
        'messaging.destination.partition.id': '0',
        'messaging.kafka.message.key': 'one',
        'messaging.kafka.offset': 0,
      })
    })
    await report.check('what was not sent is an error, with its type', () => {
      const failed = sent.filter((span) => span.status.code === errorStatus)
      assert.equal(failed.length, 1)
      assert.equal(typeof failed[0]?.attributes['error.type'], 'string')
      assert.equal(failed[0]?.events[0]?.name, 'exception')
    })
    await report.check('the context travels in the headers, beside those of the application', () => {
      assert.deepEqual(
        handled.map(({ headers }) => headers.map(({ key }) => key)),
        [['source', 'traceparent'], ['source', 'traceparent'], ['traceparent']],
      )
      for (const [index, record] of handled.entries()) {
        const { traceId, spanId } = sent[index]?.spanContext() ?? { traceId: '', spanId: '' }
        assert.equal(String(record.headers.at(-1)?.value), `00-${traceId}-${spanId}-01`)
      }
    })
    await report.check(
      'a span for each record that is processed: a child of the one that sent it, linked to it',
      () => {
        assert.equal(processed.length, 3)
        for (const [index, span] of processed.entries()) {
          assert.equal(span.kind, consumerKind)
          assert.equal(span.spanContext().traceId, sent[index]?.spanContext().traceId)
          assert.equal(span.parentSpanContext?.spanId, sent[index]?.spanContext().spanId)
          assert.equal(span.links[0]?.context.spanId, sent[index]?.spanContext().spanId)
        }
        assert.deepEqual(processed[0]?.attributes, {
          'messaging.system': 'kafka',
          'messaging.client.id': 'billing-1',
          'messaging.consumer.group.name': 'billing',
          'messaging.operation.name': 'process',
          'messaging.operation.type': 'process',
          'messaging.destination.name': 'orders',
          'messaging.destination.partition.id': '0',
          'messaging.kafka.message.key': 'one',
          'messaging.kafka.offset': 0,
        })
      },
    )
    await report.check("the application's own spans are inside, and what it throws is on the span", () => {
      for (const [index, value] of ['one', 'two', 'three'].entries()) {
        assert.equal(named(`charge ${value}`)[0]?.parentSpanContext?.spanId, processed[index]?.spanContext().spanId)
      }
      assert.deepEqual(
        processed.map((span) => span.attributes['error.type']),
        [undefined, 'TypeError', undefined],
      )
    })
  } finally {
    await Promise.all([producer.close(), consumer.close()])
    await provider.shutdown()
    await target.stop()
    target.remove()
  }
}
