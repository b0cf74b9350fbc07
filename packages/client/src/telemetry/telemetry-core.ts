import { ErrorCode, zeroUuid } from '@odradek/kafka-protocol'
import type { GetTelemetrySubscriptionsResponse } from '@odradek/kafka-protocol/messages/71-get-telemetry-subscriptions'

/** What the broker wants to be pushed. */
export interface TelemetrySubscription {
  readonly subscriptionId: number
  readonly requestedMetrics: readonly string[]
  /** As batches have them: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd; what the broker likes best comes first. */
  readonly compressionTypes: readonly number[]
  readonly sizeBytesMax: number
  readonly isDelta: boolean
}

export type TelemetryStep =
  | { readonly kind: 'subscribe'; readonly clientInstanceId: string }
  | {
      readonly kind: 'push'
      readonly clientInstanceId: string
      readonly subscription: TelemetrySubscription
      readonly isLast: boolean
    }

/** Until a broker says how often, and after a failure. */
const intervalMsDefault = 300_000
/** How far apart clients are that began together. */
const jitterMin = 0.5

/** What never gets better: the broker, or what this client pushes, is of another kind. */
const hopeless: ReadonlySet<number> = new Set([
  ErrorCode.INVALID_REQUEST,
  ErrorCode.INVALID_RECORD,
  ErrorCode.UNSUPPORTED_VERSION,
])
const outdated: ReadonlySet<number> = new Set([
  ErrorCode.UNKNOWN_SUBSCRIPTION_ID,
  ErrorCode.UNSUPPORTED_COMPRESSION_TYPE,
])

/** The client's side of KIP-714: asks which metrics are wanted, and pushes them from time to time. Pure: an event and the time in, what is to be done out. */
export class TelemetryCore {
  readonly #random: () => number
  #instanceId: string = zeroUuid
  #subscription: TelemetrySubscription | undefined
  #intervalMs = intervalMsDefault
  #dueMs = 0
  #phase: 'idle' | 'asking' | 'waiting' | 'pushing' | 'ended' = 'idle'
  /** Those that the broker did not understand. */
  readonly #refusedCompressions = new Set<number>()
  #compressionSent = 0

  /** `random` gives a number from 0 to 1. */
  constructor(random: () => number) {
    this.#random = random
  }

  /** Made by the broker; undefined while it is not known. */
  get clientInstanceId(): string | undefined {
    return this.#instanceId === zeroUuid ? undefined : this.#instanceId
  }

  get hasEnded(): boolean {
    return this.#phase === 'ended'
  }

  get nextDeadlineMs(): number {
    return this.#phase === 'idle' || this.#phase === 'waiting' ? this.#dueMs : Infinity
  }

  poll(nowMs: number): TelemetryStep | undefined {
    if (nowMs < this.nextDeadlineMs) return undefined
    if (this.#phase === 'idle') {
      this.#phase = 'asking'
      return { kind: 'subscribe', clientInstanceId: this.#instanceId }
    }
    return this.#push('pushing', false)
  }

  #push(phase: 'pushing' | 'ended', isLast: boolean): TelemetryStep | undefined {
    if (this.#subscription === undefined) return undefined
    this.#phase = phase
    return { kind: 'push', clientInstanceId: this.#instanceId, subscription: this.#subscription, isLast }
  }

  subscribed(answer: GetTelemetrySubscriptionsResponse, nowMs: number): void {
    if (this.#phase !== 'asking') return
    if (answer.errorCode !== ErrorCode.NONE) return hopeless.has(answer.errorCode) ? this.end() : this.failed(nowMs)
    this.#instanceId = answer.clientInstanceId
    if (answer.pushIntervalMs > 0) this.#intervalMs = answer.pushIntervalMs
    if (answer.requestedMetrics.length === 0) {
      this.#subscription = undefined
      this.#phase = 'idle'
      this.#dueMs = nowMs + this.#intervalMs
      return
    }
    this.#subscription = {
      subscriptionId: answer.subscriptionId,
      requestedMetrics: answer.requestedMetrics,
      compressionTypes: answer.acceptedCompressionTypes.filter((type) => !this.#refusedCompressions.has(type)),
      sizeBytesMax: answer.telemetryMaxBytes > 0 ? answer.telemetryMaxBytes : 1024 * 1024,
      isDelta: answer.deltaTemporality,
    }
    this.#phase = 'waiting'
    this.#dueMs = nowMs + this.#intervalMs * (jitterMin + this.#random())
  }

  /** The codec that was used for a push. */
  compressed(type: number): void {
    this.#compressionSent = type
  }

  pushed(errorCode: number, nowMs: number): void {
    if (this.#phase !== 'pushing') return
    if (hopeless.has(errorCode)) return this.end()
    if (errorCode === ErrorCode.UNSUPPORTED_COMPRESSION_TYPE) this.#refusedCompressions.add(this.#compressionSent)
    const isOutdated = outdated.has(errorCode)
    this.#phase = isOutdated ? 'idle' : 'waiting'
    this.#dueMs = isOutdated ? nowMs : nowMs + this.#intervalMs
  }

  /** No answer came: another broker may be asked later. */
  failed(nowMs: number): void {
    if (this.#phase === 'ended') return
    this.#phase = this.#subscription === undefined ? 'idle' : 'waiting'
    this.#dueMs = nowMs + this.#intervalMs
  }

  /** The last push, if there is anything to push. Nothing comes after it. */
  terminate(): TelemetryStep | undefined {
    const isWanted = this.#phase === 'waiting' || this.#phase === 'pushing'
    const step = isWanted ? this.#push('ended', true) : undefined
    this.end()
    return step
  }

  end(): void {
    this.#phase = 'ended'
  }
}
