import { crc32c, DecodeError } from '@odradek/base'
import { compressions, decompress, ErrorCode } from '@odradek/kafka-protocol'
import type { ClientDescription, ClientMatch } from './client-match.ts'
import type { PushedNumber } from './otlp-metrics.ts'
import { decodeOtlpMetrics } from './otlp-metrics.ts'

/** As Kafka has it when nobody subscribes. */
const defaultIntervalMs = 300_000
/** Clients that are remembered; the one that was silent for longest goes first. */
const instancesMax = 16_384
/** A client is forgotten after three of its intervals, and not before a minute. */
const expiryMsMin = 60_000
/** Numbers of one push that are looked at; a Java client has some hundred. */
const numbersPerPushMax = 2000
/** What compressed metrics may grow to, in times of telemetry.max.bytes. */
const growthMax = 8
const allMetrics = '*'
/** zstd, lz4, gzip, snappy: Kafka's numbers in Kafka's order. */
const acceptedCompressionTypes = [4, 3, 1, 2]
/** Ids that stand for something else. */
const reservedIds = new Set(['AAAAAAAAAAAAAAAAAAAAAA', 'AAAAAAAAAAAAAAAAAAAAAQ'])

/** A subscription to metrics of clients (KIP-714), from its configuration. */
export interface TelemetrySubscription {
  readonly metrics: readonly string[]
  readonly intervalMs: number
  readonly match: ClientMatch
}

export interface TelemetryInstructions {
  readonly errorCode: number
  readonly clientInstanceId: string
  readonly subscriptionId: number
  readonly acceptedCompressionTypes: number[]
  readonly pushIntervalMs: number
  readonly telemetryMaxBytes: number
  readonly deltaTemporality: boolean
  readonly requestedMetrics: string[]
}

export interface TelemetryPush {
  readonly clientInstanceId: string
  readonly subscriptionId: number
  readonly terminating: boolean
  readonly compressionType: number
  readonly metrics: Buffer
}

interface Instance {
  readonly clientInstanceId: string
  readonly client: ClientDescription
  readonly subscriptionId: number
  readonly subscriptionVersion: number
  readonly requestedMetrics: readonly string[]
  readonly pushIntervalMs: number
  lastGetMs: number
  lastPushMs: number
  isTerminating: boolean
  lastErrorCode: number
  expiresMs: number
}

/** What comes of a push: an error code, or numbers to show. */
export interface PushOutcome {
  readonly errorCode: number
  readonly client?: ClientDescription
  readonly numbers: readonly PushedNumber[]
}

/**
 * Which metrics clients are to push, and how often (KIP-714; Kafka's ClientMetricsManager). Synchronous: subscriptions, requests and the time in,
 * answers out. Times are monotonic milliseconds.
 */
export class ClientTelemetry {
  readonly #telemetryMaxBytes: number
  readonly #subscriptions = new Map<string, TelemetrySubscription>()
  /** The one that was heard of least lately first. */
  readonly #instances = new Map<string, Instance>()
  #version = 0

  constructor(telemetryMaxBytes: number) {
    this.#telemetryMaxBytes = telemetryMaxBytes
  }

  /** Sets or takes away a subscription. */
  setSubscription(name: string, subscription: TelemetrySubscription | undefined): void {
    if (subscription === undefined) this.#subscriptions.delete(name)
    else this.#subscriptions.set(name, subscription)
    this.#version++
  }

  get instanceCount(): number {
    return this.#instances.size
  }

  /** GetTelemetrySubscriptions. `newId` is the id of a client that has none yet. */
  instructions(
    clientInstanceId: string,
    newId: string,
    client: Omit<ClientDescription, 'client_instance_id'>,
    nowMs: number,
  ): TelemetryInstructions {
    const id = clientInstanceId === noId ? newId : clientInstanceId
    const instance = this.#instance(id, client, nowMs)
    const isForgiven =
      instance.lastErrorCode === ErrorCode.UNKNOWN_SUBSCRIPTION_ID ||
      instance.lastErrorCode === ErrorCode.UNSUPPORTED_COMPRESSION_TYPE
    const isDue = nowMs - Math.max(instance.lastGetMs, instance.lastPushMs) >= instance.pushIntervalMs
    if (isDue) instance.lastGetMs = nowMs
    else if (!isForgiven) return { ...nothingAsked, errorCode: ErrorCode.THROTTLING_QUOTA_EXCEEDED }
    instance.lastErrorCode = ErrorCode.NONE
    return {
      errorCode: ErrorCode.NONE,
      clientInstanceId: id,
      subscriptionId: instance.subscriptionId,
      acceptedCompressionTypes,
      pushIntervalMs: instance.pushIntervalMs,
      telemetryMaxBytes: this.#telemetryMaxBytes,
      deltaTemporality: true,
      requestedMetrics: [...instance.requestedMetrics],
    }
  }

  /** PushTelemetry. */
  push(push: TelemetryPush, client: Omit<ClientDescription, 'client_instance_id'>, nowMs: number): PushOutcome {
    if (reservedIds.has(push.clientInstanceId)) return { errorCode: ErrorCode.INVALID_REQUEST, numbers: [] }
    const instance = this.#instance(push.clientInstanceId, client, nowMs)
    const errorCode = this.#pushErrorCode(instance, push, nowMs)
    instance.isTerminating = push.terminating
    instance.lastErrorCode = errorCode
    if (errorCode !== ErrorCode.NONE) return { errorCode, numbers: [] }
    try {
      const compression = compressions[push.compressionType] ?? 'none'
      const bytes = decompress(compression, push.metrics, this.#telemetryMaxBytes * growthMax)
      return { errorCode, client: instance.client, numbers: decodeOtlpMetrics(bytes, numbersPerPushMax) }
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      instance.lastErrorCode = ErrorCode.INVALID_RECORD
      return { errorCode: ErrorCode.INVALID_RECORD, numbers: [] }
    }
  }

  #pushErrorCode(instance: Instance, push: TelemetryPush, nowMs: number): number {
    if (instance.isTerminating) return ErrorCode.INVALID_REQUEST
    const isDue = instance.lastGetMs > instance.lastPushMs || nowMs - instance.lastPushMs >= instance.pushIntervalMs
    if (isDue) instance.lastPushMs = nowMs
    else if (!push.terminating) return ErrorCode.THROTTLING_QUOTA_EXCEEDED
    if (push.subscriptionId !== instance.subscriptionId) return ErrorCode.UNKNOWN_SUBSCRIPTION_ID
    if (compressions[push.compressionType] === undefined) return ErrorCode.UNSUPPORTED_COMPRESSION_TYPE
    if (push.metrics.length > this.#telemetryMaxBytes) return ErrorCode.TELEMETRY_TOO_LARGE
    return ErrorCode.NONE
  }

  /** Forgets a client whose connection is gone. */
  forget(clientInstanceId: string): void {
    this.#instances.delete(clientInstanceId)
  }

  /** Forgets the clients that were silent for too long; returns their ids. */
  expire(nowMs: number): string[] {
    const expired = [...this.#instances.values()].filter(({ expiresMs }) => expiresMs <= nowMs)
    for (const { clientInstanceId } of expired) this.#instances.delete(clientInstanceId)
    return expired.map(({ clientInstanceId }) => clientInstanceId)
  }

  #instance(id: string, client: Omit<ClientDescription, 'client_instance_id'>, nowMs: number): Instance {
    const before = this.#instances.get(id)
    const instance =
      before?.subscriptionVersion === this.#version
        ? before
        : this.#newInstance(before?.client ?? { ...client, client_instance_id: id })
    instance.expiresMs = nowMs + Math.max(expiryMsMin, instance.pushIntervalMs * 3)
    this.#instances.delete(id)
    this.#instances.set(id, instance)
    for (const oldest of this.#instances.keys()) {
      if (this.#instances.size <= instancesMax) break
      this.#instances.delete(oldest)
    }
    return instance
  }

  #newInstance(client: ClientDescription): Instance {
    const metrics = new Set<string>()
    let pushIntervalMs = defaultIntervalMs
    for (const subscription of this.#subscriptions.values()) {
      if (!subscription.match.matches(client)) continue
      for (const name of subscription.metrics) metrics.add(name)
      pushIntervalMs = Math.min(pushIntervalMs, subscription.intervalMs)
    }
    const requestedMetrics = metrics.has(allMetrics) ? [allMetrics] : [...metrics].sort()
    const clientInstanceId = client.client_instance_id
    const identity = JSON.stringify([requestedMetrics, pushIntervalMs, clientInstanceId])
    return {
      clientInstanceId,
      client,
      subscriptionId: crc32c(Buffer.from(identity)) | 0,
      subscriptionVersion: this.#version,
      requestedMetrics,
      pushIntervalMs,
      lastGetMs: -Infinity,
      lastPushMs: -Infinity,
      isTerminating: false,
      lastErrorCode: ErrorCode.NONE,
      expiresMs: Infinity,
    }
  }
}

const noId = 'AAAAAAAAAAAAAAAAAAAAAA'

const nothingAsked: TelemetryInstructions = {
  errorCode: 0,
  clientInstanceId: noId,
  subscriptionId: 0,
  acceptedCompressionTypes: [],
  pushIntervalMs: 0,
  telemetryMaxBytes: 0,
  deltaTemporality: false,
  requestedMetrics: [],
}
