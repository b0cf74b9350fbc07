import type { Logger } from '@odradek/base'
import { ApiKey } from '@odradek/kafka-protocol'
import type { AnyApiHandler } from '../handlers/any-api-handler.ts'
import type { RequestContext } from '../handlers/request-context.ts'
import type { ApiRequestMetrics } from './metrics/request-metrics.ts'
import type { RequestTrace } from './socket/client-connection.ts'

/** Where requests are written to, if they are. */
export interface RequestLog {
  /** Every request, at debug (Kafka: kafka.request.logger). */
  readonly all: Logger
  /** Those that took long, at warn. */
  readonly slow: Logger
  /** What counts as long, in milliseconds; 0 for none. */
  readonly slowMs: number
}

/** Requests that wait because they ask for it: for records, or for the other members of a group. */
const waitsOnRequest: ReadonlySet<number> = new Set([ApiKey.FETCH, ApiKey.JOIN_GROUP, ApiKey.SYNC_GROUP])

/** One request that is being answered: what it is about, and where its time goes. All times are of the monotonic clock, in milliseconds. */
export class RequestCall implements RequestTrace {
  readonly handler: AnyApiHandler
  readonly metrics: ApiRequestMetrics
  readonly body: object
  readonly context: RequestContext
  readonly requestBytes: number
  readonly arrivedMs: number
  readonly begunMs: number
  /** For how long the handler has kept the thread. */
  busyMs = 0
  readyMs: number
  throttleMs = 0
  responseBytes = 0
  readonly #log: RequestLog

  constructor(options: {
    readonly handler: AnyApiHandler
    readonly metrics: ApiRequestMetrics
    readonly body: object
    readonly context: RequestContext
    readonly requestBytes: number
    readonly arrivedMs: number
    readonly begunMs: number
    readonly log: RequestLog
  }) {
    this.handler = options.handler
    this.metrics = options.metrics
    this.body = options.body
    this.context = options.context
    this.requestBytes = options.requestBytes
    this.arrivedMs = options.arrivedMs
    this.begunMs = options.begunMs
    this.readyMs = options.begunMs
    this.#log = options.log
  }

  written(): void {
    this.context.onWritten?.()
  }

  sent(nowMs: number): void {
    const { times } = this.metrics
    const queueMs = this.begunMs - this.arrivedMs
    const remoteMs = Math.max(0, this.readyMs - this.begunMs - this.busyMs)
    const sendMs = nowMs - this.readyMs
    const totalMs = nowMs - this.arrivedMs
    times.requestQueue.record(queueMs)
    times.local.record(this.busyMs)
    times.remote.record(remoteMs)
    times.throttle.record(this.throttleMs)
    times.responseSend.record(sendMs)
    times.total.record(totalMs)
    this.metrics.responseBytes.record(this.responseBytes)
    const { all, slow, slowMs } = this.#log
    const countedMs = waitsOnRequest.has(this.context.apiKey) ? totalMs - remoteMs : totalMs
    const isSlow = slowMs > 0 && countedMs >= slowMs
    if (!isSlow && !all.isEnabled('debug')) return
    const round = (durationMs: number): number => Math.round(durationMs * 10) / 10
    const { context } = this
    const fields = {
      request: this.handler.request.name.replace(/Request$/, ''),
      version: context.apiVersion,
      client: context.connection.clientHost,
      clientId: context.clientId,
      listener: context.connection.listenerName,
      correlationId: context.correlationId,
      totalMs: round(totalMs),
      queueMs: round(queueMs),
      localMs: round(this.busyMs),
      remoteMs: round(remoteMs),
      throttleMs: round(this.throttleMs),
      sendMs: round(sendMs),
      requestBytes: this.requestBytes,
      responseBytes: this.responseBytes,
    }
    if (isSlow) slow.warn('A request took long', fields)
    else all.debug('Request', fields)
  }
}
