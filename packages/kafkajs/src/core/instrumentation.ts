import { EventEmitter } from 'node:events'
import type { Clock } from '@odradek/base'
import type { RequestObserver } from '@odradek/client'
import { KafkaJSError, KafkaJSNonRetriableError } from '../errors.ts'
import type { InstrumentationEvent } from '../types/events.ts'
import type { Logger } from '../types/logger.ts'

let lastId = -1

/** The events of one producer, consumer or admin. Nothing is made when nobody listens. */
export class Instrumentation {
  readonly #clock: Clock
  readonly #emitter = new EventEmitter()

  constructor(clock: Clock) {
    this.#clock = clock
    this.#emitter.setMaxListeners(0)
  }

  emit(type: string, payload: unknown = null): void {
    if (type === '') throw new KafkaJSError('Invalid event name', { retriable: false })
    if (this.#emitter.listenerCount(type) === 0) return
    lastId++
    this.#emitter.emit(type, { id: lastId, type, timestamp: this.#clock.wallMs(), payload })
  }

  addListener(type: string, listener: (event: InstrumentationEvent<unknown>) => void): () => void {
    this.#emitter.on(type, listener)
    return () => this.#emitter.off(type, listener)
  }
}

/** The part of an event's type that all have in common. */
const networkTypes = ['network.request', 'network.request_timeout', 'network.request_queue_size']

/** `on` of producer, consumer and admin: refuses what is no event, and survives listeners that fail. */
export function createOn(
  instrumentation: Instrumentation,
  events: Readonly<Record<string, string>>,
  owner: string,
  logger: Logger,
): (eventName: string, listener: (event: never) => unknown) => () => void {
  const names = Object.values(events)
  return (eventName, listener) => {
    if (!names.includes(eventName)) {
      const known = Object.keys(events)
        .map((key) => `${owner}.events.${key}`)
        .join(', ')
      throw new KafkaJSNonRetriableError(`Event name should be one of ${known}`)
    }
    const network = networkTypes.find((type) => eventName === `${owner}.${type}`)
    return instrumentation.addListener(network ?? eventName, (event) => {
      void callListener(listener, { ...event, type: eventName } as never, logger, eventName)
    })
  }
}

async function callListener(
  listener: (event: never) => unknown,
  event: never,
  logger: Logger,
  eventName: string,
): Promise<void> {
  try {
    await listener(event)
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown))
    logger.error(`Failed to execute listener: ${error.message}`, { eventName, stack: error.stack })
  }
}

/** The events about requests. */
export function requestEvents(instrumentation: Instrumentation): RequestObserver {
  const facts = (request: Parameters<NonNullable<RequestObserver['timedOut']>>[0]) => ({
    broker: request.broker,
    clientId: request.clientId,
    correlationId: request.correlationId,
    createdAt: request.sentAtMs,
    sentAt: request.sentAtMs,
    pendingDuration: 0,
    apiName: request.name.replace(/Request$/, ''),
    apiKey: request.apiKey,
    apiVersion: request.apiVersion,
  })
  return {
    answered: (request, duration, size) =>
      instrumentation.emit('network.request', { ...facts(request), duration, size }),
    timedOut: (request) => instrumentation.emit('network.request_timeout', facts(request)),
    waiting: (broker, clientId, queueSize) =>
      instrumentation.emit('network.request_queue_size', { broker, clientId, queueSize }),
  }
}
