import { KafkaError } from '@odradek/kafka-protocol'
import { isRetriable } from '../../classify-error.ts'
import { ClientError } from '../../client-error.ts'

/** Where a transactional producer stands. */
export type TransactionPhase =
  | 'uninitialized'
  | 'ready'
  | 'open'
  | 'committing'
  | 'aborting'
  /** The transaction has failed: only aborting it is possible. */
  | 'failed'
  /** Nothing is possible but closing the producer. */
  | 'dead'

/** What an error means to a transaction: try again, abort it, or close the producer (KIP-1050). */
export type TransactionSeverity = 'retriable' | 'abortable' | 'fatal'

const fatal: ReadonlySet<string> = new Set([
  'PRODUCER_FENCED',
  'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'INVALID_TXN_STATE',
  'UNSUPPORTED_VERSION',
  'UNSUPPORTED_FOR_MESSAGE_FORMAT',
  'INVALID_TRANSACTION_TIMEOUT',
  'AUTHENTICATION_FAILED',
  'WRONG_LISTENER',
  'CLOSE_PRODUCER',
  'CLOSED',
])

/** What an error of a transactional producer means. */
export function transactionSeverity(error: unknown): TransactionSeverity {
  if (isRetriable(error)) return 'retriable'
  if (error instanceof KafkaError || error instanceof ClientError) return fatal.has(error.code) ? 'fatal' : 'abortable'
  return 'abortable'
}

/** The state of a producer's transactions: pure, without requests. Who calls in the wrong order is told what is missing. */
export class TransactionState {
  phase: TransactionPhase = 'uninitialized'
  /** Why it is `failed` or `dead`. */
  #error: Error | undefined
  /** Something of this transaction has reached the broker, so that it has to be ended there. */
  isStarted = false
  /** What has failed leaves sequence numbers behind that only a new epoch forgets. */
  needsNewEpoch = false

  /** Why nothing can be sent, when that is so. */
  get error(): Error | undefined {
    return this.phase === 'failed' || this.phase === 'dead' ? this.#error : undefined
  }

  /** Throws unless a transaction is open. */
  ensureOpen(call: string): void {
    this.ensureAlive()
    if (this.phase === 'failed') throw this.#failed()
    if (this.phase === 'uninitialized') throw wrong(`${call} needs initTransactions first`)
    if (this.phase !== 'open') throw wrong(`${call} needs beginTransaction first`)
  }

  /** Throws when the producer cannot go on. */
  ensureAlive(): void {
    if (this.phase === 'dead') {
      const why = this.#error?.message ?? ''
      throw new ClientError('CLOSE_PRODUCER', `the producer cannot go on, close it: ${why}`, { cause: this.#error })
    }
  }

  begin(): void {
    this.ensureAlive()
    if (this.phase === 'failed') throw this.#failed()
    if (this.phase === 'uninitialized') throw wrong('beginTransaction needs initTransactions first')
    if (this.phase !== 'ready') throw wrong('beginTransaction: a transaction is open; commit or abort it first')
    this.phase = 'open'
    this.isStarted = false
  }

  /** Also to go on with a commit that timed out. */
  beginCommit(): void {
    if (this.phase === 'committing') return
    this.ensureOpen('commitTransaction')
    this.phase = 'committing'
  }

  beginAbort(): void {
    this.ensureAlive()
    if (this.phase === 'ready' || this.phase === 'uninitialized')
      throw wrong('abortTransaction: no transaction is open')
    if (this.phase === 'committing')
      throw wrong('abortTransaction: the transaction is being committed; call commitTransaction again')
    this.phase = 'aborting'
  }

  /** The transaction is over, or the producer has its id. */
  becomeReady(): void {
    this.phase = 'ready'
    this.isStarted = false
    this.#error = undefined
  }

  /** Takes in an error that will not go away by itself. */
  fail(error: Error): void {
    if (this.phase === 'dead') return
    if (transactionSeverity(error) === 'fatal') {
      this.phase = 'dead'
      this.#error = error
      return
    }
    this.needsNewEpoch = true
    if (this.phase === 'open' || this.phase === 'committing') {
      this.phase = 'failed'
      this.#error = error
    }
  }

  /** Throws when something has failed. */
  ensureNotFailed(): void {
    this.ensureAlive()
    if (this.phase === 'failed') throw this.#failed()
  }

  #failed(): ClientError {
    const why = this.#error?.message ?? ''
    return new ClientError('ABORT_TRANSACTION', `the transaction has failed, abort it: ${why}`, { cause: this.#error })
  }
}

function wrong(text: string): ClientError {
  return new ClientError('WRONG_STATE', text)
}
