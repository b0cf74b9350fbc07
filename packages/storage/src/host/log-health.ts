import { DecodeError, DiskError } from '@odradek/base'
import { KafkaError } from '@odradek/kafka-protocol'

/** Whether one log can be used, and what its errors become for those who use it. */
export class LogHealth {
  readonly #name: string
  readonly #onFailure: (error: Error) => void
  #failure: Error | undefined
  #isClosed = false

  /** `onFailure` is called when the disk fails, once. */
  constructor(name: string, onFailure: (error: Error) => void) {
    this.#name = name
    this.#onFailure = onFailure
  }

  get isOffline(): boolean {
    return this.#failure !== undefined
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Throws `KafkaError` KAFKA_STORAGE_ERROR when the log is offline or closed. */
  ensureUsable(): void {
    if (this.#failure !== undefined) throw this.#storageError(`is offline: ${this.#failure.message}`)
    if (this.#isClosed) throw this.#storageError('is closed')
  }

  /** Runs what touches the disk. A disk error takes the log offline; damaged data is CORRUPT_MESSAGE. */
  guard<Result>(operation: () => Result): Result {
    this.ensureUsable()
    try {
      return operation()
    } catch (error) {
      throw this.failed(error)
    }
  }

  /** What to throw instead of `cause`. */
  failed(cause: unknown): unknown {
    if (cause instanceof DecodeError)
      return new KafkaError('CORRUPT_MESSAGE', `the log of ${this.#name} is damaged: ${cause.message}`)
    if (!(cause instanceof DiskError)) return cause
    // Too few handles is no failure of the disk: nothing was written yet, and a later try may have one.
    if (cause.code === 'TOO_MANY_OPEN_FILES')
      return this.#storageError(`cannot be used at the moment: ${cause.message}`)
    if (this.#failure === undefined) {
      this.#failure = cause
      this.#onFailure(cause)
    }
    return this.#storageError(`is offline: ${cause.message}`)
  }

  markOffline(cause: Error): void {
    this.#failure ??= cause
  }

  markClosed(): void {
    this.#isClosed = true
  }

  #storageError(what: string): KafkaError {
    return new KafkaError('KAFKA_STORAGE_ERROR', `the log of ${this.#name} ${what}`)
  }
}
