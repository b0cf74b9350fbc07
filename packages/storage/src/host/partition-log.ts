import type {
  AppendAsLeaderOptions,
  AppendResult,
  OffsetAndTimestamp,
  ReadOptions,
  ReadResult,
} from '../append/append-types.ts'
import { KafkaError } from '@odradek/kafka-protocol'
import { encodePartitionMetadata } from '../checkpoint/partition-metadata.ts'
import type { EpochEntry } from '../core/leader-epoch-cache.ts'
import type { ProducerEntry } from '../core/producer/producer-entry.ts'
import type { AbortedTransaction } from '../core/producer/producer-states.ts'
import { TailCache } from '../core/tail-cache.ts'
import { partitionMetadataName } from '../file-names.ts'
import type { LogConfig } from '../log-config.ts'
import { findOffsetForTimestamp, findOffsetOfMaxTimestamp } from './find-offset.ts'
import { loadLog, newLog } from './load-log.ts'
import type { LoadedLog } from './load-log.ts'
import { LogAppender } from './log-appender.ts'
import type { LogContext } from './log-context.ts'
import { LogState } from './log-state.ts'
import type { PartitionLogOptions } from './log-state.ts'
import { LogTrimmer } from './log-trimmer.ts'
import { replaceFile } from './replace-file.ts'
import { abortedTransactionsIn, readSegments } from './segment-files.ts'

/**
 * One partition's log: batches in segments, in Kafka's format, with leader epochs and the state of producers. The face of this
 * package: it wires the parts together. Appends and reads are synchronous; only syncing takes its time.
 *
 * Every method throws `KafkaError` KAFKA_STORAGE_ERROR once the disk under the log has failed.
 */
export class PartitionLog {
  readonly topic: string
  readonly partition: number
  /** Bytes that were validated when the log was opened after an unclean stop. */
  readonly recoveredBytes: number
  readonly #state: LogState
  readonly #appender: LogAppender
  readonly #trimmer: LogTrimmer
  /** The storing of the topic's id. */
  #storing: Promise<void> | undefined
  /** Copies of this log in other directories, before and for a while after a move: they must never be ahead, or they would count after a crash. */
  readonly copies = new Set<PartitionLog>()

  constructor(context: LogContext, options: PartitionLogOptions, loaded: LoadedLog) {
    this.topic = options.topic
    this.partition = options.partition
    this.recoveredBytes = loaded.recoveredBytes
    this.#state = new LogState(context, options, loaded)
    this.#appender = new LogAppender(this.#state)
    this.#trimmer = new LogTrimmer(this.#state, this.#appender)
  }

  /** Opens the log in `options.folder`, as `loadLog`. */
  static async open(
    context: LogContext,
    options: PartitionLogOptions,
    onRecovered: (bytes: number) => void,
  ): Promise<PartitionLog> {
    return new PartitionLog(context, options, await loadLog(context, options, onRecovered))
  }

  /** A log in an empty directory. Throws `DiskError`. */
  static create(context: LogContext, options: PartitionLogOptions): PartitionLog {
    return new PartitionLog(context, options, newLog(context, options))
  }

  /** The log directory (of `log.dirs`). */
  get directory(): string {
    return this.#state.folder.directory
  }

  /** The log's own directory below it. */
  get path(): string {
    return this.#state.folder.path
  }

  get topicId(): string | undefined {
    return this.#state.topicId
  }

  get config(): LogConfig {
    return this.#state.config
  }

  /** The first offset that may be read. */
  get logStartOffset(): number {
    return this.#state.logStartOffset
  }

  /** The offset that the next record will get. */
  get logEndOffset(): number {
    return this.#state.logEndOffset
  }

  /** All before it is replicated; the partition moves it by `updateHighWatermark`. */
  get highWatermark(): number {
    return this.#state.highWatermark
  }

  /** All before it would survive a power failure, indexes included. */
  get recoveryPoint(): number {
    return this.#state.flusher.recoveryPoint
  }

  /** The first offset of a transaction that is not decided and replicated, if there is one below. */
  get firstUnstableOffset(): number | undefined {
    return this.#state.producers.transactions.firstUnstableOffset
  }

  /** Bytes of all segments' log files. */
  get sizeBytes(): number {
    let sizeBytes = 0
    for (const segment of this.#state.segments.all) sizeBytes += segment.sizeBytes
    return sizeBytes
  }

  get firstSegmentBaseOffset(): number {
    return this.#state.segments.first.baseOffset
  }

  /** Files of segments that retention took away may be back after a power failure until the directory is synced. */
  get mustKeepLogStartOffset(): boolean {
    const isSaidByFiles = this.#state.logStartOffset <= this.firstSegmentBaseOffset
    return !isSaidByFiles || (this.#state.logStartOffset > 0 && this.#state.flusher.isDirectoryDirty)
  }

  get segmentCount(): number {
    return this.#state.segments.count
  }

  /** The disk under the log failed; nothing works any more. */
  get isOffline(): boolean {
    return this.#state.health.isOffline
  }

  /** The epoch under which the newest record was appended, or which was assigned since. */
  get latestEpoch(): number | undefined {
    return this.#state.epochs.latest?.epoch
  }

  get epochEntries(): readonly EpochEntry[] {
    return this.#state.epochs.entries
  }

  /** How often something was cut off the end since the log was opened. */
  get truncations(): number {
    return this.#state.truncations
  }

  get producers(): Iterable<ProducerEntry> {
    return this.#state.producers.entries()
  }

  updateConfig(config: LogConfig): void {
    this.#state.config = config
    this.#appender.onConfigChanged()
  }

  /** Notes the topic's id in `partition.metadata`, if it is not there yet. */
  assignTopicId(topicId: string): void {
    if (this.#state.topicId === topicId) return
    this.#state.topicId = topicId
    this.#storing = this.#state.context.background.done(() => this.#storeTopicId(topicId))
  }

  /** A log that has none after a crash gets it again from its controller. */
  async #storeTopicId(topicId: string): Promise<void> {
    const isWanted = (): boolean => !this.isOffline && this.#state.topicId === topicId
    const path = `${this.path}/${partitionMetadataName}`
    try {
      if (!isWanted()) return
      await replaceFile(this.#state.context.env.disk, path, encodePartitionMetadata(topicId), isWanted)
      this.#state.flusher.onDirectoryChanged()
    } catch (error) {
      this.#state.health.failed(error)
    } finally {
      this.#storing = undefined
    }
  }

  /** Moves the high watermark, within the log; returns what it is now. */
  updateHighWatermark(offset: number): number {
    return this.#state.updateHighWatermark(offset)
  }

  /** How far readers of committed transactions may see, given the high watermark. */
  lastStableOffset(highWatermark = this.#state.highWatermark): number {
    const unstable = this.firstUnstableOffset
    return unstable !== undefined && unstable < highWatermark
      ? Math.max(unstable, this.#state.logStartOffset)
      : highWatermark
  }

  /**
   * Appends a producer's or coordinator's batches: checks them, gives them offsets and the leader epoch, in place, and writes
   * them in one call. `records` must not be changed afterwards. Throws `KafkaError` and then has changed nothing (but bytes of
   * `records`).
   */
  appendAsLeader(records: Buffer, options: AppendAsLeaderOptions): AppendResult {
    return this.#appender.appendAsLeader(records, options)
  }

  /** Appends what a leader sent: offsets and epochs are in place. Throws `KafkaError` CORRUPT_MESSAGE, and OFFSET_OUT_OF_RANGE when it does not follow on what is here. */
  appendAsFollower(records: Buffer, nowMs: number): AppendResult {
    return this.#appender.appendAsFollower(records, nowMs)
  }

  /**
   * Whole batches from the one that holds `startOffset` on. Each chunk is held for the caller, who may let go of it in `LogManager.buffers` when it is
   * done with it, and need not. Throws `KafkaError` OFFSET_OUT_OF_RANGE.
   */
  read(startOffset: number, maxBytes: number, options: ReadOptions): ReadResult {
    if (startOffset < this.#state.logStartOffset || startOffset > this.#state.logEndOffset) {
      throw new KafkaError(
        'OFFSET_OUT_OF_RANGE',
        `offset ${startOffset} of ${this.topic}-${this.partition} is not within ${this.#state.logStartOffset} to ${this.#state.logEndOffset}`,
      )
    }
    const upperBoundOffset = Math.min(options.upperBoundOffset ?? Infinity, this.#state.logEndOffset)
    if (startOffset >= upperBoundOffset) return { chunks: [], sizeBytes: 0, nextOffset: startOffset }
    const cached = this.#state.tail.read(startOffset, maxBytes, options.minOneMessage, upperBoundOffset)
    return (
      cached ??
      this.#state.health.guard(() =>
        readSegments(
          this.#state.segments,
          startOffset,
          maxBytes,
          options.minOneMessage,
          upperBoundOffset,
          this.#state.context.buffers,
        ),
      )
    )
  }

  /**
   * Whole batches from the one that holds `startOffset` on, at least one and about `maxBytes`, from the disk, beside other work. Undefined when there
   * are none. What was cut off meanwhile may be in it. Rejects with KAFKA_STORAGE_ERROR.
   */
  async readBeside(startOffset: number, maxBytes: number): Promise<Buffer | undefined> {
    this.#state.health.ensureUsable()
    try {
      for (const segment of this.#state.segments.from(startOffset)) {
        const found = await segment.readBeside(startOffset, maxBytes)
        if (found !== undefined) return found
      }
      return undefined
    } catch (error) {
      throw this.#state.health.failed(error)
    }
  }

  /** The first record at or after `timestampMs`, by its own timestamp; undefined when there is none. */
  offsetForTimestamp(timestampMs: number): OffsetAndTimestamp | undefined {
    return this.#state.health.guard(() =>
      findOffsetForTimestamp(this.#state.segments.all, timestampMs, this.#state.logStartOffset),
    )
  }

  /** The record with the largest timestamp; undefined when there is none with a timestamp. */
  offsetOfMaxTimestamp(): OffsetAndTimestamp | undefined {
    return this.#state.health.guard(() =>
      findOffsetOfMaxTimestamp(this.#state.segments.from(this.#state.logStartOffset)),
    )
  }

  /** The log start offset, with the epoch of the record there as far as it is known. */
  earliestOffset(): OffsetAndTimestamp {
    const earliest = this.#state.epochs.earliest
    const isKnown = earliest !== undefined && earliest.startOffset <= this.#state.logStartOffset
    return { offset: this.#state.logStartOffset, timestampMs: -1, leaderEpoch: isKnown ? earliest.epoch : undefined }
  }

  /** The first offset on this broker's own disk: no part of a log is anywhere else, so the log start offset. */
  earliestLocalOffset(): OffsetAndTimestamp {
    return {
      offset: this.#state.logStartOffset,
      timestampMs: -1,
      leaderEpoch: this.#state.epochs.epochForOffset(this.#state.logStartOffset),
    }
  }

  /** The log end offset with the latest epoch. */
  latestOffset(): OffsetAndTimestamp {
    return { offset: this.#state.logEndOffset, timestampMs: -1, leaderEpoch: this.latestEpoch }
  }

  /** Notes that a leader epoch begins at `startOffset`. */
  assignLeaderEpoch(epoch: number, startOffset: number): void {
    this.#state.epochs.assign(epoch, startOffset)
  }

  /** The last epoch at or below `epoch` and where it ended; undefined when that is not known. */
  endOffsetForEpoch(epoch: number): { epoch: number; endOffset: number } | undefined {
    return this.#state.epochs.endOffsetFor(epoch, this.#state.logEndOffset)
  }

  epochForOffset(offset: number): number | undefined {
    return this.#state.epochs.epochForOffset(offset)
  }

  /** Aborted transactions that may concern a reader of `startOffset` up to `upperBoundOffset`. */
  abortedTransactions(startOffset: number, upperBoundOffset: number): AbortedTransaction[] {
    return this.#state.health.guard(() => abortedTransactionsIn(this.#state.segments, startOffset, upperBoundOffset))
  }

  /**
   * Moves the log start offset up (DeleteRecords, or a follower after its leader); segments wholly below go at the next
   * `deleteOldSegments`. Throws `KafkaError` OFFSET_OUT_OF_RANGE beyond the high watermark. False when it is there already.
   */
  incrementLogStartOffset(offset: number): boolean {
    return this.#trimmer.incrementLogStartOffset(offset)
  }

  /** Applies retention by start offset, size and time; returns how many segments went. */
  deleteOldSegments(nowMs: number): number {
    return this.#trimmer.deleteOldSegments(nowMs)
  }

  /** Drops all batches that reach `offset`; false when there are none. */
  truncateTo(offset: number): boolean {
    const isCut = this.#trimmer.truncateTo(offset)
    // Further than asked for, where the offset is within a batch.
    this.#onCopies((trimmer) => trimmer.truncateTo(this.logEndOffset))
    return isCut
  }

  /** Empties the log; it goes on at `offset`. */
  truncateFullyAndStartAt(offset: number, logStartOffset = offset): void {
    this.#onCopies((trimmer) => trimmer.truncateFullyAndStartAt(offset, logStartOffset))
    this.#trimmer.truncateFullyAndStartAt(offset, logStartOffset)
  }

  #onCopies(change: (trimmer: LogTrimmer) => void): void {
    for (const copy of this.copies) {
      if (copy.isOffline) continue
      try {
        change(copy.#trimmer)
      } catch (error) {
        // A copy whose disk fails goes offline alone.
        if (!(error instanceof KafkaError)) throw error
      }
    }
  }

  /** Forgets producers that have been silent for `producer.id.expiration.ms`. */
  removeExpiredProducers(nowMs: number): void {
    this.#state.producers.removeExpired(nowMs, this.#state.context.producerIdExpirationMs)
  }

  /**
   * Resolves when all that was appended before the call would survive a power failure. All calls of one turn share one sync.
   * Rejects with KAFKA_STORAGE_ERROR.
   */
  async flush(): Promise<void> {
    this.#state.health.ensureUsable()
    try {
      await this.#state.flusher.flush()
    } catch (error) {
      throw this.#state.health.failed(error)
    }
  }

  /** `flush.ms` has passed since what is unflushed was appended. */
  isFlushDue(nowMs: number): boolean {
    return (
      this.#state.logEndOffset > this.#state.flusher.recoveryPoint &&
      nowMs - this.#state.flusher.lastFlushMs >= this.#state.config.flushMs
    )
  }

  /** Lets go of memory that was not used lately. Leader epochs are written with the next sync or close: until then recovery finds them in the log. */
  tidy(): void {
    this.#state.health.guard(() => {
      for (const segment of this.#state.segments.all) {
        if (segment !== this.#state.segments.active) segment.release()
      }
    })
  }

  /** Syncs all, writes a producer snapshot, and closes the files: a next start finds it as it is. */
  async close(): Promise<void> {
    if (this.#state.health.isClosed) return
    this.#state.health.markClosed()
    if (this.#state.health.isOffline) {
      this.closeFiles()
      return
    }
    try {
      this.#state.producers.mapEndOffset = this.#state.logEndOffset
      this.#state.snapshots.take(this.#state.producers)
      this.#state.segments.active.seal()
      if (this.#state.segments.active.writeIndexes()) this.#state.flusher.onDirectoryChanged()
      await this.#state.flusher.flush()
      await this.#state.segments.active.sync(true)
    } finally {
      this.closeFiles()
    }
  }

  /** Nothing is under way that uses the paths of the files. */
  get isSettled(): boolean {
    return this.#state.flusher.isIdle && this.#storing === undefined
  }

  /** Resolves when `isSettled`, unless more is asked for meanwhile. Never rejects. */
  async settled(): Promise<void> {
    await this.#storing
    while (!this.#state.flusher.isIdle) await this.#state.flusher.flush().catch(() => {})
  }

  /**
   * Takes the place of `source`, all of whose records this log has: under its name, at `path`, to which the directory was renamed in this turn. The syncs
   * of the source that are under way come to their end.
   */
  takePlaceOf(source: PartitionLog, path: string): void {
    const state = this.#state
    const { tail, config } = source.#state
    state.folder.path = path
    state.tail = tail
    source.#state.tail = new TailCache(state.context.tailCacheBudget)
    source.copies.delete(this)
    this.updateConfig(config)
    state.flusher.onRenamed()
    this.goOnInsteadOf(source)
  }

  /** From now on `copy`, which is not ahead, only waits until all that it has is safe in this log. */
  goOnInsteadOf(copy: PartitionLog): void {
    const { topicId } = copy
    copy.#state.isReplaced = true
    this.copies.add(copy)
    if (topicId !== undefined) this.assignTopicId(topicId)
    // What is committed and what is deleted counts for this log too, as far as it goes.
    this.updateHighWatermark(Math.max(copy.highWatermark, this.highWatermark))
    this.incrementLogStartOffset(Math.min(copy.logStartOffset, this.highWatermark))
  }

  /** Closes the files as they are. */
  closeFiles(): void {
    this.#state.tail.clear()
    for (const segment of this.#state.segments.all) segment.closeFiles()
  }

  /** Nothing may use the log any more; its directory is about to be renamed or was lost. */
  markOffline(cause: Error): void {
    this.#state.health.markOffline(cause)
    this.#state.tail.clear()
    for (const segment of this.#state.segments.all) segment.giveUp()
  }
}
