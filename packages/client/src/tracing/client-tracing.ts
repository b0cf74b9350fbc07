import type { ConsumerRecord } from '../consumer/consumer-record.ts'
import type { HeadersInput, ProducerRecord, RecordMetadata } from '../producer/producer-record.ts'
import { errorStatus, spanKind } from './open-telemetry.ts'
import type { OpenTelemetryLike, SpanLike } from './open-telemetry.ts'

interface TracingOptions {
  readonly clientId: string
  readonly groupId?: string | undefined
}

/** A record with the span that its sending is. */
export interface TracedSend<Record> {
  readonly record: Record
  settled(error: Error | undefined, metadata: RecordMetadata | undefined): void
}

/**
 * Spans by OpenTelemetry's conventions for messaging: `send TOPIC` for each record that is produced, whose context travels in the record's headers (traceparent,
 * with the W3C propagator), and `process TOPIC` for each record that `run` hands over, a child of the span that sent it.
 */
export class ClientTracing {
  readonly #api: OpenTelemetryLike
  readonly #tracer: ReturnType<OpenTelemetryLike['trace']['getTracer']>
  readonly #attributes: Readonly<Record<string, string>>

  constructor(api: OpenTelemetryLike, { clientId, groupId }: TracingOptions) {
    this.#api = api
    this.#tracer = api.trace.getTracer('@odradek/client', '0.1.0')
    this.#attributes = {
      'messaging.system': 'kafka',
      ...(clientId === '' ? {} : { 'messaging.client.id': clientId }),
      ...(groupId === undefined ? {} : { 'messaging.consumer.group.name': groupId }),
    }
  }

  /** The context of the span goes into the headers, behind those that are there. */
  send<Key, Value>(record: ProducerRecord<Key, Value>): TracedSend<ProducerRecord<Key, Value>> {
    const { topic, key } = record
    const attributes: Record<string, string | number | boolean> = {
      ...this.#attributes,
      'messaging.operation.name': 'send',
      'messaging.operation.type': 'send',
      'messaging.destination.name': topic,
      ...(typeof key === 'string' ? { 'messaging.kafka.message.key': key } : {}),
      ...(record.value === null ? { 'messaging.kafka.message.tombstone': true } : {}),
    }
    const span = this.#tracer.startSpan(`send ${topic}`, { kind: spanKind.producer, attributes })
    const carrier: Record<string, string> = {}
    const parent = this.#api.context.active()
    this.#api.propagation.inject(this.#api.trace.setSpan(parent as never, span as never) as never, carrier)
    return {
      record: { ...record, headers: withCarrier(record.headers, carrier) },
      settled: (error, metadata) => {
        if (metadata !== undefined) {
          span.setAttribute('messaging.destination.partition.id', String(metadata.partition))
          span.setAttribute('messaging.kafka.offset', metadata.offset)
        }
        end(span, error)
      },
    }
  }

  /** Runs the application's work with the span of the record active. */
  async process<Key, Value>(record: ConsumerRecord<Key, Value>, work: () => void | Promise<void>): Promise<void> {
    const { topic, partition, offset, key, value } = record
    const carrier: Record<string, string> = {}
    for (const { key: name, value: bytes } of record.headers) if (bytes !== null) carrier[name] = bytes.toString('utf8')
    const parent = this.#api.propagation.extract(this.#api.context.active() as never, carrier)
    const sender = this.#api.trace.getSpanContext(parent as never)
    const attributes: Record<string, string | number | boolean> = {
      ...this.#attributes,
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': topic,
      'messaging.destination.partition.id': String(partition),
      'messaging.kafka.offset': offset,
      ...(typeof key === 'string' ? { 'messaging.kafka.message.key': key } : {}),
      ...(value === null ? { 'messaging.kafka.message.tombstone': true } : {}),
    }
    const links = sender === undefined ? [] : [{ context: sender }]
    const span = this.#tracer.startSpan(
      `process ${topic}`,
      { kind: spanKind.consumer, attributes, links },
      parent as never,
    )
    const active = this.#api.trace.setSpan(parent as never, span as never)
    try {
      await this.#api.context.with(active as never, work)
      end(span, undefined)
    } catch (error) {
      end(span, error instanceof Error ? error : new Error(String(error)))
      throw error
    }
  }
}

function end(span: SpanLike, error: Error | undefined): void {
  if (error !== undefined) {
    const { code } = error as { readonly code?: unknown }
    span.setAttribute('error.type', typeof code === 'string' ? code : error.name)
    span.recordException(error)
    span.setStatus({ code: errorStatus, message: error.message })
  }
  span.end()
}

function withCarrier(headers: HeadersInput | undefined, carrier: Readonly<Record<string, string>>): HeadersInput {
  const added = Object.entries(carrier).map(([key, value]) => ({ key, value }))
  if (headers === undefined) return added
  if (Array.isArray(headers)) return [...headers, ...added]
  return { ...(headers as Readonly<Record<string, string>>), ...carrier }
}
