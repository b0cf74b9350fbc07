import type { Random } from '@odradek/base'
import type { LeaderEpochCache } from '../core/leader-epoch-cache.ts'
import type { ProducerStates } from '../core/producer/producer-states.ts'
import type { SegmentList } from '../core/segment-list.ts'
import { TailCache, type TailCacheBudget } from '../core/tail-cache.ts'
import type { LogConfig } from '../log-config.ts'
import type { LoadedLog, LoadOptions } from './load-log.ts'
import type { LogContext } from './log-context.ts'
import { LogFlusher } from './log-flusher.ts'
import type { LogFolder } from './log-folder.ts'
import { LogHealth } from './log-health.ts'
import type { ProducerSnapshotFiles } from './producer-snapshot-files.ts'
import type { Segment } from './segment.ts'

/** What is given to a log when it is opened. */
export interface PartitionLogOptions extends LoadOptions {
  readonly topic: string
  readonly partition: number
  /** Undefined while the directory does not say (made before topic ids). */
  readonly topicId: string | undefined
  readonly highWatermark: number
  readonly random: Random
  /** Instead of that of all logs. */
  readonly tailCacheBudget?: TailCacheBudget
}

/** What the parts of one log share: what it consists of, and where it begins and ends. */
export class LogState {
  readonly context: LogContext
  readonly topic: string
  readonly partition: number
  readonly folder: LogFolder
  readonly random: Random
  readonly segments: SegmentList<Segment>
  readonly epochs: LeaderEpochCache
  readonly producers: ProducerStates
  readonly snapshots: ProducerSnapshotFiles
  readonly health: LogHealth
  readonly flusher: LogFlusher
  tail: TailCache
  topicId: string | undefined
  config: LogConfig
  /** The first offset that may be read. */
  logStartOffset: number
  /** The offset that the next record will get. */
  logEndOffset: number
  /** All before it is replicated. */
  highWatermark: number
  /** How often something was cut off the end. */
  truncations = 0
  /** A copy of it is used in its place: nothing may be appended. */
  isReplaced = false

  constructor(context: LogContext, options: PartitionLogOptions, loaded: LoadedLog) {
    this.context = context
    this.topic = options.topic
    this.partition = options.partition
    this.folder = options.folder
    this.random = options.random
    this.topicId = options.topicId
    this.config = options.config
    this.segments = loaded.segments
    this.epochs = loaded.epochs
    this.producers = loaded.producers
    this.snapshots = loaded.snapshots
    this.tail = new TailCache(options.tailCacheBudget ?? context.tailCacheBudget)
    this.logStartOffset = loaded.logStartOffset
    this.logEndOffset = loaded.logEndOffset
    this.highWatermark = options.highWatermark
    this.health = new LogHealth(`${options.topic}-${options.partition}`, (error) =>
      context.onDiskFailure(options.folder.directory, error),
    )
    this.flusher = new LogFlusher(this, loaded.recoveryPoint)
    this.updateHighWatermark(options.highWatermark)
  }

  /** Moves the high watermark, within the log; returns what it is now. */
  updateHighWatermark(offset: number): number {
    this.highWatermark = Math.min(Math.max(offset, this.logStartOffset), this.logEndOffset)
    this.producers.transactions.onReplicated(this.highWatermark)
    return this.highWatermark
  }
}
