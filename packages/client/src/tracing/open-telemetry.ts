// The part of `@opentelemetry/api` that this client uses, by its shape: whoever wants spans passes the module itself, who does not needs no package.

export interface SpanContextLike {
  readonly traceId: string
  readonly spanId: string
  readonly traceFlags: number
}

export interface SpanLike {
  spanContext(): SpanContextLike
  setAttribute(name: string, value: string | number | boolean): unknown
  setStatus(status: { readonly code: number; readonly message?: string }): unknown
  recordException(error: Error): void
  end(): void
}

export interface SpanOptionsLike {
  readonly kind?: number
  readonly attributes?: Record<string, string | number | boolean>
  readonly links?: { context: SpanContextLike }[]
}

/** `import * as api from '@opentelemetry/api'` fits. Contexts are opaque here. */
export interface OpenTelemetryLike {
  readonly trace: {
    getTracer(
      name: string,
      version?: string,
    ): {
      startSpan(name: string, options?: SpanOptionsLike, context?: never): SpanLike
    }
    setSpan(context: never, span: never): unknown
    getSpanContext(context: never): SpanContextLike | undefined
  }
  readonly context: {
    active(): unknown
    with<Result>(context: never, work: () => Result): Result
  }
  readonly propagation: {
    inject(context: never, carrier: Record<string, string>): void
    extract(context: never, carrier: Record<string, string>): unknown
  }
}

/** OpenTelemetry's numbers for kinds of spans, and the status of one that failed. */
export const spanKind = { client: 2, producer: 3, consumer: 4 } as const
export const errorStatus = 2
