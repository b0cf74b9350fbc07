import type { LogPort } from '@odradek/coordinator'
import { batchesOf, KafkaError } from '@odradek/kafka-protocol'
import type { ErrorName } from '@odradek/kafka-protocol'

/** One partition's log in memory, as a leader of one or more replicas sees it. It outlives its coordinators, as a log does. */
export class MemoryLog implements LogPort {
  readonly logStartOffset = 0
  logEndOffset = 0
  highWatermark = 0
  /** While true the other replicas do not follow: nothing more is committed. */
  isHeld = false
  /** The next append throws it. */
  appendError: ErrorName | undefined = undefined
  readonly #batches: Buffer[] = []
  readonly #listeners = new Set<() => void>()

  append(records: Buffer): { baseOffset: number; lastOffset: number } {
    const error = this.appendError
    this.appendError = undefined
    if (error !== undefined) throw new KafkaError(error)
    const baseOffset = this.logEndOffset
    const bytes = Buffer.from(records)
    for (const batch of batchesOf(bytes)) {
      batch.setBaseOffset(this.logEndOffset)
      this.logEndOffset = batch.nextOffset
    }
    this.#batches.push(bytes)
    if (!this.isHeld) this.release()
    return { baseOffset, lastOffset: this.logEndOffset - 1 }
  }

  read(offset: number): readonly Buffer[] {
    return this.#batches.filter((bytes) => [...batchesOf(bytes)].some((batch) => batch.nextOffset > offset))
  }

  /** All records from `offset` on. */
  *records(offset: number): Generator<{ offset: number; key: Buffer | null; value: Buffer | null }> {
    for (const bytes of this.read(offset)) {
      for (const batch of batchesOf(bytes)) {
        for (const record of batch.records()) if (record.offset >= offset) yield record
      }
    }
  }

  onHighWatermark(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The other replicas catch up, up to `offset`. */
  release(offset = this.logEndOffset): void {
    this.highWatermark = offset
    for (const listener of this.#listeners) listener()
  }

  /** A fail-over to a replica that has only what was committed. */
  truncateToCommitted(): void {
    while (this.logEndOffset > this.highWatermark) {
      const last = this.#batches.pop()
      if (last === undefined) break
      this.logEndOffset = [...batchesOf(last)][0]?.baseOffset ?? 0
    }
  }
}
