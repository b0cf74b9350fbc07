import type { History, Operation, OperationKind, Outcome, Polled, Sent, Step } from './operation.ts'

/** An operation that is under way. Without an end its outcome is unknown. */
export class OpenOperation {
  readonly #record: { outcome: Outcome; steps: Step[] }

  constructor(record: { outcome: Outcome; steps: Step[] }) {
    this.#record = record
  }

  /** The process sends records; where they are may be told when it ends. Returns their places among the steps, for `place`. */
  send(records: readonly Sent[]): number[] {
    return records.map((sent) => this.#record.steps.push({ kind: 'send', sent }) - 1)
  }

  /** The broker has told the offset of a record that was sent. */
  place(step: number, offset: number): void {
    const known = this.#record.steps[step]
    if (known?.kind === 'send') this.#record.steps[step] = { kind: 'send', sent: { ...known.sent, offset } }
  }

  poll(polled: readonly Polled[]): void {
    this.#record.steps.push({ kind: 'poll', polled })
  }

  end(outcome: Outcome): void {
    this.#record.outcome = outcome
  }
}

/** Writes down what processes do, while they do it. */
export class HistoryRecorder {
  readonly #operations: { -readonly [Key in keyof Operation]: Operation[Key] }[] = []

  get history(): History {
    return this.#operations
  }

  begin(process: string, kind: OperationKind): OpenOperation {
    const steps: Step[] = []
    const record = { index: this.#operations.length, process, kind, outcome: 'unknown' as Outcome, steps }
    this.#operations.push(record)
    return new OpenOperation(record)
  }

  /** The process was handed these records. */
  polled(process: string, polled: readonly Polled[]): void {
    const operation = this.begin(process, 'poll')
    operation.poll(polled)
    operation.end('ok')
  }

  /** The process goes on reading only `kept` from where it was. */
  assigned(process: string, kept: readonly string[]): void {
    const index = this.#operations.length
    this.#operations.push({ index, process, kind: 'assign', outcome: 'ok', steps: [], kept })
  }

  crashed(process: string): void {
    this.begin(process, 'crash').end('ok')
  }
}
