import { assert, ByteReader, DecodeError } from '@odradek/base'
import type { Counter, Env, Histogram, Logger } from '@odradek/base'
import { decodeRequestHeader, encodeResponse, errorOf, KafkaError } from '@odradek/kafka-protocol'
import type { AnyApiHandler } from '../handlers/any-api-handler.ts'
import type { ConnectionContext, RequestContext } from '../handlers/request-context.ts'
import type { BrokerServices } from './broker-services.ts'
import { throttleMsOf } from './throttle.ts'
import { unsupportedAnswer } from './unsupported-apis.ts'
import type { Dispatched, RequestOutcome } from './socket/client-connection.ts'

const apiVersionsKey = 18
/** What an answer can say; an int32. */
const throttleMsMax = 2 ** 31 - 1

interface Route {
  readonly handler: AnyApiHandler
  readonly requests: Counter
  readonly totalTimeMs: Histogram
  readonly requestBytes: Counter
  readonly responseBytes: Counter
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
  readonly #errorCounters = new Map<string, Counter>()

  constructor(env: Env, broker: BrokerServices, handlers: readonly AnyApiHandler[]) {
    this.#env = env
    this.#log = env.log.child('request-dispatcher')
    this.#broker = broker
    for (const handler of handlers) this.#routes.set(apiKeyOf(handler), this.#routeOf(handler))
  }

  #routeOf(handler: AnyApiHandler): Route {
    const labels = { request: apiNameOf(handler) }
    const { metrics } = this.#env
    return {
      handler,
      requests: metrics.counter('kafka_network_requestmetrics_requests_total', 'Requests that were received.', labels),
      totalTimeMs: metrics.histogram(
        'kafka_network_requestmetrics_totaltimems',
        'From the arrival of a request to its answer, in milliseconds.',
        labels,
      ),
      requestBytes: metrics.counter('kafka_network_requestmetrics_requestbytes_total', 'Bytes of requests.', labels),
      responseBytes: metrics.counter('kafka_network_requestmetrics_responsebytes_total', 'Bytes of answers.', labels),
    }
  }

  /** Answers one frame. Neither throws nor rejects. */
  readonly dispatch = (frame: Buffer, connection: ConnectionContext): Dispatched => {
    const start: FrameStart = {
      apiKey: frame.readInt16BE(0),
      apiVersion: frame.readInt16BE(2),
      correlationId: frame.readInt32BE(4),
    }
    const route = this.#routes.get(start.apiKey)
    if (route === undefined) return { outcome: this.#unsupported(start, connection), isPipelined: false }
    const { handler } = route
    const isSupported = start.apiVersion >= handler.minVersion && start.apiVersion <= handler.maxVersion
    if (!isSupported && start.apiKey === apiVersionsKey) return this.#refuseApiVersions(route, start, connection)
    const { request } = handler
    if (start.apiVersion < request.minVersion || start.apiVersion > request.maxVersion) {
      return this.#refuse(connection, `${apiNameOf(handler)} has no version ${start.apiVersion} here`)
    }
    return this.#answer(route, start, frame, connection, isSupported)
  }

  #answer(
    route: Route,
    start: FrameStart,
    frame: Buffer,
    connection: ConnectionContext,
    isSupported: boolean,
  ): Dispatched {
    const { handler } = route
    route.requests.add()
    route.requestBytes.add(frame.length)
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
    const receivedMs = this.#env.clock.monotonicMs()
    const call: Call = { route, body, context, receivedMs, requestBytes: frame.length, busyMs: 0 }
    if (!isSupported) return { outcome: this.#failed(call, new KafkaError('UNSUPPORTED_VERSION')), isPipelined: false }
    try {
      const response = handler.handle(body, context)
      if (!this.#broker.clientQuotas.isEmpty) call.busyMs = this.#env.clock.monotonicMs() - receivedMs
      if (!(response instanceof Promise)) return { outcome: this.#succeeded(call, response), isPipelined: false }
      const outcome = response.then(
        (value) => this.#succeeded(call, value),
        (error: unknown) => this.#failed(call, error),
      )
      return { outcome, isPipelined: handler.pipelined === true }
    } catch (error) {
      return { outcome: this.#failed(call, error), isPipelined: false }
    }
  }

  #succeeded(call: Call, response: object | 'close' | undefined): RequestOutcome {
    try {
      call.route.totalTimeMs.record(this.#env.clock.monotonicMs() - call.receivedMs)
      if (response === 'close') return response
      const chunks = response === undefined ? undefined : this.#encode(call, response)
      if (this.#broker.clientQuotas.isEmpty) return chunks
      return this.#throttle(call, response, chunks)
    } catch (error) {
      return this.#defect(call, error)
    }
  }

  /** Charges the client. One that is over its quota is told for how long its connection is not read now (KIP-219). */
  #throttle(call: Call, response: object | undefined, chunks: Buffer[] | undefined): Buffer[] | undefined {
    const throttleMs = Math.max(
      throttleMsOf(call),
      (response as { throttleTimeMs?: number } | undefined)?.throttleTimeMs ?? 0,
    )
    if (throttleMs <= 0) return chunks
    call.context.connection.mute(throttleMs)
    if (response === undefined) return undefined
    const { route, context } = call
    return encodeResponse(context, route.handler.response, {
      ...response,
      throttleTimeMs: Math.min(throttleMs, throttleMsMax),
    })
  }

  #failed(call: Call, error: unknown): RequestOutcome {
    const { route, body, context } = call
    try {
      route.totalTimeMs.record(this.#env.clock.monotonicMs() - call.receivedMs)
      const kafkaError = error instanceof KafkaError ? error : this.#unexpected(call, error)
      this.#countError(route, kafkaError)
      return this.#encode(call, route.handler.errorResponse(body, kafkaError, context))
    } catch (defect) {
      return this.#defect(call, defect)
    }
  }

  #unexpected({ route, context }: Call, error: unknown): KafkaError {
    this.#log.error('A request failed for a reason of our own', {
      request: apiNameOf(route.handler),
      version: context.apiVersion,
      client: context.connection.clientHost,
      clientId: context.clientId,
      error,
    })
    return new KafkaError('UNKNOWN_SERVER_ERROR')
  }

  /** Not even the error could be said. */
  #defect(call: Call, error: unknown): RequestOutcome {
    this.#unexpected(call, error)
    return 'close'
  }

  #encode({ route, context }: Call, response: object): Buffer[] {
    const chunks = encodeResponse(context, route.handler.response, response)
    for (const { length } of chunks) route.responseBytes.add(length)
    return chunks
  }

  #countError(route: Route, error: KafkaError): void {
    const request = apiNameOf(route.handler)
    const { name } = errorOf(error.errorCode)
    const key = `${request} ${name}`
    let counter = this.#errorCounters.get(key)
    if (counter === undefined) {
      const help = 'Requests that were answered with an error as a whole.'
      counter = this.#env.metrics.counter('kafka_network_requestmetrics_errors_total', help, { request, error: name })
      this.#errorCounters.set(key, counter)
    }
    counter.add()
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
  #refuseApiVersions(route: Route, start: FrameStart, connection: ConnectionContext): Dispatched {
    const context: RequestContext = {
      broker: this.#broker,
      ...start,
      apiVersion: 0,
      clientId: null,
      connection,
      requestReceivedMs: this.#env.clock.wallMs(),
    }
    const receivedMs = this.#env.clock.monotonicMs()
    const call: Call = { route, body: {}, context, receivedMs, requestBytes: 0, busyMs: 0 }
    route.requests.add()
    return { outcome: this.#failed(call, new KafkaError('UNSUPPORTED_VERSION')), isPipelined: false }
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

interface Call {
  readonly route: Route
  readonly body: object
  readonly context: RequestContext
  readonly receivedMs: number
  readonly requestBytes: number
  /** How long the handler kept the thread, in milliseconds; as far as quotas need to know. */
  busyMs: number
}

function apiKeyOf({ request }: AnyApiHandler): number {
  assert(request.apiKey !== undefined, `${request.name} has an API key`)
  return request.apiKey
}

/** Without `Request`, as Kafka's metrics call it: `Produce`. */
export function apiNameOf({ request }: AnyApiHandler): string {
  return request.name.replace(/Request$/, '')
}
