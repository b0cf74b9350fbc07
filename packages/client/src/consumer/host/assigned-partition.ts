import { PartitionBuffer } from '../core/partition-buffer.ts'
import type { UnreadableBatch } from '../core/partition-buffer.ts'
import { partitionKey } from '../topic-partition.ts'
import type { TopicPartition } from '../topic-partition.ts'

/** An offset, and the leader epoch of the record before it; -1 where that is not known. */
export interface Position {
  readonly offset: number
  readonly leaderEpoch: number
}

/**
 * One partition for as long as it is assigned without a break. Who has got it back after it was taken away has another object: what was under way
 * for the old one finds `isGone` and is dropped, so nothing old can come after a rebalance.
 */
export class AssignedPartition implements TopicPartition {
  readonly topic: string
  readonly partition: number
  readonly key: string
  readonly buffer: PartitionBuffer
  /** Not assigned any more. */
  isGone = false
  /** Asked back: nothing is handed over any more. */
  isLeaving = false
  isPaused = false
  /** Some of its records are in the hands of the application. */
  isBusy = false
  /** Where the next fetch begins; undefined while that is being found out. */
  fetchPosition: Position | undefined
  /** What the application has done with; undefined until it is known where that began. */
  consumed: Position | undefined
  /** The last offset that this member has committed, or found committed. */
  committedOffset = -1
  /** The leader epoch that the position was last checked under (KIP-320). */
  checkedEpoch = -1
  isValidating = false
  /** Comes after the records that were handed over last. */
  unreadable: UnreadableBatch | undefined
  highWatermark = -1
  lastStableOffset = -1
  logStartOffset = -1
  /** A replica nearby that the leader has named (KIP-392). */
  preferredReplica: { readonly brokerId: number; readonly untilMs: number } | undefined
  /** After an error: no fetch before that. */
  retryAtMs = 0
  failures = 0
  /** Aborted when what was handed over is not this member's to finish. */
  controller = new AbortController()

  constructor({ topic, partition }: TopicPartition, isCheckingCrcs: boolean) {
    this.topic = topic
    this.partition = partition
    this.key = partitionKey({ topic, partition })
    this.buffer = new PartitionBuffer(isCheckingCrcs)
  }

  /** Goes on from here; what was fetched is dropped. */
  setPosition(position: Position): void {
    this.fetchPosition = position
    this.consumed = position
    this.buffer.reset(position.offset)
    this.unreadable = undefined
    this.isValidating = false
  }

  /** Forgets where it is. */
  clearPosition(): void {
    this.fetchPosition = undefined
    this.buffer.reset(0)
    this.unreadable = undefined
    this.isValidating = false
  }

  /** What is in the hands of the application is not its to finish. */
  abort(): void {
    this.controller.abort()
    this.controller = new AbortController()
  }

  drop(): void {
    this.isGone = true
    this.isLeaving = true
    this.controller.abort()
    this.buffer.reset(0)
  }
}
