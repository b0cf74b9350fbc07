/** A record that was sent, or is to be. */
export interface Sent {
  readonly partition: string
  /** Unique within its partition: by it a record is known again. */
  readonly value: string
  /** Undefined while the broker has not told. */
  readonly offset?: number | undefined
}

/** A record as a reader got it. */
export interface Polled {
  readonly partition: string
  readonly offset: number
  readonly value: string
}

/** One part of an operation, in the order in which the process did them. */
export type Step =
  | { readonly kind: 'send'; readonly sent: Sent }
  | { readonly kind: 'poll'; readonly polled: readonly Polled[] }

/**
 * send: records outside of a transaction. poll: records that were handed over. transaction: both, all or nothing. assign: from here on the process reads
 * `kept` where it was, and anything else from wherever the group left it. crash: what the process knew is gone.
 */
export type OperationKind = 'send' | 'poll' | 'transaction' | 'assign' | 'crash'

/** ok: done, and the process was told so. failed: certainly not done. unknown: nobody told, or the process died first. */
export type Outcome = 'ok' | 'failed' | 'unknown'

/** Something that a process did, from its beginning to its end. */
export interface Operation {
  /** Its place in the history by its beginning. */
  readonly index: number
  readonly process: string
  readonly kind: OperationKind
  readonly outcome: Outcome
  readonly steps: readonly Step[]
  /** Of an assign: partitions that the process goes on reading without a break. */
  readonly kept?: readonly string[]
}

/** What all processes did, by the beginning of each operation. */
export type History = readonly Operation[]

export function sentBy(operation: Operation): Sent[] {
  return operation.steps.flatMap((step) => (step.kind === 'send' ? [step.sent] : []))
}

export function polledBy(operation: Operation): Polled[] {
  return operation.steps.flatMap((step) => (step.kind === 'poll' ? step.polled : []))
}
