import type { Env } from '@odradek/base'
import { KafkaError } from '@odradek/kafka-protocol'

/** A run of producer ids that the controller gave to this broker alone. */
export interface ProducerIdBlock {
  readonly start: bigint
  readonly length: number
}

/** Asks the controller for a block (AllocateProducerIds). Rejects with `KafkaError` when there is none to be had now. */
export type AllocateProducerIds = () => Promise<ProducerIdBlock>

/** The share of a block at which the next one is asked for. */
const prefetchThreshold = 0.9
const retryBackoffMs = 50

/**
 * Producer ids for idempotent producers, unique in the cluster: taken one by one from blocks that the controller hands out.
 * The next block is asked for before the current one ends, so that a producer seldom waits.
 */
export class ProducerIdManager {
  readonly #env: Env
  readonly #allocate: AllocateProducerIds
  #current: ProducerIdBlock = { start: 0n, length: 0 }
  #used = 0
  #next: ProducerIdBlock | undefined
  #request: Promise<void> | undefined
  #retryNotBeforeMs = 0

  constructor(env: Env, allocate: AllocateProducerIds) {
    this.#env = env
    this.#allocate = allocate
  }

  /** The next id. Rejects with COORDINATOR_LOAD_IN_PROGRESS, which makes clients try again, when the controller gives no block. */
  async next(): Promise<bigint> {
    while (this.#used >= this.#current.length) {
      if (this.#next === undefined) await this.#prefetch()
      if (this.#used < this.#current.length) break
      if (this.#next === undefined) {
        throw new KafkaError(
          'COORDINATOR_LOAD_IN_PROGRESS',
          'no producer ids yet: the controller gave no block; try again',
        )
      }
      this.#current = this.#next
      this.#next = undefined
      this.#used = 0
    }
    const id = this.#current.start + BigInt(this.#used++)
    if (this.#next === undefined && this.#used >= this.#current.length * prefetchThreshold) void this.#prefetch()
    return id
  }

  /** Resolves when the request is over, whether it brought a block or not. */
  #prefetch(): Promise<void> {
    if (this.#request === undefined && this.#env.clock.monotonicMs() < this.#retryNotBeforeMs) return Promise.resolve()
    this.#request ??= this.#allocate()
      .then((block) => {
        this.#next = block
      })
      .catch((error: unknown) => {
        this.#retryNotBeforeMs = this.#env.clock.monotonicMs() + retryBackoffMs
        this.#env.log.warn('The controller gave no producer ids', { error })
      })
      .finally(() => {
        this.#request = undefined
      })
    return this.#request
  }
}
