import type { Logger } from '@odradek/base'
import type { TopicPartition } from '../topic-partition.ts'

/** What the application wants to know of rebalances. One call at a time, in order; an error that is thrown ends the consumer. */
export interface RebalanceListener {
  /** These are this member's now. Reading begins when it returns: it may seek before. */
  assigned?(partitions: readonly TopicPartition[]): void | Promise<void>
  /** These go to another member when it returns; all of what was handed over is done with, and committed with enable.auto.commit. */
  revoked?(partitions: readonly TopicPartition[]): void | Promise<void>
  /** These were given to others already: the member was away for too long. Nothing of them can be committed. Default: `revoked`. */
  lost?(partitions: readonly TopicPartition[]): void | Promise<void>
}

/** Calls the application's listener, one call after the other. */
export class RebalanceListeners {
  readonly #log: Logger
  readonly #onFailure: (error: unknown) => void
  #listener: RebalanceListener = {}
  #last: Promise<void> = Promise.resolve()

  constructor(log: Logger, onFailure: (error: unknown) => void) {
    this.#log = log
    this.#onFailure = onFailure
  }

  set(listener: RebalanceListener): void {
    this.#listener = listener
  }

  /** `next` comes after the application's call. */
  assigned(partitions: readonly TopicPartition[], next: () => Promise<void>): void {
    void this.#call('assigned', partitions, (given) => this.#listener.assigned?.(given)).then(next)
  }

  revoked(partitions: readonly TopicPartition[]): Promise<void> {
    return this.#call('revoked', partitions, (given) => this.#listener.revoked?.(given))
  }

  lost(partitions: readonly TopicPartition[]): Promise<void> {
    return this.#call('lost', partitions, (given) =>
      this.#listener.lost === undefined ? this.#listener.revoked?.(given) : this.#listener.lost(given),
    )
  }

  #call(
    name: string,
    partitions: readonly TopicPartition[],
    call: (partitions: readonly TopicPartition[]) => void | Promise<void> | undefined,
  ): Promise<void> {
    if (partitions.length === 0) return this.#last
    const plain = partitions.map(({ topic, partition }) => ({ topic, partition }))
    this.#log.info(`partitions ${name}`, { partitions: plain.map(({ topic, partition }) => `${topic}-${partition}`) })
    this.#last = this.#last.then(async () => {
      try {
        await call(plain)
      } catch (error) {
        this.#onFailure(error)
      }
    })
    return this.#last
  }
}
