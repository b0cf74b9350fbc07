import type { OpenTelemetryLike, SpanContextLike, SpanLike, SpanOptionsLike } from '../src/index.ts'

interface RecordedSpan extends SpanLike {
  readonly name: string
  readonly kind: number | undefined
  readonly context: SpanContextLike
  /** The span id of the parent. */
  readonly parent: string | undefined
  readonly attributes: Record<string, string | number | boolean>
}

/** A context: the span that is active in it, or that came from elsewhere. */
interface Context {
  readonly span?: RecordedSpan
  readonly remote?: SpanContextLike
}

/** What OpenTelemetry's API does, with W3C's propagation, and spans kept in memory. */
export class SpanRecorder {
  readonly ended: RecordedSpan[] = []
  #active: Context = {}
  #count = 0

  get active(): RecordedSpan | undefined {
    return this.#active.span
  }

  get api(): OpenTelemetryLike {
    const contextOf = (context: Context): SpanContextLike | undefined => context.span?.spanContext() ?? context.remote
    return {
      trace: {
        getTracer: () => ({
          startSpan: (name, options, context) => this.#start(name, options ?? {}, context ?? this.#active),
        }),
        setSpan: (context: Context, span: RecordedSpan): Context => ({ ...context, span }),
        getSpanContext: (context: Context) => contextOf(context),
      },
      context: {
        active: () => this.#active,
        with: (context, work) => {
          const before = this.#active
          this.#active = context
          try {
            return work()
          } finally {
            this.#active = before
          }
        },
      },
      propagation: {
        inject: (context: Context, carrier) => {
          const { traceId, spanId } = contextOf(context) ?? { traceId: '', spanId: '' }
          carrier['traceparent'] = `00-${traceId}-${spanId}-01`
        },
        extract: (context: Context, carrier): Context => {
          const [, traceId, spanId] = carrier['traceparent']?.split('-') ?? []
          if (traceId === undefined || spanId === undefined) return context
          return { remote: { traceId, spanId, traceFlags: 1 } }
        },
      },
    }
  }

  #start(name: string, { kind, attributes = {} }: SpanOptionsLike, context: Context): RecordedSpan {
    const parent = context.span?.context ?? context.remote
    const number = String(++this.#count)
    const span: RecordedSpan = {
      name,
      kind,
      context: {
        traceId: parent?.traceId ?? number.padStart(32, '0'),
        spanId: number.padStart(16, '0'),
        traceFlags: 1,
      },
      parent: parent?.spanId,
      attributes,
      spanContext: () => span.context,
      setAttribute: (key, value) => {
        span.attributes[key] = value
      },
      setStatus: () => {},
      recordException: () => {},
      end: () => this.ended.push(span),
    }
    return span
  }
}
