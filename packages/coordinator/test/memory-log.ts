import { batchesOf, KafkaError } from '@odradek/kafka-protocol'
import type { ErrorName } from '@odradek/kafka-protocol'
import type { LogPort } from '../src/log-port.ts'

/** One partition's log in memory. It outlives its coordinators, as a log does. */
export class MemoryLog implements LogPort {
  readonly logStartOffset = 0
  logEndOffset = 0
  highWatermark = 0
  /** While true the other replicas do not follow. */
  isHeld = false
  /** The next append throws it. */
  appendError: ErrorName | undefined = undefined
  readonly batches: Buffer[] = []
  readonly listeners = new Set<() => void>()

  append(records: Buffer): { baseOffset: number; lastOffset: number } {
    const error = this.appendError
    this.appendError = undefined
    if (error !== undefined) throw new KafkaError(error)
    const baseOffset = this.logEndOffset
    const bytes = Buffer.from(records)
    for (const batch of batchesOf(bytes)) {
      batch.setBaseOffset(baseOffset)
      this.logEndOffset = batch.nextOffset
    }
    this.batches.push(bytes)
    if (!this.isHeld) this.release()
    return { baseOffset, lastOffset: this.logEndOffset - 1 }
  }

  /** One batch at a time, so that a load takes as many turns. */
  read(offset: number): readonly Buffer[] {
    return this.batches
      .filter((bytes) => {
        for (const batch of batchesOf(bytes)) if (batch.nextOffset > offset) return true
        return false
      })
      .slice(0, 1)
  }

  onHighWatermark(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  release(offset = this.logEndOffset): void {
    this.highWatermark = offset
    for (const listener of this.listeners) listener()
  }
}
