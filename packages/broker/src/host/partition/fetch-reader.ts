import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import type { Partition } from './partition.ts'
import type { PartitionFetch, PartitionRead, ReadIsolation } from '../../core/partition/partition-fetch.ts'
import { failedRead } from '../../core/partition/partition-fetch.ts'

/** What a fetch asks for besides its partitions. */
export interface FetchOptions {
  /** The broker id of a follower; -1 for a consumer. */
  readonly replicaId: number
  readonly replicaEpoch: number
  readonly isolation: ReadIsolation
  /** False lets followers answer consumers too (KIP-392). */
  readonly mustLead: boolean
  readonly maxWaitMs: number
  readonly minBytes: number
  readonly maxBytes: number
}

export interface FetchRead {
  /** In the order of what was asked. */
  readonly reads: readonly PartitionRead[]
  /** True when it should be answered without waiting: enough bytes, an error, a divergence. */
  readonly isComplete: boolean
}

/** The partition, or the error code that says why there is none here. */
export type PartitionLookup = (topic: string, partitionIndex: number) => Partition | number

/**
 * Reads all partitions of one fetch in order, within its byte limits: the first batch found is given whole even where it is above them,
 * so that a reader never stands still before a large one (KIP-74).
 */
export function readForFetch(
  fetches: readonly PartitionFetch[],
  options: FetchOptions,
  lookup: PartitionLookup,
): FetchRead {
  const reads: PartitionRead[] = []
  let bytesLeft = options.maxBytes
  let bytesRead = 0
  let needsAnswer = false
  for (const fetch of fetches) {
    // A topic id that nobody knows a name for.
    const partition = fetch.topic === '' ? ErrorCode.UNKNOWN_TOPIC_ID : lookup(fetch.topic, fetch.partitionIndex)
    const read =
      typeof partition === 'number'
        ? failedRead(partition)
        : readPartition(partition, fetch, options, Math.min(fetch.partitionMaxBytes, bytesLeft), bytesRead === 0)
    if (read.errorCode !== ErrorCode.NONE || read.divergingEpoch !== undefined) needsAnswer = true
    bytesRead += read.sizeBytes
    // A partition that the answer has no more room for is the last: what is left would be read of each of the others, to find that no batch fits.
    const isFull = read.hasMore && bytesLeft <= fetch.partitionMaxBytes
    bytesLeft = isFull ? 0 : Math.max(0, bytesLeft - read.sizeBytes)
    reads.push(read)
  }
  return { reads, isComplete: needsAnswer || bytesRead >= options.minBytes }
}

function readPartition(
  partition: Partition,
  fetch: PartitionFetch,
  options: FetchOptions,
  maxBytes: number,
  minOneBatch: boolean,
): PartitionRead {
  try {
    const read = partition.read(fetch, {
      isolation: options.isolation,
      mustLead: options.mustLead,
      maxBytes,
      minOneBatch,
    })
    if (options.replicaId >= 0 && read.divergingEpoch === undefined) {
      const knowsEpoch = fetch.currentLeaderEpoch >= 0
      partition.followerFetched(
        {
          brokerId: options.replicaId,
          fetchOffset: fetch.fetchOffset,
          logStartOffset: fetch.logStartOffset,
          brokerEpoch: options.replicaEpoch,
        },
        knowsEpoch,
      )
    }
    return read
  } catch (error) {
    if (error instanceof KafkaError) return failedRead(error.errorCode)
    throw error
  }
}
