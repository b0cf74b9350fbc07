// OpenTelemetry's instrumentation puts itself into kafkajs when that is loaded: a trace goes from a send through each handler.
const assert = require('node:assert/strict')
const { context, propagation, trace, SpanKind } = require('@opentelemetry/api')
const { AsyncLocalStorageContextManager } = require('@opentelemetry/context-async-hooks')
const { W3CTraceContextPropagator } = require('@opentelemetry/core')
const { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } = require('@opentelemetry/sdk-trace-base')
const { KafkaJsInstrumentation } = require('@opentelemetry/instrumentation-kafkajs')
const { until } = require('./until.cjs')

const exporter = new InMemorySpanExporter()
const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
propagation.setGlobalPropagator(new W3CTraceContextPropagator())
trace.setGlobalTracerProvider(tracerProvider)
const instrumentation = new KafkaJsInstrumentation()
instrumentation.setTracerProvider(tracerProvider)
const { Kafka, logLevel } = require('kafkajs')

const topic = 'traced'

async function main() {
  const kafka = new Kafka({ brokers: [process.env.BOOTSTRAP], logLevel: logLevel.NOTHING })
  const producer = kafka.producer()
  await producer.connect()
  const messages = ['one', 'two'].map((value) => ({ value, partition: 0 }))
  const root = trace.getTracer('program').startSpan('root')
  await context.with(trace.setSpan(context.active(), root), () => producer.send({ topic, messages }))
  root.end()
  const handled = []
  const consumers = []
  for (const handler of ['eachMessage', 'eachBatch']) {
    const consumer = kafka.consumer({ groupId: handler })
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    const run = async ({ message, batch }) => void handled.push(...(message ? [message] : batch.messages))
    await consumer.run({ [handler]: run })
    consumers.push(consumer)
  }
  await until('each message is handled by both', () => handled.length === 4)
  await Promise.all([producer, ...consumers].map((each) => each.disconnect()))

  const spans = exporter.getFinishedSpans()
  const sent = spans.filter(({ kind }) => kind === SpanKind.PRODUCER)
  assert.deepEqual(
    sent.map(({ parentSpanContext }) => parentSpanContext.spanId),
    [root.spanContext().spanId, root.spanContext().spanId],
  )
  const taken = spans.filter(
    ({ kind, attributes }) => kind === SpanKind.CONSUMER && attributes['messaging.operation.type'] === 'process',
  )
  assert.equal(taken.length, 4)
  const senders = sent.map((span) => span.spanContext().spanId)
  for (const { attributes, links, parentSpanContext } of taken) {
    assert.equal(attributes['messaging.destination.name'], topic)
    assert.ok(senders.includes(links[0]?.context.spanId ?? parentSpanContext?.spanId))
  }
}

void main()
