import type { Env } from '@odradek/base'
import { KafkaJSNonRetriableError, KafkaJSNumberOfRetriesExceeded } from '../errors.ts'
import { toKafkaJSError } from '../protocol-error.ts'
import type { RetryOptions } from '../types/config.ts'

export type RetrySettings = Required<Omit<RetryOptions, 'restartOnFailure'>>

export const retryDefaults: RetrySettings = {
  maxRetryTime: 30_000,
  initialRetryTime: 300,
  factor: 0.2,
  multiplier: 2,
  retries: 5,
}

/** Programming errors, which no retry mends. */
const hopeless: ReadonlySet<string> = new Set(['RangeError', 'ReferenceError', 'SyntaxError', 'TypeError'])

export function mayRetry(error: Error): boolean {
  return (error as { retriable?: boolean }).retriable !== false && !hopeless.has(error.name)
}

/** The pauses of kafkajs: each `multiplier` times the one before, up to `factor` longer or shorter by chance, at most `maxRetryTime`. */
export class RetryPauses {
  readonly settings: RetrySettings
  readonly #env: Env

  constructor(env: Env, options: RetryOptions = {}) {
    this.#env = env
    const given = Object.entries(options).filter(([, value]) => value !== undefined && value !== null)
    this.settings = { ...retryDefaults, ...Object.fromEntries(given) }
  }

  first(): number {
    return this.#about(this.settings.initialRetryTime)
  }

  next(before: number): number {
    return Math.min(this.#about(before) * this.settings.multiplier, this.settings.maxRetryTime)
  }

  #about(duration: number): number {
    const { factor } = this.settings
    return Math.ceil(duration * (1 - factor + 2 * factor * this.#env.random.float()))
  }
}

/** Ends the attempts with this error, as it is. */
export type Bail = (error: Error) => never

/** Runs what it is given again while it fails and may be tried again. Errors of the client come out as those of kafkajs. */
export type Retrier = <Result>(
  attempt: (bail: Bail, retryCount: number, retryTime: number) => Promise<Result>,
) => Promise<Result>

class Bailed extends Error {
  readonly error: Error

  constructor(error: Error) {
    super(error.message)
    this.error = error
  }
}

export function sleep(env: Env, durationMs: number): Promise<void> {
  return new Promise((resolve) => env.timers.after(durationMs, resolve))
}

export function createRetrier(env: Env, options?: RetryOptions): Retrier {
  const pauses = new RetryPauses(env, options)
  const { retries } = pauses.settings
  return async (attempt) => {
    let pause = pauses.first()
    for (let retryCount = 0; ; retryCount++) {
      let bailed: Bailed | undefined
      const bail = (error: Error): never => {
        bailed = new Bailed(error)
        throw bailed
      }
      try {
        return await attempt(bail, retryCount, pause)
      } catch (thrown) {
        if (bailed !== undefined) throw (bailed as Bailed).error
        const error = toKafkaJSError(thrown)
        if (!mayRetry(error)) {
          throw error instanceof KafkaJSNonRetriableError
            ? error
            : new KafkaJSNonRetriableError(error, { cause: error.cause ?? error })
        }
        if (retryCount >= retries) {
          throw new KafkaJSNumberOfRetriesExceeded(error, { retryCount, retryTime: pause })
        }
        await sleep(env, pause)
        pause = pauses.next(pause)
      }
    }
  }
}
