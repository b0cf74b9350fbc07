import type { AcknowledgeType } from '../share-record.ts'

/** `gap`: an acquired offset that has no record, such as a marker's or one that compaction has removed. */
export type AcknowledgeMark = AcknowledgeType | 'gap'

const codes: Readonly<Record<AcknowledgeMark, number>> = { gap: 0, accept: 1, release: 2, reject: 3, renew: 4 }

/** As ShareFetch and ShareAcknowledge carry them. */
export interface AcknowledgementBatch {
  readonly firstOffset: bigint
  readonly lastOffset: bigint
  readonly acknowledgeTypes: readonly number[]
}

/** Acknowledgements of one partition that were not sent yet. */
export class Acknowledgements {
  readonly #marks = new Map<number, AcknowledgeMark>()
  /** When the first of them was sent; undefined before. */
  firstSentMs: number | undefined

  get count(): number {
    return this.#marks.size
  }

  get hasRenewal(): boolean {
    return [...this.#marks.values()].includes('renew')
  }

  /** In ascending order. */
  get offsets(): number[] {
    return [...this.#marks.keys()].toSorted((a, b) => a - b)
  }

  /** The last word on an offset counts. */
  mark(offset: number, mark: AcknowledgeMark): void {
    this.#marks.set(offset, mark)
  }

  /** Has those that were sent in vain said again, but for what the application has said otherwise meanwhile. */
  takeBack(sent: Acknowledgements): void {
    for (const [offset, mark] of sent.#marks) if (!this.#marks.has(offset)) this.#marks.set(offset, mark)
    this.firstSentMs = sent.firstSentMs
  }

  /** The offsets that were renewed, so that they are still in hand. */
  get renewed(): number[] {
    return [...this.#marks].filter(([, mark]) => mark === 'renew').map(([offset]) => offset)
  }

  /** Neighbours of the same kind go together. */
  batches(): AcknowledgementBatch[] {
    const batches: { first: number; last: number; mark: AcknowledgeMark }[] = []
    for (const offset of this.offsets) {
      const mark = this.#marks.get(offset) ?? 'gap'
      const last = batches.at(-1)
      if (last !== undefined && last.last === offset - 1 && last.mark === mark) last.last = offset
      else batches.push({ first: offset, last: offset, mark })
    }
    return batches.map(({ first, last, mark }) => ({
      firstOffset: BigInt(first),
      lastOffset: BigInt(last),
      acknowledgeTypes: [codes[mark]],
    }))
  }
}
