import { partitionKey } from '../../consumer/topic-partition.ts'
import type { TopicPartition } from '../../consumer/topic-partition.ts'
import type { ShareRecord } from '../share-record.ts'
import type { SharePartition } from './share-session.ts'

/** Records of one partition that came with one fetch, from when they were acquired until each of them is acknowledged. */
export class AcquiredBatch implements TopicPartition {
  readonly topic: string
  readonly partition: number
  readonly place: SharePartition
  /** The broker that has given them, and is told what became of them. */
  readonly brokerId: number
  readonly records: readonly ShareRecord[]
  /** Offsets that were not acknowledged yet. */
  readonly open: Set<number>
  /** How many were handed to the application. */
  handedCount = 0
  readonly #lockedUntilMs: number
  readonly #renewedUntilMs = new Map<number, number>()

  constructor(
    given: { readonly topic: string; readonly place: SharePartition; readonly brokerId: number },
    records: readonly ShareRecord[],
    lockedUntilMs: number,
  ) {
    this.topic = given.topic
    this.partition = given.place.partition
    this.place = given.place
    this.brokerId = given.brokerId
    this.records = records
    this.open = new Set(records.map(({ offset }) => offset))
    this.#lockedUntilMs = lockedUntilMs
  }

  get key(): string {
    return partitionKey(this)
  }

  get hasMore(): boolean {
    return this.handedCount < this.records.length
  }

  lockedUntilMs(offset: number): number {
    return this.#renewedUntilMs.get(offset) ?? this.#lockedUntilMs
  }

  renew(offset: number, untilMs: number): void {
    this.#renewedUntilMs.set(offset, untilMs)
  }

  /** The locks of all records have run out. */
  hasExpired(nowMs: number): boolean {
    return nowMs >= this.#lockedUntilMs && [...this.#renewedUntilMs.values()].every((untilMs) => nowMs >= untilMs)
  }
}
