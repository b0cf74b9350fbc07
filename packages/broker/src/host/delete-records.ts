import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import { isInternalTopic } from '../core/topics/topic-name.ts'
import type { MetadataCache } from './metadata-cache.ts'
import type { Partition } from './partition/partition.ts'
import type { ReplicaManager } from './replica-manager.ts'
import type { RequestDeadlines } from './request-deadlines.ts'

/** One partition whose beginning is to go; offset -1 stands for the high watermark. */
export interface RecordDeletion {
  readonly topic: string
  readonly partitionIndex: number
  readonly offset: number
}

export interface RecordDeletionResult {
  /** Where the replicas start, the furthest back of them; -1 with an error that says nothing about it. */
  readonly lowWatermark: number
  readonly errorCode: number
}

export interface RecordDeletionContext {
  readonly deadlines: RequestDeadlines
  readonly replicaManager: ReplicaManager
  readonly metadataCache: MetadataCache
}

const invalidLowWatermark = -1

/** A deletion that this leader has done and that followers may still have to do. */
class PendingDeletion {
  readonly #partition: Partition
  readonly #requestedOffset: number
  readonly #leaderEpoch: number
  readonly #isLive: (brokerId: number) => boolean

  constructor(partition: Partition, requestedOffset: number, isLive: (brokerId: number) => boolean) {
    this.#partition = partition
    this.#requestedOffset = requestedOffset
    this.#leaderEpoch = partition.leaderEpoch
    this.#isLive = isLive
  }

  get result(): RecordDeletionResult {
    const partition = this.#partition
    if (!partition.isLeader || partition.leaderEpoch !== this.#leaderEpoch) {
      return { lowWatermark: invalidLowWatermark, errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER }
    }
    const lowWatermark = partition.replicas.lowWatermark(partition.logStartOffset, this.#isLive)
    const isDone = lowWatermark >= this.#requestedOffset
    return { lowWatermark, errorCode: isDone ? ErrorCode.NONE : ErrorCode.REQUEST_TIMED_OUT }
  }

  onProgress(listener: () => void): () => void {
    return this.#partition.onFollowerFetch(listener)
  }
}

function begin(context: RecordDeletionContext, deletion: RecordDeletion): PendingDeletion | RecordDeletionResult {
  const { topic, partitionIndex, offset } = deletion
  const { replicaManager, metadataCache } = context
  try {
    if (isInternalTopic(topic)) {
      throw new KafkaError('INVALID_TOPIC_EXCEPTION', `Cannot delete records of internal topic ${topic}`)
    }
    const partition = replicaManager.partition(topic, partitionIndex)
    const requestedOffset = partition.deleteRecordsBefore(offset)
    return new PendingDeletion(partition, requestedOffset, (brokerId) => metadataCache.brokers.has(brokerId))
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error
    return { lowWatermark: invalidLowWatermark, errorCode: error.errorCode }
  }
}

function resultsOf(begun: readonly (PendingDeletion | RecordDeletionResult)[]): RecordDeletionResult[] {
  return begun.map((one) => (one instanceof PendingDeletion ? one.result : one))
}

/**
 * Deletes the records before an offset of each partition, and waits until all live replicas have done so or the time is over
 * (REQUEST_TIMED_OUT then, though they will do it). The results are in the order of the deletions.
 */
export function deleteRecords(
  context: RecordDeletionContext,
  deletions: readonly RecordDeletion[],
  timeoutMs: number,
): Promise<readonly RecordDeletionResult[]> {
  const begun = deletions.map((deletion) => begin(context, deletion))
  const pending = begun.filter((one) => one instanceof PendingDeletion)
  const isOver = (): boolean => pending.every(({ result }) => result.errorCode !== ErrorCode.REQUEST_TIMED_OUT)
  if (isOver() || timeoutMs <= 0) return Promise.resolve(resultsOf(begun))
  return new Promise((resolve) => {
    const finish = (): void => {
      timer.cancel()
      for (const stop of stops) stop()
      resolve(resultsOf(begun))
    }
    const look = (): void => {
      if (isOver()) finish()
    }
    const timer = context.deadlines.after(timeoutMs, finish)
    const stops = [context.metadataCache.onUpdate(look), ...pending.map((one) => one.onProgress(look))]
  })
}
