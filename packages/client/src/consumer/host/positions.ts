import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import {
  offsetForLeaderEpochRequest,
  offsetForLeaderEpochResponse,
} from '@odradek/kafka-protocol/messages/23-offset-for-leader-epoch'
import { isRetriable, isStaleMetadata } from '../../classify-error.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { resetTimestampMs } from '../core/offset-reset.ts'
import type { OffsetReset } from '../core/offset-reset.ts'
import type { AssignedPartition } from './assigned-partition.ts'
import type { GroupOffsets } from './group-offsets.ts'
import { numberOf } from '../../int64.ts'
import { endTimestamp, listOffsets } from './list-offsets.ts'

export interface PositionsOptions {
  /** What to do with a partition of the topic that has no position. */
  readonly resetOf: (topic: string) => OffsetReset
  readonly isolation: 'read_uncommitted' | 'read_committed'
  readonly timeoutMs: number
  /** Something can be fetched now. */
  readonly onReady: () => void
  /** No going on: auto.offset.reset is none, or the broker refuses for good. */
  readonly onFailure: (error: unknown) => void
}

/** Finds out where to begin in partitions, and whether a position still holds after a change of the leader (KIP-320). */
export class Positions {
  readonly #cluster: Cluster
  readonly #offsets: GroupOffsets | undefined
  readonly #options: PositionsOptions

  constructor(cluster: Cluster, offsets: GroupOffsets | undefined, options: PositionsOptions) {
    this.#cluster = cluster
    this.#offsets = offsets
    this.#options = options
  }

  /** Begins where the group has committed, else as auto.offset.reset says. Goes on until it is known. */
  begin(partitions: readonly AssignedPartition[]): Promise<void> {
    return this.#untilDone(partitions, async (unknown) => {
      const committed = (await this.#offsets?.fetch(unknown, this.#options.timeoutMs)) ?? new Map<string, never>()
      const without: AssignedPartition[] = []
      for (const partition of waiting(unknown)) {
        const offset = committed.get(partition.key)
        if (offset === undefined) without.push(partition)
        else {
          partition.committedOffset = offset.offset
          this.#set(partition, offset.offset, offset.leaderEpoch ?? -1)
        }
      }
      if (without.length > 0) await this.#resetEach(without)
    })
  }

  /** Begins as auto.offset.reset says: the position is out of range. */
  reset(partitions: readonly AssignedPartition[]): Promise<void> {
    for (const partition of partitions) partition.clearPosition()
    return this.#untilDone(partitions, (unknown) => this.#resetEach(unknown))
  }

  /** Goes to the beginning or the end. */
  seekTo(partitions: readonly AssignedPartition[], kind: 'earliest' | 'latest'): Promise<void> {
    for (const partition of partitions) partition.clearPosition()
    return this.#untilDone(partitions, (unknown) => this.#resetTo(unknown, { kind }))
  }

  async #resetEach(partitions: readonly AssignedPartition[]): Promise<void> {
    const byReset = Map.groupBy(partitions, ({ topic }) => this.#options.resetOf(topic))
    await Promise.all([...byReset].map(([reset, ofReset]) => this.#resetTo(ofReset, reset)))
  }

  async #resetTo(partitions: readonly AssignedPartition[], reset: OffsetReset): Promise<void> {
    const timestampMs = resetTimestampMs(reset, this.#cluster.env.clock.wallMs())
    if (timestampMs === undefined) {
      const names = partitions.map(({ key }) => key).join(', ')
      throw new KafkaError(
        'OFFSET_OUT_OF_RANGE',
        `no position in ${names}, and auto.offset.reset is none: seek, or commit one first`,
      )
    }
    const found = await this.#list(partitions, timestampMs)
    const later: AssignedPartition[] = []
    for (const partition of waiting(partitions)) {
      const offset = found.get(partition.key)
      if (offset === undefined) later.push(partition)
      else this.#set(partition, offset.offset, offset.leaderEpoch)
    }
    // Nothing is so new: the next record will be.
    const ends = later.length === 0 ? new Map<string, never>() : await this.#list(later, endTimestamp)
    for (const partition of waiting(later)) {
      const end = ends.get(partition.key)
      if (end !== undefined) this.#set(partition, end.offset, end.leaderEpoch)
    }
  }

  #list(partitions: readonly AssignedPartition[], timestampMs: number): ReturnType<typeof listOffsets> {
    const wishes = partitions.map(({ topic, partition }) => ({ topic, partition, timestampMs }))
    return listOffsets(this.#cluster, wishes, this.#options.isolation, this.#options.timeoutMs)
  }

  #set(partition: AssignedPartition, offset: number, leaderEpoch: number): void {
    partition.setPosition({ offset, leaderEpoch })
    partition.checkedEpoch = -1
    this.#options.onReady()
  }

  /** While the position is unknown and the partition is still this consumer's. Only errors that no waiting mends end it. */
  async #untilDone(
    partitions: readonly AssignedPartition[],
    attempt: (unknown: readonly AssignedPartition[]) => Promise<void>,
  ): Promise<void> {
    for (let failures = 1; waiting(partitions).length > 0; failures++) {
      try {
        await attempt(waiting(partitions))
      } catch (error) {
        if (this.#cluster.isClosed) return
        if (!isRetriable(error) && !isStaleMetadata(error)) {
          if (waiting(partitions).length > 0) this.#options.onFailure(error)
          return
        }
        this.#cluster.env.log.warn('cannot find out where to begin; tries again', { error })
        try {
          await this.#cluster.sleep(this.#cluster.backoff.delayMs(failures))
        } catch {
          return
        }
      }
    }
  }

  /** Asks the new leader whether its log has what was read. Where it was cut off before the position, reading goes back to where it diverged. */
  async validate(partition: AssignedPartition, leaderId: number, leaderEpoch: number): Promise<void> {
    const position = partition.fetchPosition
    const link = this.#cluster.links.get(leaderId)
    if (position === undefined || link === undefined || partition.isValidating) return
    partition.isValidating = true
    try {
      const wish = {
        partition: partition.partition,
        currentLeaderEpoch: leaderEpoch,
        leaderEpoch: position.leaderEpoch,
      }
      const answer = await link.send(offsetForLeaderEpochRequest, offsetForLeaderEpochResponse, {
        replicaId: -1,
        topics: [{ topic: partition.topic, partitions: [wish] }],
      })
      if (partition.isGone || partition.fetchPosition !== position) return
      const [result] = answer.topics[0]?.partitions ?? []
      if (result === undefined || result.errorCode !== ErrorCode.NONE) {
        this.#cluster.requestUpdate()
        partition.retryAtMs = this.#cluster.nowMs + this.#cluster.backoff.delayMs(1)
        return
      }
      partition.checkedEpoch = leaderEpoch
      this.#takeEnd(partition, position.offset, numberOf(result.endOffset, 'an offset'), result.leaderEpoch)
    } catch {
      this.#cluster.requestUpdate()
      partition.retryAtMs = this.#cluster.nowMs + this.#cluster.backoff.delayMs(1)
    } finally {
      partition.isValidating = false
      this.#options.onReady()
    }
  }

  #takeEnd(partition: AssignedPartition, offset: number, endOffset: number, leaderEpoch: number): void {
    const isWithoutReset = this.#options.resetOf(partition.topic).kind === 'none'
    if (endOffset >= offset || (endOffset < 0 && leaderEpoch < 0 && isWithoutReset)) return
    const text = `the log of ${partition.key} was cut off at ${endOffset}, before the position ${offset}`
    if (isWithoutReset) return this.#options.onFailure(new KafkaError('OFFSET_OUT_OF_RANGE', text))
    this.#cluster.env.log.warn(`${text}: goes back`)
    partition.abort()
    if (endOffset < 0) void this.reset([partition])
    else partition.setPosition({ offset: endOffset, leaderEpoch })
  }
}

function waiting(partitions: readonly AssignedPartition[]): AssignedPartition[] {
  return partitions.filter(({ isGone, fetchPosition }) => !isGone && fetchPosition === undefined)
}
