import type { LogFields } from '@odradek/base'
import type { KafkaError } from '@odradek/kafka-protocol'
import type { Now } from './now.ts'

declare const responseType: unique symbol

/** The place where a parked request waits for its one answer. Only the host knows what is behind the number. */
export interface ReplyTo<Response> {
  readonly id: number
  readonly [responseType]?: (response: Response) => void
}

/** Called once: without an error when the records are committed, with one when they never got into the log or nobody knows. */
export type Settled<Rec> = (error: KafkaError | undefined, effects: Effects<Rec>, now: Now) => void

/** Records that go into the log as one batch: all of them or none. Without records it settles when all that was written so far is committed. */
export interface CoordinatorWrite<Rec> {
  readonly records: readonly Rec[]
  /** Set when the records belong to a producer's transaction, whose marker decides later whether they count. */
  readonly transaction?: { readonly producerId: number; readonly producerEpoch: number }
  /** The records are in the log and replayed, and nothing has happened since: what is soft and goes with them is put right here. */
  readonly appended?: (effects: Effects<Rec>, now: Now) => void
  /**
   * What follows from the outcome. After an error nothing of the records has been replayed, except after REQUEST_TIMED_OUT:
   * then they have been, and may yet be committed.
   */
  readonly settled?: Settled<Rec>
}

/**
 * What a core wants done. A core calls these in the order in which they are to happen and never learns anything back;
 * writes are appended and replayed when the core has returned.
 */
export interface Effects<Rec> {
  /** Answers a request now. Whatever must not be seen before it is committed is answered from `settled`. */
  reply<Response>(to: ReplyTo<Response>, response: Response): void
  /** Ends a request with an error that its response has no place of its own for. */
  fail(to: ReplyTo<never>, error: KafkaError): void
  write(write: CoordinatorWrite<Rec>): void
  /** Tells a person, through the log. */
  note(message: string, fields?: LogFields): void
}
