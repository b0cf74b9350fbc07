import type { OperationKind, Outcome, Polled, Sent } from '@odradek/history'

/** What a client process is to do. */
export interface ClientJob {
  readonly name: string
  readonly bootstrap: string
  readonly input: string
  readonly output: string
  readonly partitionCount: number
  /** Requests of a producer that may be under way at once. */
  readonly inFlightMax: number
}

/** One line of what a client process says. */
export type Told =
  | {
      readonly kind: 'begin'
      readonly id: number
      readonly operation: OperationKind
      readonly polled?: readonly Polled[]
      readonly sent: readonly Sent[]
    }
  | {
      readonly kind: 'end'
      readonly id: number
      readonly outcome: Outcome
      readonly offsets?: readonly number[]
      readonly why?: string
    }
  | { readonly kind: 'polled'; readonly polled: readonly Polled[] }
  | { readonly kind: 'assigned'; readonly kept: readonly string[] }
  /** What it is doing, asked for by SIGUSR2. */
  | { readonly kind: 'state'; readonly text: string }
