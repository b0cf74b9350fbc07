import { assert } from '@odradek/base'

/** From `startOffset` on, records were appended under `epoch`, until the next entry. */
export interface EpochEntry {
  readonly epoch: number
  readonly startOffset: number
}

/**
 * Which leader epoch begins at which offset (KIP-101, KIP-279). Entries are sorted by epoch and by offset at once.
 * `version` grows with every change, so that the host knows when its file is stale.
 */
export class LeaderEpochCache {
  #entries: EpochEntry[] = []
  version = 0

  get entries(): readonly EpochEntry[] {
    return this.#entries
  }

  get latest(): EpochEntry | undefined {
    return this.#entries.at(-1)
  }

  get earliest(): EpochEntry | undefined {
    return this.#entries[0]
  }

  /** Takes the entries as they were stored. */
  load(entries: readonly EpochEntry[]): void {
    this.#entries = []
    for (const { epoch, startOffset } of entries) this.assign(epoch, startOffset)
    this.version = 0
  }

  /** Notes the start of an epoch; entries that contradict it (same or later epoch or offset) give way. */
  assign(epoch: number, startOffset: number): void {
    const { latest } = this
    if (latest !== undefined && latest.epoch === epoch && startOffset >= latest.startOffset) return
    assert(epoch >= 0 && startOffset >= 0, `leader epoch ${epoch} at offset ${startOffset}`)
    while (this.#entries.length > 0) {
      const last = this.#entries.at(-1) as EpochEntry
      if (last.epoch < epoch && last.startOffset < startOffset) break
      this.#entries.pop()
    }
    this.#entries.push({ epoch, startOffset })
    this.version++
  }

  /**
   * Where the last epoch at or below `epoch` ended: the start of the next one, or `logEndOffset` for the latest.
   * Undefined when nothing is known: the epoch is later than the latest, or there is none.
   */
  endOffsetFor(epoch: number, logEndOffset: number): { epoch: number; endOffset: number } | undefined {
    if (epoch < 0) return undefined
    if (this.latest?.epoch === epoch) return { epoch, endOffset: logEndOffset }
    const higher = this.#entries.findIndex((entry) => entry.epoch > epoch)
    if (higher === -1) return undefined
    const { startOffset } = this.#entries[higher] as EpochEntry
    const floor = this.#entries[higher - 1]
    return { epoch: floor?.epoch ?? epoch, endOffset: startOffset }
  }

  /** The epoch under which the record at `offset` was appended, as far as known. */
  epochForOffset(offset: number): number | undefined {
    return this.#entries.findLast((entry) => entry.startOffset <= offset)?.epoch
  }

  /** Forgets epochs that begin at or after `endOffset`. */
  truncateFromEnd(endOffset: number): void {
    const kept = this.#entries.filter((entry) => entry.startOffset < endOffset)
    if (kept.length !== this.#entries.length) this.#replace(kept)
  }

  /** Forgets epochs that ended before `startOffset`; the one that holds it now begins there. */
  truncateFromStart(startOffset: number): void {
    const index = this.#entries.findLastIndex((entry) => entry.startOffset <= startOffset)
    if (index === -1) return
    const holder = this.#entries[index] as EpochEntry
    if (index === 0 && holder.startOffset === startOffset) return
    this.#replace([{ epoch: holder.epoch, startOffset }, ...this.#entries.slice(index + 1)])
  }

  clear(): void {
    if (this.#entries.length > 0) this.#replace([])
  }

  #replace(entries: EpochEntry[]): void {
    this.#entries = entries
    this.version++
  }
}
