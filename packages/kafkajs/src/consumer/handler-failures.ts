import { mayRetry } from '../core/retry.ts'
import type { RetryPauses } from '../core/retry.ts'
import { KafkaJSNonRetriableError, KafkaJSNumberOfRetriesExceeded } from '../errors.ts'

interface Failure {
  /** What the application had done with before it failed. */
  readonly offset: number | undefined
  readonly count: number
  readonly pause: number
}

/** Counts how often the application has failed in a row at the same place of a partition. */
export class HandlerFailures {
  readonly #pauses: RetryPauses
  readonly #failures = new Map<string, Failure>()

  constructor(pauses: RetryPauses) {
    this.#pauses = pauses
  }

  /** How long to wait before the next attempt. Throws what ends the consumer when there is to be none. */
  pauseAfter(key: string, offset: number | undefined, error: Error): number {
    if (!mayRetry(error)) throw new KafkaJSNonRetriableError(error, { cause: error.cause ?? error })
    const before = this.#failures.get(key)
    const isSame = before !== undefined && before.offset === offset
    const count = isSame ? before.count + 1 : 0
    const pause = isSame ? this.#pauses.next(before.pause) : this.#pauses.first()
    if (count >= this.#pauses.settings.retries) {
      throw new KafkaJSNumberOfRetriesExceeded(error, { retryCount: count, retryTime: pause })
    }
    this.#failures.set(key, { offset, count, pause })
    return pause
  }

  forget(key: string): void {
    this.#failures.delete(key)
  }
}
