// What the judge uses of OpenTelemetry's packages, which are brought when it runs.
import type { OpenTelemetryLike } from '@odradek/client'

interface Context {
  readonly traceId: string
  readonly spanId: string
}

interface Span {
  end(): void
}

/** `@opentelemetry/api`: what the client takes of it, and what an application does. */
export type Api = OpenTelemetryLike & ApplicationApi

export interface ApplicationApi {
  readonly trace: {
    getTracer(name: string): {
      startSpan(name: string): Span
      startActiveSpan<Result>(name: string, options: { kind: number }, work: (span: Span) => Result): Result
    }
  }
}

export interface FinishedSpan {
  readonly name: string
  readonly kind: number
  readonly ended: boolean
  readonly attributes: Readonly<Record<string, unknown>>
  readonly parentSpanContext?: Context
  readonly links: readonly { readonly context: Context }[]
  readonly status: { readonly code: number }
  readonly events: readonly { readonly name: string }[]
  spanContext(): Context
}

interface Exporter {
  getFinishedSpans(): FinishedSpan[]
}

/** `@opentelemetry/sdk-trace-node` */
export interface Sdk {
  readonly InMemorySpanExporter: new () => Exporter
  readonly SimpleSpanProcessor: new (exporter: Exporter) => object
  readonly NodeTracerProvider: new (options: { spanProcessors: readonly object[] }) => {
    register(): void
    shutdown(): Promise<void>
  }
}
