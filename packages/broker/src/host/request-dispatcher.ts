import { assert, ByteReader, DecodeError } from '@odradek/base'
import type { Env, Logger } from '@odradek/base'
import { ApiKey, decodeRequestHeader, encodeResponse, errorOf, KafkaError } from '@odradek/kafka-protocol'
import type { AnyApiHandler } from '../handlers/any-api-handler.ts'
import type { ConnectionContext, RequestContext } from '../handlers/request-context.ts'
import type { BrokerServices } from './broker-services.ts'
import { ApiRequestMetrics } from './metrics/request-metrics.ts'
import { RequestCall } from './request-call.ts'
import type { RequestLog } from './request-call.ts'
import { throttleMsOf } from './throttle.ts'
import { unsupportedAnswer } from './unsupported-apis.ts'
import type { Dispatched, RequestOutcome } from './socket/client-connection.ts'

const apiVersionsKey = 18
/** What an answer can say; an int32. */
const throttleMsMax = 2 ** 31 - 1

interface Route {
  readonly handler: AnyApiHandler
  readonly metrics: ApiRequestMetrics
  /** Of a follower's fetches, which Kafka counts by themselves. */
  readonly followerMetrics: ApiRequestMetrics
}

/** What a frame's first bytes say: common to all versions of the header. */
interface FrameStart {
  readonly apiKey: number
  readonly apiVersion: number
  readonly correlationId: number
}

/**
 * From a frame to the frame that answers it: decodes by the API's own definition, calls its handler, turns errors into the API's error answer,
 * encodes, counts. What cannot be decoded, or answered in a way that its sender could read, ends the connection with a log line.
 */
export class RequestDispatcher {
  readonly #env: Env
  readonly #log: Logger
  readonly #broker: BrokerServices
  readonly #routes = new Map<number, Route>()
  readonly #requestLog: RequestLog

  constructor(env: Env, broker: BrokerServices, handlers: readonly AnyApiHandler[]) {
    this.#env = env
    this.#log = env.log.child('request-dispatcher')
    this.#broker = broker
    this.#requestLog = {
      all: env.log.child('request'),
      slow: env.log.child('slow-request'),
      get slowMs() {
        return broker.config.slowRequestMs
      },
    }
    for (const handler of handlers) this.#routes.set(apiKeyOf(handler), this.#routeOf(handler))
  }

  #routeOf(handler: AnyApiHandler): Route {
    const isFetch = apiKeyOf(handler) === ApiKey.FETCH
    const metrics = new ApiRequestMetrics(this.#env, isFetch ? 'FetchConsumer' : apiNameOf(handler))
    return { handler, metrics, followerMetrics: isFetch ? new ApiRequestMetrics(this.#env, 'FetchFollower') : metrics }
  }

  /** Answers one frame. Neither throws nor rejects. */
  readonly dispatch = (frame: Buffer, connection: ConnectionContext, arrivedMs: number): Dispatched => {
    const start: FrameStart = {
      apiKey: frame.readInt16BE(0),
      apiVersion: frame.readInt16BE(2),
      correlationId: frame.readInt32BE(4),
    }
    const route = this.#routes.get(start.apiKey)
    if (route === undefined) return { outcome: this.#unsupported(start, connection), isPipelined: false }
    const { handler } = route
    const isSupported = start.apiVersion >= handler.minVersion && start.apiVersion <= handler.maxVersion
    if (!isSupported && start.apiKey === apiVersionsKey) {
      return this.#refuseApiVersions(route, start, connection, arrivedMs)
    }
    const { request } = handler
    if (start.apiVersion < request.minVersion || start.apiVersion > request.maxVersion) {
      return this.#refuse(connection, `${apiNameOf(handler)} has no version ${start.apiVersion} here`)
    }
    return this.#answer(route, start, frame, connection, isSupported, arrivedMs)
  }

  #answer(
    route: Route,
    start: FrameStart,
    frame: Buffer,
    connection: ConnectionContext,
    isSupported: boolean,
    arrivedMs: number,
  ): Dispatched {
    const { handler } = route
    const begunMs = this.#env.clock.monotonicMs()
    let body: object
    let clientId: string | null
    try {
      const reader = new ByteReader(frame)
      clientId = decodeRequestHeader(reader).clientId
      body = handler.request.decode(reader, start.apiVersion)
      // Bytes behind the body are ignored, as Kafka does: librdkafka 2.11 sends three when it asks for all topics.
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      return this.#refuse(
        connection,
        `${apiNameOf(handler)} version ${start.apiVersion} cannot be read: ${error.message}`,
      )
    }
    const context: RequestContext = {
      broker: this.#broker,
      ...start,
      clientId,
      connection,
      requestReceivedMs: this.#env.clock.wallMs(),
    }
    const metrics = isFollowerFetch(start.apiKey, body) ? route.followerMetrics : route.metrics
    metrics.received(start.apiVersion)
    metrics.requestBytes.record(frame.length)
    const trace = new RequestCall({
      handler,
      metrics,
      body,
      context,
      requestBytes: frame.length,
      arrivedMs,
      begunMs,
      log: this.#requestLog,
    })
    if (!isSupported) {
      return { outcome: this.#failed(trace, new KafkaError('UNSUPPORTED_VERSION')), isPipelined: false, trace }
    }
    try {
      const response = handler.handle(body, context)
      trace.busyMs = this.#env.clock.monotonicMs() - begunMs
      const isDoneWithFrame = handler.isDoneWithRequest === true
      if (!(response instanceof Promise))
        return { outcome: this.#succeeded(trace, response), isPipelined: false, isDoneWithFrame, trace }
      const outcome = response.then(
        (value) => this.#succeeded(trace, value),
        (error: unknown) => this.#failed(trace, error),
      )
      return { outcome, isPipelined: handler.pipelined === true, isDoneWithFrame, trace }
    } catch (error) {
      return { outcome: this.#failed(trace, error), isPipelined: false, trace }
    }
  }

  #succeeded(call: RequestCall, response: object | 'close' | undefined): RequestOutcome {
    try {
      call.readyMs = this.#env.clock.monotonicMs()
      if (response === 'close') return response
      call.metrics.answered('NONE')
      return this.#broker.clientQuotas.isEmpty ? this.#encode(call, response) : this.#throttle(call, response)
    } catch (error) {
      return this.#defect(call, error)
    }
  }

  /** Charges the client. One that is over its quota is told for how long its connection is not read now (KIP-219). */
  #throttle(call: RequestCall, response: object | undefined): Buffer[] | undefined {
    const told = (response as { throttleTimeMs?: number } | undefined)?.throttleTimeMs ?? 0
    const throttleMs = Math.max(throttleMsOf(call), told)
    if (throttleMs <= 0) return this.#encode(call, response)
    call.throttleMs = throttleMs
    call.context.connection.mute(throttleMs)
    if (response === undefined) return undefined
    return this.#encode(call, { ...response, throttleTimeMs: Math.min(throttleMs, throttleMsMax) })
  }

  #failed(call: RequestCall, error: unknown): RequestOutcome {
    const { handler, body, context } = call
    try {
      call.readyMs = this.#env.clock.monotonicMs()
      const kafkaError = error instanceof KafkaError ? error : this.#unexpected(call, error)
      call.metrics.answered(errorOf(kafkaError.errorCode).name)
      return this.#encode(call, handler.errorResponse(body, kafkaError, context))
    } catch (defect) {
      return this.#defect(call, defect)
    }
  }

  #unexpected({ handler, context }: RequestCall, error: unknown): KafkaError {
    this.#log.error('A request failed for a reason of our own', {
      request: apiNameOf(handler),
      version: context.apiVersion,
      client: context.connection.clientHost,
      clientId: context.clientId,
      error,
    })
    return new KafkaError('UNKNOWN_SERVER_ERROR')
  }

  /** Not even the error could be said. */
  #defect(call: RequestCall, error: unknown): RequestOutcome {
    this.#unexpected(call, error)
    return 'close'
  }

  #encode(call: RequestCall, response: object | undefined): Buffer[] | undefined {
    if (response === undefined) return undefined
    const chunks = encodeResponse(call.context, call.handler.response, response)
    for (const { length } of chunks) call.responseBytes += length
    return chunks
  }

  /** An API that is not advertised: its sender hears so in that API's own answer, where it has one for errors. */
  async #unsupported(start: FrameStart, connection: ConnectionContext): Promise<RequestOutcome> {
    try {
      const answer = await unsupportedAnswer(start)
      if (answer !== undefined) return answer
    } catch (error) {
      this.#log.error('An unsupported API could not be refused', { apiKey: start.apiKey, error })
    }
    this.#logClosed(
      connection,
      `API key ${start.apiKey} version ${start.apiVersion} is not one that this broker answers`,
    )
    return 'close'
  }

  /** A client newer than this broker gets an answer that every client can read: version 0, with the versions that there are (KIP-511). */
  #refuseApiVersions(
    { handler, metrics }: Route,
    start: FrameStart,
    connection: ConnectionContext,
    arrivedMs: number,
  ): Dispatched {
    const context: RequestContext = {
      broker: this.#broker,
      ...start,
      apiVersion: 0,
      clientId: null,
      connection,
      requestReceivedMs: this.#env.clock.wallMs(),
    }
    const begunMs = this.#env.clock.monotonicMs()
    metrics.received(start.apiVersion)
    const log = this.#requestLog
    const trace = new RequestCall({ handler, metrics, body: {}, context, requestBytes: 0, arrivedMs, begunMs, log })
    return { outcome: this.#failed(trace, new KafkaError('UNSUPPORTED_VERSION')), isPipelined: false, trace }
  }

  /** The sender could not read any answer: Kafka's brokers close the connection too. */
  #refuse(connection: ConnectionContext, why: string): Dispatched {
    this.#logClosed(connection, why)
    return { outcome: 'close', isPipelined: false }
  }

  #logClosed(connection: ConnectionContext, why: string): void {
    this.#log.warn(`Connection closed: ${why}`, { client: connection.clientHost, connection: connection.connectionId })
  }
}

/** A follower's fetch is no client's. */
function isFollowerFetch(apiKey: number, body: object): boolean {
  if (apiKey !== ApiKey.FETCH) return false
  const { replicaId = -1, replicaState } = body as { replicaId?: number; replicaState?: { replicaId?: number } }
  return replicaId >= 0 || (replicaState?.replicaId ?? -1) >= 0
}

function apiKeyOf({ request }: AnyApiHandler): number {
  assert(request.apiKey !== undefined, `${request.name} has an API key`)
  return request.apiKey
}

/** Without `Request`, as Kafka's metrics call it: `Produce`. */
export function apiNameOf({ request }: AnyApiHandler): string {
  return request.name.replace(/Request$/, '')
}
