import { partitionKey } from '../../consumer/topic-partition.ts'
import type { TopicPartition } from '../../consumer/topic-partition.ts'
import type { ShareRecord } from '../share-record.ts'
import type { AcquiredBatch } from './acquired-batch.ts'

/** What of a batch is in the hands of the application. */
export interface Handed {
  readonly batch: AcquiredBatch
  readonly records: readonly ShareRecord[]
}

/** All that this member has acquired: what waits for the application, and what the application has not acknowledged yet. */
export class AcquiredQueue {
  readonly #waiting: AcquiredBatch[] = []
  readonly #byPartition = new Map<string, AcquiredBatch[]>()

  get isEmpty(): boolean {
    return this.#waiting.length === 0
  }

  /** Records that were handed over or wait for it, and are not acknowledged. */
  get openCount(): number {
    let count = 0
    for (const batches of this.#byPartition.values()) for (const { open } of batches) count += open.size
    return count
  }

  add(batch: AcquiredBatch, nowMs: number): void {
    if (batch.open.size === 0) return
    this.#waiting.push(batch)
    // What the application has forgotten is the broker's again.
    const others = (this.#byPartition.get(batch.key) ?? []).filter((each) => !each.hasExpired(nowMs))
    this.#byPartition.set(batch.key, [...others, batch])
  }

  /** The next records, at most so many, all of one batch. Those whose lock has run out are passed over: others may have them. */
  take(countMax: number, nowMs: number): Handed | undefined {
    for (let batch = this.#waiting[0]; batch !== undefined; batch = this.#waiting[0]) {
      const { handedCount } = batch
      if (batch.hasExpired(nowMs)) {
        this.#waiting.shift()
        this.#forget(batch)
        continue
      }
      const records = batch.records.slice(handedCount, handedCount + countMax)
      batch.handedCount += records.length
      if (!batch.hasMore) this.#waiting.shift()
      if (records.length > 0) return { batch, records }
    }
    return undefined
  }

  /** Takes the last records back that were handed over of a batch: they come first the next time. */
  takeBack(batch: AcquiredBatch, count: number): void {
    if (count === 0) return
    batch.handedCount -= count
    if (this.#waiting[0] !== batch) this.#waiting.unshift(batch)
  }

  /** The batch of a record that is not acknowledged yet. */
  find(partition: TopicPartition, offset: number): AcquiredBatch | undefined {
    return this.#byPartition.get(partitionKey(partition))?.find(({ open }) => open.has(offset))
  }

  /** The offset is acknowledged for good. */
  close(batch: AcquiredBatch, offset: number): void {
    batch.open.delete(offset)
    if (batch.open.size === 0) this.#forget(batch)
  }

  /** The session with a broker has ended: it has taken back what it gave. */
  forgetBroker(brokerId: number): void {
    for (const batch of [...this.#byPartition.values()].flat()) {
      if (batch.brokerId !== brokerId) continue
      const at = this.#waiting.indexOf(batch)
      if (at >= 0) this.#waiting.splice(at, 1)
      this.#forget(batch)
    }
  }

  /** Everything that is not acknowledged. */
  get all(): AcquiredBatch[] {
    return [...this.#byPartition.values()].flat()
  }

  #forget(batch: AcquiredBatch): void {
    const left = (this.#byPartition.get(batch.key) ?? []).filter((each) => each !== batch)
    if (left.length === 0) this.#byPartition.delete(batch.key)
    else this.#byPartition.set(batch.key, left)
  }
}
