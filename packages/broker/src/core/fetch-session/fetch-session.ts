import { noTopicId } from '../topic-id.ts'
import type { PartitionFetch, PartitionRead } from '../partition/partition-fetch.ts'

/** A partition of a session: what is asked, and what the reader was told last. */
export interface SessionPartition extends PartitionFetch {
  readonly key: string
  topic: string
  fetchOffset: number
  currentLeaderEpoch: number
  lastFetchedEpoch: number
  logStartOffset: number
  partitionMaxBytes: number
  toldHighWatermark: number
  toldLogStartOffset: number
}

/** A partition by id where the request has ids, else by name: names may be reused, ids may be unknown. */
export function partitionKey({ topic, topicId, partitionIndex }: PartitionName): string {
  return topicId === noTopicId ? `${topic}\n${partitionIndex}` : `${topicId}\t${partitionIndex}`
}

export interface PartitionName {
  readonly topic: string
  readonly topicId: string
  readonly partitionIndex: number
}

/**
 * The partitions that a reader asks for again and again, so that it need only name what changes (KIP-227).
 * Their order is the order of reading; one that gave records moves to the back, so that none starves under a byte limit.
 */
export class FetchSession {
  readonly sessionId: number
  readonly usesTopicIds: boolean
  readonly isFollower: boolean
  readonly createdMs: number
  lastUsedMs: number
  /** The epoch that the next request must have. */
  epoch = 1
  readonly partitions = new Map<string, SessionPartition>()

  constructor(options: { sessionId: number; usesTopicIds: boolean; isFollower: boolean; nowMs: number }) {
    this.sessionId = options.sessionId
    this.usesTopicIds = options.usesTopicIds
    this.isFollower = options.isFollower
    this.createdMs = options.nowMs
    this.lastUsedMs = options.nowMs
  }

  /** Adds or changes what the request names, and takes away what it forgets. */
  update(fetches: readonly PartitionFetch[], forgotten: readonly PartitionName[]): void {
    for (const fetch of fetches) {
      const key = partitionKey(fetch)
      const partition = this.partitions.get(key)
      if (partition === undefined) {
        this.partitions.set(key, { ...fetch, key, toldHighWatermark: -1, toldLogStartOffset: -1 })
        continue
      }
      partition.topic = fetch.topic
      partition.fetchOffset = fetch.fetchOffset
      partition.currentLeaderEpoch = fetch.currentLeaderEpoch
      partition.lastFetchedEpoch = fetch.lastFetchedEpoch
      partition.logStartOffset = fetch.logStartOffset
      partition.partitionMaxBytes = fetch.partitionMaxBytes
    }
    for (const name of forgotten) this.partitions.delete(partitionKey(name))
  }

  /** Epochs run from 1 to 2^31 - 1 and then begin again at 1: 0 and -1 have meanings of their own. */
  advanceEpoch(): void {
    this.epoch = this.epoch >= 0x7fffffff ? 1 : this.epoch + 1
  }

  /** True when the reader must hear of the partition: records, an error, a divergence, or offsets that it was not told. Remembers what it is told. */
  mustTell(partition: SessionPartition, read: PartitionRead): boolean {
    let tell = read.sizeBytes > 0 || read.divergingEpoch !== undefined
    if (partition.toldHighWatermark !== read.highWatermark) {
      tell = true
      partition.toldHighWatermark = read.highWatermark
    }
    if (partition.toldLogStartOffset !== read.logStartOffset) {
      tell = true
      partition.toldLogStartOffset = read.logStartOffset
    }
    if (read.errorCode !== 0) {
      // The next answer without the error must be told too, even if nothing else changed.
      partition.toldHighWatermark = -1
      tell = true
    }
    return tell
  }

  /** Behind all others from now on. */
  moveToBack(partition: SessionPartition): void {
    if (this.partitions.delete(partition.key)) this.partitions.set(partition.key, partition)
  }
}
