import { KafkaError } from '@odradek/kafka-protocol'
import type { LogAppender } from './log-appender.ts'
import type { LogState } from './log-state.ts'
import { replaySegments } from './producer-replay.ts'
import { deletableSegments } from './retention.ts'
import type { Segment } from './segment.ts'
import { retireSegments } from './segment-files.ts'

/** What takes from a log: at its beginning by retention and DeleteRecords, at its end by truncation. */
export class LogTrimmer {
  readonly #state: LogState
  readonly #appender: LogAppender

  constructor(state: LogState, appender: LogAppender) {
    this.#state = state
    this.#appender = appender
  }

  /** As `PartitionLog.incrementLogStartOffset`. */
  incrementLogStartOffset(offset: number): boolean {
    const { topic, partition, highWatermark, logStartOffset, epochs, producers } = this.#state
    if (offset > highWatermark) {
      throw new KafkaError(
        'OFFSET_OUT_OF_RANGE',
        `log start offset ${offset} of ${topic}-${partition} would be above its high watermark ${highWatermark}`,
      )
    }
    if (offset <= logStartOffset) return false
    this.#state.logStartOffset = offset
    epochs.truncateFromStart(offset)
    producers.transactions.onReplicated(offset)
    return true
  }

  /** As `PartitionLog.deleteOldSegments`. */
  deleteOldSegments(nowMs: number): number {
    const { health, segments, config } = this.#state
    return health.guard(() => {
      const { logStartOffset, logEndOffset, highWatermark } = this.#state
      const facts = { nowMs, logStartOffset, logEndOffset, highWatermark }
      const deletable = deletableSegments(segments.all, config, facts)
      if (deletable.length === 0) return 0
      if (deletable.length === segments.count) this.#appender.roll()
      const next = segments.all[deletable.length] as Segment
      this.incrementLogStartOffset(Math.max(next.baseOffset, logStartOffset))
      this.#removeSegments(deletable)
      return deletable.length
    })
  }

  /** Takes segments out of the log, in the order given; their files are renamed now and removed later. */
  #removeSegments(removed: readonly Segment[]): void {
    const { context, segments, snapshots, config, folder, flusher } = this.#state
    segments.remove(removed)
    const renamed = retireSegments(context, removed, snapshots)
    context.removeLater(renamed, config.fileDeleteDelayMs, folder.directory)
    flusher.onDirectoryChanged()
  }

  /** As `PartitionLog.truncateTo`. */
  truncateTo(offset: number): boolean {
    const { epochs, health, segments, tail, logEndOffset } = this.#state
    if (offset >= logEndOffset) {
      epochs.truncateFromEnd(logEndOffset)
      return false
    }
    health.guard(() => {
      if (offset < segments.first.baseOffset) {
        this.#startAt(offset, offset)
        return
      }
      tail.truncateTo(offset)
      this.#removeSegments(segments.all.filter(({ baseOffset }) => baseOffset > offset).toReversed())
      segments.active.truncateTo(offset)
      this.#onTruncated(Math.max(segments.active.readNextOffset(), segments.active.baseOffset))
    })
    return true
  }

  #onTruncated(logEndOffset: number): void {
    const state = this.#state
    const { context, epochs, flusher, snapshots, producers, segments, folder } = state
    state.logEndOffset = logEndOffset
    state.logStartOffset = Math.min(state.logStartOffset, logEndOffset)
    epochs.truncateFromEnd(logEndOffset)
    flusher.onTruncated(logEndOffset)
    snapshots.remove((candidate) => candidate > logEndOffset)
    context.env.disk.syncDirectorySync(folder.path)
    const { env, producerIdExpirationMs } = context
    snapshots.restore(producers, state.logStartOffset, { nowMs: env.clock.wallMs(), producerIdExpirationMs })
    replaySegments(producers, segments.from(producers.mapEndOffset), logEndOffset)
    this.#truncated(state.highWatermark)
  }

  #truncated(highWatermark: number): void {
    this.#state.truncations++
    this.#state.updateHighWatermark(highWatermark)
    this.#state.context.onRecoveryPointLowered(this.#state.folder.directory)
  }

  /** As `PartitionLog.truncateFullyAndStartAt`. */
  truncateFullyAndStartAt(offset: number, logStartOffset: number): void {
    this.#state.health.guard(() => this.#startAt(offset, logStartOffset))
  }

  #startAt(offset: number, logStartOffset: number): void {
    const state = this.#state
    const { context, tail, segments, snapshots, epochs, producers, folder, flusher } = state
    tail.clear()
    this.#removeSegments(segments.all.toReversed())
    snapshots.remove(() => true)
    epochs.clear()
    producers.clear(offset)
    this.#appender.addSegment(offset)
    context.env.disk.syncDirectorySync(folder.path)
    state.logEndOffset = offset
    state.logStartOffset = logStartOffset
    flusher.onTruncated(offset)
    this.#truncated(offset)
  }
}
