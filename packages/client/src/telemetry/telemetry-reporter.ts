import type { Env, Timer } from '@odradek/base'
import { compress, compressions } from '@odradek/kafka-protocol'
import {
  getTelemetrySubscriptionsRequest,
  getTelemetrySubscriptionsResponse,
} from '@odradek/kafka-protocol/messages/71-get-telemetry-subscriptions'
import { pushTelemetryRequest, pushTelemetryResponse } from '@odradek/kafka-protocol/messages/72-push-telemetry'
import { ClientError } from '../client-error.ts'
import type { ClusterLinks } from '../cluster/cluster-links.ts'
import type { ClientMetrics } from '../metrics/client-metrics.ts'
import { encodeOtlpMetrics, numbersOf } from './otlp-metrics.ts'
import type { OtlpNumber } from './otlp-metrics.ts'
import { TelemetryCore } from './telemetry-core.ts'
import type { TelemetryStep } from './telemetry-core.ts'

/** How long closing may wait for the last push. */
const lastPushTimeoutMs = 2000

type PushStep = Extract<TelemetryStep, { kind: 'push' }>

/** Pushes the metrics of a client to its cluster, as far as that asks for some (KIP-714). What goes wrong here disturbs nothing else. */
export class TelemetryReporter {
  readonly #env: Env
  readonly #links: ClusterLinks
  readonly #metrics: ClientMetrics
  readonly #core: TelemetryCore
  readonly #startWallMs: number
  /** Sums as they were pushed last, for brokers that want differences. */
  readonly #pushed = new Map<string, number>()
  #lastWallMs: number
  #timer: Timer | undefined
  #isStarted = false
  #underWay: Promise<void> | undefined
  readonly #waiters: ((error?: ClientError) => void)[] = []

  constructor(env: Env, links: ClusterLinks, metrics: ClientMetrics) {
    this.#env = env
    this.#links = links
    this.#metrics = metrics
    this.#core = new TelemetryCore(() => env.random.float())
    this.#startWallMs = env.clock.wallMs()
    this.#lastWallMs = this.#startWallMs
  }

  get #nowMs(): number {
    return this.#env.clock.monotonicMs()
  }

  /** Asks for what is wanted; brokers are known by now. */
  start(): void {
    if (this.#isStarted) return
    this.#isStarted = true
    this.#pump()
  }

  /** The id that the cluster has given this client, under which its metrics are found. Rejects with `ClientError` when there is none in time. */
  async clientInstanceId(timeoutMs: number): Promise<string> {
    const known = this.#core.clientInstanceId
    if (known !== undefined) return known
    if (this.#core.hasEnded) throw withoutId()
    let timer: Timer | undefined
    const answered = new Promise<void>((resolve, reject) => {
      this.#waiters.push((error) => (error === undefined ? resolve() : reject(error)))
      timer = this.#env.timers.after(timeoutMs, () =>
        reject(new ClientError('TIMED_OUT', `no client instance id within ${timeoutMs} ms`)),
      )
    })
    this.start()
    await answered.finally(() => timer?.cancel())
    return this.#core.clientInstanceId ?? this.clientInstanceId(timeoutMs)
  }

  #pump(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    const step = this.#core.poll(this.#nowMs)
    if (step !== undefined) this.#underWay = this.#do(step).finally(() => (this.#underWay = undefined))
    const { nextDeadlineMs } = this.#core
    if (nextDeadlineMs === Infinity) return
    this.#timer = this.#env.timers.after(Math.max(1, nextDeadlineMs - this.#nowMs), () => this.#pump())
  }

  async #do(step: TelemetryStep): Promise<void> {
    try {
      if (step.kind === 'subscribe') await this.#subscribe(step.clientInstanceId)
      else this.#core.pushed(await this.#push(step), this.#nowMs)
    } catch (error) {
      this.#env.log.debug('metrics could not be pushed', { error })
      const isUnknown = error instanceof ClientError && error.code === 'UNSUPPORTED_VERSION'
      if (isUnknown || !(error instanceof ClientError)) this.#core.end()
      else this.#core.failed(this.#nowMs)
    }
    const error = this.#core.clientInstanceId === undefined && this.#core.hasEnded ? withoutId() : undefined
    if (this.#core.clientInstanceId !== undefined || error !== undefined) {
      for (const tell of this.#waiters.splice(0)) tell(error)
    }
    this.#pump()
  }

  async #subscribe(clientInstanceId: string): Promise<void> {
    const link = this.#links.leastLoaded()
    const body = { clientInstanceId }
    const answer = await link.send(getTelemetrySubscriptionsRequest, getTelemetrySubscriptionsResponse, body)
    this.#core.subscribed(answer, this.#nowMs)
  }

  async #push(step: PushStep): Promise<number> {
    const { subscription, clientInstanceId, isLast } = step
    const wallMs = this.#env.clock.wallMs()
    const all = numbersOf(this.#metrics.read(), subscription.requestedMetrics)
    const numbers = subscription.isDelta ? this.#differences(all) : all
    const startWallMs = subscription.isDelta ? this.#lastWallMs : this.#startWallMs
    this.#lastWallMs = wallMs
    const plain = encodeOtlpMetrics(numbers, { startWallMs, wallMs, isDelta: subscription.isDelta })
    const { type, bytes } = this.#compress(plain, subscription.compressionTypes)
    if (bytes.length > subscription.sizeBytesMax) {
      this.#env.log.warn('the metrics are larger than the broker takes', { sizeBytes: bytes.length })
      return 0
    }
    const body = {
      clientInstanceId,
      subscriptionId: subscription.subscriptionId,
      terminating: isLast,
      compressionType: type,
      metrics: bytes,
    }
    const answer = await this.#links.leastLoaded().send(pushTelemetryRequest, pushTelemetryResponse, body)
    return answer.errorCode
  }

  #compress(plain: Buffer, accepted: readonly number[]): { type: number; bytes: Buffer } {
    const type = accepted.find((each) => compressions[each] !== undefined) ?? 0
    this.#core.compressed(type)
    const codec = compressions[type]
    return { type, bytes: codec === undefined || codec === 'none' ? plain : compress(codec, plain) }
  }

  #differences(numbers: readonly OtlpNumber[]): OtlpNumber[] {
    return numbers.map((number) => {
      if (number.kind === 'gauge') return number
      const key = `${number.name} ${number.attributes.flat().join(' ')}`
      const before = this.#pushed.get(key) ?? 0
      this.#pushed.set(key, number.value)
      return { ...number, value: number.value - before }
    })
  }

  /** Pushes once more what was not pushed yet. */
  async terminate(): Promise<void> {
    this.#timer?.cancel()
    const step = this.#core.terminate()
    let timer: Timer | undefined
    const late = new Promise<void>((resolve) => {
      timer = this.#env.timers.after(lastPushTimeoutMs, resolve)
    })
    await Promise.race([this.#finish(step), late])
    timer?.cancel()
  }

  /** What is under way is answered first: what others have sent behind it would get lost with the connection. */
  async #finish(step: TelemetryStep | undefined): Promise<void> {
    try {
      await this.#underWay
      if (step?.kind === 'push') await this.#push(step)
    } catch (error) {
      this.#env.log.debug('the last metrics could not be pushed', { error })
    }
  }

  /** Nothing more is sent. */
  close(): void {
    this.#core.end()
    this.#timer?.cancel()
    for (const tell of this.#waiters.splice(0)) tell(new ClientError('CLOSED', 'the client is closed'))
  }
}

function withoutId(): ClientError {
  return new ClientError('UNSUPPORTED_VERSION', 'the cluster gives clients no instance ids: it has no KIP-714')
}
