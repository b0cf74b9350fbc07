import { KafkaError } from '@odradek/kafka-protocol'
import { quotaOwnerOf } from '../host/throttle.ts'
import type { RequestContext } from './request-context.ts'

/** What an answer can say; an int32. */
const throttleMsMax = 2 ** 31 - 1

/**
 * controller_mutation_rate for one request (KIP-599): partitions that it creates or deletes. A client that knows the error
 * THROTTLING_QUOTA_EXCEEDED gets it while it is in debt; an older one gets what it asked for, and is silent until its debt is paid.
 */
export class MutationQuota {
  readonly #context: RequestContext
  readonly #isStrict: boolean
  #throttleMs = 0

  constructor(context: RequestContext, isStrict: boolean) {
    this.#context = context
    this.#isStrict = isStrict
  }

  /** True when nobody has a quota. */
  get isEmpty(): boolean {
    return this.#context.broker.clientQuotas.isEmpty
  }

  /** Throws THROTTLING_QUOTA_EXCEEDED; then nothing was counted, and nothing may be changed. */
  charge(partitions: number): void {
    const { clientQuotas, env } = this.#context.broker
    if (clientQuotas.isEmpty) return
    const { user, clientId } = quotaOwnerOf(this.#context)
    const nowMs = env.clock.monotonicMs()
    if (this.#isStrict) {
      const debtMs = clientQuotas.mutationDebtMs(user, clientId, nowMs)
      if (debtMs > 0) {
        this.#throttleMs = Math.max(this.#throttleMs, debtMs)
        throw new KafkaError('THROTTLING_QUOTA_EXCEEDED')
      }
    }
    clientQuotas.chargeMutations(user, clientId, partitions, nowMs)
    if (!this.#isStrict) this.#throttleMs = clientQuotas.mutationDebtMs(user, clientId, nowMs)
  }

  /** The answer, which says for how long its connection is not read now. */
  answer<Response extends object>(response: Response): Response & { throttleTimeMs: number } {
    if (this.#throttleMs > 0) this.#context.connection.mute(this.#throttleMs)
    return { ...response, throttleTimeMs: Math.min(this.#throttleMs, throttleMsMax) }
  }
}
