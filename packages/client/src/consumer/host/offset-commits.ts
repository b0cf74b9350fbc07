import type { Timer } from '@odradek/base'
import { KafkaError } from '@odradek/kafka-protocol'
import { ClientError } from '../../client-error.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import type { ConsumerConfig } from '../consumer-keys.ts'
import type { ConsumerMetrics } from '../consumer-metrics.ts'
import type { TopicPartition } from '../topic-partition.ts'
import type { AssignedPartition } from './assigned-partition.ts'
import type { Assignment } from './assignment.ts'
import type { CommitEntry, GroupOffsets } from './group-offsets.ts'

/** What the application is done with: the offset of the next record. */
export interface ConsumedOffset extends TopicPartition {
  readonly offset: number
  readonly leaderEpoch: number
}

/** Commits what the application is done with: when asked, from time to time, and before partitions go. One commit at a time, so that none goes back. */
export class OffsetCommits {
  readonly #cluster: Cluster
  readonly #config: ConsumerConfig
  readonly #assignment: Assignment
  readonly #offsets: GroupOffsets | undefined
  readonly #metrics: ConsumerMetrics
  readonly #onCommitted: (entries: readonly CommitEntry[]) => void
  #timer: Timer | undefined
  #last: Promise<void> = Promise.resolve()
  #lastError: unknown
  #isClosed = false

  constructor(
    cluster: Cluster,
    config: ConsumerConfig,
    assignment: Assignment,
    offsets: GroupOffsets | undefined,
    metrics: ConsumerMetrics,
    onCommitted: (entries: readonly CommitEntry[]) => void,
  ) {
    this.#cluster = cluster
    this.#config = config
    this.#assignment = assignment
    this.#offsets = offsets
    this.#metrics = metrics
    this.#onCommitted = onCommitted
  }

  /** Why the last commit failed, if it did. */
  get lastError(): unknown {
    return this.#lastError
  }

  get #isAutomatic(): boolean {
    return this.#config['enable.auto.commit'] && this.#offsets !== undefined
  }

  start(): void {
    if (this.#isAutomatic) this.#arm()
  }

  #arm(): void {
    if (this.#isClosed) return
    this.#timer = this.#cluster.env.timers.after(this.#config['auto.commit.interval.ms'], () => void this.#tick())
  }

  async #tick(): Promise<void> {
    try {
      await this.commit()
    } catch (error) {
      if (!this.#isClosed) this.#cluster.env.log.warn('the automatic commit failed; the next one brings all', { error })
    }
    this.#arm()
  }

  /** What is done with and not committed. */
  uncommitted(partitions: Iterable<AssignedPartition> = this.#assignment): ConsumedOffset[] {
    return [...partitions].flatMap(({ topic, partition, consumed, committedOffset, isGone }) => {
      if (isGone || consumed === undefined || consumed.offset === committedOffset) return []
      return [{ topic, partition, offset: consumed.offset, leaderEpoch: consumed.leaderEpoch }]
    })
  }

  commit(given?: readonly CommitEntry[], timeoutMs = this.#config['default.api.timeout.ms']): Promise<void> {
    const offsets = this.#offsets
    if (offsets === undefined) {
      return Promise.reject(
        new ClientError('INVALID_CONFIG', 'group.id is missing: it names whose offsets are committed'),
      )
    }
    const commit = this.#last.then(async () => {
      const entries = given ?? this.uncommitted()
      for (const entry of given ?? []) this.#countAsDone(entry)
      // A partition that goes and comes back meanwhile begins with what it finds committed.
      const partitions = entries.map((entry) => this.#assignment.get(entry))
      const sinceMs = this.#cluster.nowMs
      await offsets.commit(entries, timeoutMs)
      if (entries.length > 0) {
        this.#metrics.committed(this.#cluster.nowMs - sinceMs)
        this.#onCommitted(entries)
      }
      for (const [index, { offset }] of entries.entries()) {
        const partition = partitions[index]
        if (partition !== undefined) partition.committedOffset = offset
      }
    })
    this.#last = commit.then(
      () => {
        this.#lastError = undefined
      },
      (error: unknown) => {
        this.#lastError = error
      },
    )
    return commit
  }

  /** Who commits a position says that he is done with what is before it. */
  #countAsDone({ offset, leaderEpoch = -1, ...place }: CommitEntry): void {
    const partition = this.#assignment.get(place)
    if (partition?.consumed !== undefined && partition.consumed.offset < offset) {
      partition.consumed = { offset, leaderEpoch }
    }
  }

  /** With automatic commits: what the partitions have come to. A failure means that their next owner begins earlier, no more. */
  async beforeRevoke(partitions: readonly AssignedPartition[]): Promise<void> {
    const entries = this.uncommitted(partitions)
    if (!this.#isAutomatic || entries.length === 0) return
    try {
      await this.commit(entries, this.#config['request.timeout.ms'])
    } catch (error) {
      const why = error instanceof KafkaError ? error.code : error
      this.#cluster.env.log.warn('could not commit before partitions go: their records come again', { error: why })
    }
  }

  close(): void {
    this.#isClosed = true
    this.#timer?.cancel()
  }
}
