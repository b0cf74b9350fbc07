import type { Random } from '@odradek/base'
import { KafkaError } from '@odradek/kafka-protocol'
import type { RecordBatch } from '@odradek/kafka-protocol'
import type {
  AppendAsLeaderOptions,
  AppendResult,
  OffsetAndTimestamp,
  ReadOptions,
  ReadResult,
} from '../append/append-types.ts'
import { LeaderAppend } from '../append/leader-append.ts'
import { parseFollowerAppend } from '../append/follower-append.ts'
import { encodePartitionMetadata } from '../checkpoint/partition-metadata.ts'
import type { LeaderEpochCache } from '../core/leader-epoch-cache.ts'
import type { ProducerBatch, ProducerEntry } from '../core/producer/producer-entry.ts'
import type { AbortedTransaction, ProducerStates } from '../core/producer/producer-states.ts'
import type { SegmentList } from '../core/segment-list.ts'
import { TailCache } from '../core/tail-cache.ts'
import { partitionMetadataName } from '../file-names.ts'
import type { LogConfig } from '../log-config.ts'
import { findOffsetForTimestamp, findOffsetOfMaxTimestamp } from './find-offset.ts'
import { loadLog, newLog } from './load-log.ts'
import type { LoadedLog } from './load-log.ts'
import type { LogContext } from './log-context.ts'
import { LogFlusher } from './log-flusher.ts'
import { LogHealth } from './log-health.ts'
import type { ProducerSnapshotFiles } from './producer-snapshot-files.ts'
import { checkProducers, replayProducer, replaySegments } from './producer-replay.ts'
import { replaceFile } from './replace-file.ts'
import { deletableSegments } from './retention.ts'
import { Segment } from './segment.ts'
import { abortedTransactionsIn, readSegments, retireSegments } from './segment-files.ts'

/** What is given to a log when it is opened. */
export interface PartitionLogOptions {
  readonly topic: string
  readonly partition: number
  /** Undefined while the directory does not say (made before topic ids). */
  readonly topicId: string | undefined
  /** The log directory (of `log.dirs`) and the partition's own below it. */
  readonly directory: string
  readonly path: string
  readonly config: LogConfig
  readonly hadCleanShutdown: boolean
  readonly recoveryPoint: number
  readonly logStartOffset: number
  readonly highWatermark: number
  readonly random: Random
}

const leaderAppend = new LeaderAppend()

/**
 * One partition's log: batches in segments, in Kafka's format, with leader epochs and the state of producers. The face of this
 * package: it wires the parts together. Appends and reads are synchronous; only syncing takes its time.
 *
 * Every method throws `KafkaError` KAFKA_STORAGE_ERROR once the disk under the log has failed.
 */
export class PartitionLog {
  readonly topic: string
  readonly partition: number
  /** The log directory, and the log's own below it. */
  readonly directory: string
  readonly path: string
  readonly #context: LogContext
  readonly #random: Random
  readonly #segments: SegmentList<Segment>
  readonly #epochs: LeaderEpochCache
  readonly #producers: ProducerStates
  readonly #snapshots: ProducerSnapshotFiles
  readonly #tail: TailCache
  readonly #flusher: LogFlusher
  #topicId: string | undefined
  #config: LogConfig
  #rollJitterMs: number
  #logStartOffset: number
  #logEndOffset: number
  /** Counts only for a planted fault. */
  #appendCount = 0
  #highWatermark: number
  readonly #health: LogHealth
  /** Bytes that were validated when the log was opened after an unclean stop. */
  readonly recoveredBytes: number

  constructor(context: LogContext, options: PartitionLogOptions, loaded: LoadedLog) {
    this.#context = context
    this.#random = options.random
    this.topic = options.topic
    this.#health = new LogHealth(`${options.topic}-${options.partition}`, (error) =>
      context.onDiskFailure(options.directory, error),
    )
    this.partition = options.partition
    this.directory = options.directory
    this.path = options.path
    this.#topicId = options.topicId
    this.#config = options.config
    this.#rollJitterMs = this.#newJitter()
    this.#segments = loaded.segments
    this.#epochs = loaded.epochs
    this.#producers = loaded.producers
    this.#snapshots = loaded.snapshots
    this.#tail = new TailCache(context.tailCacheBudget)
    this.#logStartOffset = loaded.logStartOffset
    this.#logEndOffset = loaded.logEndOffset
    this.#highWatermark = Math.min(Math.max(options.highWatermark, loaded.logStartOffset), loaded.logEndOffset)
    this.#producers.transactions.onReplicated(this.#highWatermark)
    this.recoveredBytes = loaded.recoveredBytes
    this.#flusher = new LogFlusher(context, this, loaded.segments, loaded.epochs, loaded.recoveryPoint, (error) => {
      this.#health.failed(error)
    })
  }

  /** Opens the log in `options.path`, as `loadLog`. */
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

  get topicId(): string | undefined {
    return this.#topicId
  }

  get config(): LogConfig {
    return this.#config
  }

  /** The first offset that may be read. */
  get logStartOffset(): number {
    return this.#logStartOffset
  }

  /** The offset that the next record will get. */
  get logEndOffset(): number {
    return this.#logEndOffset
  }

  /** All before it is replicated; the partition moves it by `updateHighWatermark`. */
  get highWatermark(): number {
    return this.#highWatermark
  }

  /** All before it would survive a power failure, indexes included. */
  get recoveryPoint(): number {
    return this.#flusher.recoveryPoint
  }

  /** The first offset of a transaction that is not decided and replicated, if there is one below. */
  get firstUnstableOffset(): number | undefined {
    return this.#producers.transactions.firstUnstableOffset
  }

  /** Bytes of all segments' log files. */
  get sizeBytes(): number {
    let sizeBytes = 0
    for (const segment of this.#segments.all) sizeBytes += segment.sizeBytes
    return sizeBytes
  }

  get firstSegmentBaseOffset(): number {
    return this.#segments.first.baseOffset
  }

  /** Files of segments that retention took away may be back after a power failure until the directory is synced. */
  get mustKeepLogStartOffset(): boolean {
    const isSaidByFiles = this.#logStartOffset <= this.firstSegmentBaseOffset
    return !isSaidByFiles || (this.#logStartOffset > 0 && this.#flusher.isDirectoryDirty)
  }

  get segmentCount(): number {
    return this.#segments.count
  }

  /** The disk under the log failed; nothing works any more. */
  get isOffline(): boolean {
    return this.#health.isOffline
  }

  /** The epoch under which the newest record was appended, or which was assigned since. */
  get latestEpoch(): number | undefined {
    return this.#epochs.latest?.epoch
  }

  get producers(): Iterable<ProducerEntry> {
    return this.#producers.entries()
  }

  updateConfig(config: LogConfig): void {
    this.#config = config
    this.#rollJitterMs = this.#newJitter()
  }

  /** Notes the topic's id in `partition.metadata`, if it is not there yet. */
  assignTopicId(topicId: string): void {
    if (this.#topicId === topicId) return
    this.#topicId = topicId
    this.#context.background.add(() => this.#storeTopicId(topicId))
  }

  /** A log that has none after a crash gets it again from its controller. */
  async #storeTopicId(topicId: string): Promise<void> {
    const isWanted = (): boolean => !this.isOffline && this.#topicId === topicId
    if (!isWanted()) return
    const path = `${this.path}/${partitionMetadataName}`
    try {
      await replaceFile(this.#context.env.disk, path, encodePartitionMetadata(topicId), isWanted)
      this.#flusher.onDirectoryChanged()
    } catch (error) {
      this.#health.failed(error)
    }
  }

  /** Moves the high watermark, within the log; returns what it is now. */
  updateHighWatermark(offset: number): number {
    this.#highWatermark = Math.min(Math.max(offset, this.#logStartOffset), this.#logEndOffset)
    this.#producers.transactions.onReplicated(this.#highWatermark)
    return this.#highWatermark
  }

  /** How far readers of committed transactions may see, given the high watermark. */
  lastStableOffset(highWatermark = this.#highWatermark): number {
    const unstable = this.firstUnstableOffset
    return unstable !== undefined && unstable < highWatermark ? Math.max(unstable, this.#logStartOffset) : highWatermark
  }

  /**
   * Appends a producer's or coordinator's batches: checks them, gives them offsets and the leader epoch, in place, and writes
   * them in one call. `records` must not be changed afterwards. Throws `KafkaError` and then has changed nothing (but bytes of
   * `records`).
   */
  appendAsLeader(records: Buffer, options: AppendAsLeaderOptions): AppendResult {
    const { leaderEpoch, nowMs, origin = 'client' } = options
    return this.#health.guard(() => {
      const batches = leaderAppend.parse(records, this.#config, origin)
      const duplicate = checkProducers(this.#producers, batches, origin)
      if (duplicate !== undefined) return this.#duplicateResult(duplicate, batches[0] as RecordBatch)
      const prepared = batches.map((batch) =>
        leaderAppend.prepare(batch, this.#config, origin, nowMs, batches.length === 1),
      )
      let offset = this.#nextOffset()
      for (const batch of prepared) {
        batch.setBaseOffset(offset)
        batch.setPartitionLeaderEpoch(leaderEpoch)
        offset = batch.nextOffset
      }
      return this.#append(prepared, nowMs, this.#config.timestampType === 'LogAppendTime' ? nowMs : -1)
    })
  }

  #nextOffset(): number {
    const isFaulty = this.#context.faults.reuseOffset === true && ++this.#appendCount % 50 === 0
    return isFaulty ? this.#logEndOffset - 1 : this.#logEndOffset
  }

  /** Appends what a leader sent: offsets and epochs are in place. Throws `KafkaError` CORRUPT_MESSAGE, and OFFSET_OUT_OF_RANGE when it does not follow on what is here. */
  appendAsFollower(records: Buffer, nowMs: number): AppendResult {
    return this.#health.guard(() => {
      const batches = parseFollowerAppend(records, this.#logEndOffset)
      checkProducers(this.#producers, batches, 'replication')
      return this.#append(batches, nowMs, -1)
    })
  }

  #duplicateResult({ lastOffset, offsetDelta, timestampMs }: ProducerBatch, batch: RecordBatch): AppendResult {
    return {
      baseOffset: lastOffset - offsetDelta,
      lastOffset,
      logAppendTimeMs: timestampMs,
      logStartOffset: this.#logStartOffset,
      duplicate: true,
      sizeBytes: 0,
      recordCount: batch.recordCount,
      maxTimestampMs: timestampMs,
      shallowOffsetOfMaxTimestamp: -1,
      mustSyncBeforeAck: lastOffset >= this.#flusher.recoveryPoint && this.#config.flushMessages === 1,
    }
  }

  /** Writes batches that are checked and have their offsets, and notes them everywhere. */
  #append(batches: readonly RecordBatch[], nowMs: number, logAppendTimeMs: number): AppendResult {
    const first = batches[0] as RecordBatch
    const last = batches.at(-1) as RecordBatch
    const buffer = first.buffer.subarray(first.position, last.position + last.sizeInBytes)
    const baseOffset = first.baseOffset
    const { lastOffset } = last
    const max = largestTimestamp(batches)
    if (buffer.length > this.#config.segmentBytes) {
      throw new KafkaError(
        'RECORD_LIST_TOO_LARGE',
        `${buffer.length} bytes do not fit a segment of ${this.#config.segmentBytes}`,
      )
    }
    for (const batch of batches) {
      if (batch.magic >= 2 && batch.partitionLeaderEpoch >= 0)
        this.#epochs.assign(batch.partitionLeaderEpoch, batch.baseOffset)
    }
    const { timestampMs: maxTimestampMs, offset: offsetOfMaxTimestamp } = max
    this.#rollIfNeeded({ sizeBytes: buffer.length, lastOffset, maxTimestampMs, baseOffset }, nowMs)
    const segment = this.#segments.active
    segment.append({ buffer, lastOffset, maxTimestampMs, offsetOfMaxTimestamp }, this.#config.indexIntervalBytes)
    this.#logEndOffset = lastOffset + 1
    this.#tail.push(buffer, baseOffset, lastOffset + 1)
    for (const batch of batches) replayProducer(this.#producers, batch, segment, true)
    return {
      baseOffset,
      lastOffset,
      logAppendTimeMs,
      logStartOffset: this.#logStartOffset,
      duplicate: false,
      sizeBytes: buffer.length,
      recordCount: lastOffset - baseOffset + 1,
      maxTimestampMs,
      shallowOffsetOfMaxTimestamp: offsetOfMaxTimestamp,
      mustSyncBeforeAck:
        this.#logEndOffset - this.#flusher.recoveryPoint >= this.#config.flushMessages &&
        this.#context.faults.answerBeforeSync !== true,
    }
  }

  #rollIfNeeded(
    append: { sizeBytes: number; lastOffset: number; maxTimestampMs: number; baseOffset: number },
    nowMs: number,
  ): void {
    if (this.#segments.active.shouldRoll(append, this.#config, this.#rollJitterMs, nowMs)) this.#roll(append.baseOffset)
  }

  /** Begins a new segment at the end of the log, or at `baseOffset` beyond it. */
  #roll(baseOffset = this.#logEndOffset): void {
    const { active } = this.#segments
    if (active.baseOffset === baseOffset && active.sizeBytes === 0) return
    active.seal()
    this.#producers.mapEndOffset = Math.max(this.#producers.mapEndOffset, baseOffset)
    this.#snapshots.take(this.#producers)
    this.#addSegment(baseOffset)
    this.#rollJitterMs = this.#newJitter()
    this.#flusher.flushInBackground()
  }

  #addSegment(baseOffset: number): void {
    const { files, env, positionModulus } = this.#context
    const segment = new Segment(files, this.path, baseOffset, 0, env.clock.wallMs(), positionModulus)
    segment.create(this.#config.preallocate ? this.#config.segmentBytes : 0)
    this.#segments.add(segment)
    this.#flusher.onDirectoryChanged()
  }

  #newJitter(): number {
    const max = Math.min(this.#config.segmentJitterMs, this.#config.segmentMs)
    return max <= 0 ? 0 : Math.floor(this.#random.float() * max)
  }

  /** Whole batches from the one that holds `startOffset` on. Throws `KafkaError` OFFSET_OUT_OF_RANGE. */
  read(startOffset: number, maxBytes: number, options: ReadOptions): ReadResult {
    if (startOffset < this.#logStartOffset || startOffset > this.#logEndOffset) {
      throw new KafkaError(
        'OFFSET_OUT_OF_RANGE',
        `offset ${startOffset} of ${this.topic}-${this.partition} is not within ${this.#logStartOffset} to ${this.#logEndOffset}`,
      )
    }
    const upperBoundOffset = Math.min(options.upperBoundOffset ?? Infinity, this.#logEndOffset)
    if (startOffset >= upperBoundOffset) return { chunks: [], sizeBytes: 0, nextOffset: startOffset }
    const cached = this.#tail.read(startOffset, maxBytes, options.minOneMessage, upperBoundOffset)
    return (
      cached ??
      this.#health.guard(() =>
        readSegments(this.#segments, startOffset, maxBytes, options.minOneMessage, upperBoundOffset),
      )
    )
  }

  /** The first record at or after `timestampMs`, by its own timestamp; undefined when there is none. */
  offsetForTimestamp(timestampMs: number): OffsetAndTimestamp | undefined {
    return this.#health.guard(() => findOffsetForTimestamp(this.#segments.all, timestampMs, this.#logStartOffset))
  }

  /** The record with the largest timestamp; undefined when there is none with a timestamp. */
  offsetOfMaxTimestamp(): OffsetAndTimestamp | undefined {
    return this.#health.guard(() => findOffsetOfMaxTimestamp(this.#segments.from(this.#logStartOffset)))
  }

  /** The log start offset, with the epoch of the record there as far as it is known. */
  earliestOffset(): OffsetAndTimestamp {
    const earliest = this.#epochs.earliest
    const isKnown = earliest !== undefined && earliest.startOffset <= this.#logStartOffset
    return { offset: this.#logStartOffset, timestampMs: -1, leaderEpoch: isKnown ? earliest.epoch : undefined }
  }

  /** The first offset on this broker's own disk: no part of a log is anywhere else, so the log start offset. */
  earliestLocalOffset(): OffsetAndTimestamp {
    return {
      offset: this.#logStartOffset,
      timestampMs: -1,
      leaderEpoch: this.#epochs.epochForOffset(this.#logStartOffset),
    }
  }

  /** The log end offset with the latest epoch. */
  latestOffset(): OffsetAndTimestamp {
    return { offset: this.#logEndOffset, timestampMs: -1, leaderEpoch: this.latestEpoch }
  }

  /** Notes that a leader epoch begins at `startOffset`. */
  assignLeaderEpoch(epoch: number, startOffset: number): void {
    this.#epochs.assign(epoch, startOffset)
  }

  /** The last epoch at or below `epoch` and where it ended; undefined when that is not known. */
  endOffsetForEpoch(epoch: number): { epoch: number; endOffset: number } | undefined {
    return this.#epochs.endOffsetFor(epoch, this.#logEndOffset)
  }

  epochForOffset(offset: number): number | undefined {
    return this.#epochs.epochForOffset(offset)
  }

  /** Aborted transactions that may concern a reader of `startOffset` up to `upperBoundOffset`. */
  abortedTransactions(startOffset: number, upperBoundOffset: number): AbortedTransaction[] {
    return this.#health.guard(() => abortedTransactionsIn(this.#segments, startOffset, upperBoundOffset))
  }

  /**
   * Moves the log start offset up (DeleteRecords, or a follower after its leader); segments wholly below go at the next
   * `deleteOldSegments`. Throws `KafkaError` OFFSET_OUT_OF_RANGE beyond the high watermark. False when it is there already.
   */
  incrementLogStartOffset(offset: number): boolean {
    if (offset > this.#highWatermark) {
      throw new KafkaError(
        'OFFSET_OUT_OF_RANGE',
        `log start offset ${offset} of ${this.topic}-${this.partition} would be above its high watermark ${this.#highWatermark}`,
      )
    }
    if (offset <= this.#logStartOffset) return false
    this.#logStartOffset = offset
    this.#epochs.truncateFromStart(offset)
    this.#producers.transactions.onReplicated(offset)
    return true
  }

  /** Applies retention by start offset, size and time; returns how many segments went. */
  deleteOldSegments(nowMs: number): number {
    return this.#health.guard(() => {
      const deletable = deletableSegments(this.#segments.all, this.#config, {
        nowMs,
        logStartOffset: this.#logStartOffset,
        logEndOffset: this.#logEndOffset,
        highWatermark: this.#highWatermark,
      })
      if (deletable.length === 0) return 0
      if (deletable.length === this.#segments.count) this.#roll()
      const next = this.#segments.all[deletable.length] as Segment
      this.incrementLogStartOffset(Math.max(next.baseOffset, this.#logStartOffset))
      this.#removeSegments(deletable)
      return deletable.length
    })
  }

  /** Takes segments out of the log, in the order given; their files are renamed now and removed later. */
  #removeSegments(segments: readonly Segment[]): void {
    this.#segments.remove(segments)
    const renamed = retireSegments(this.#context, segments, this.#snapshots)
    this.#context.removeLater(renamed, this.#config.fileDeleteDelayMs, this.directory)
    this.#flusher.onDirectoryChanged()
  }

  /** Drops all batches that reach `offset`; false when there are none. */
  truncateTo(offset: number): boolean {
    if (offset >= this.#logEndOffset) {
      this.#epochs.truncateFromEnd(this.#logEndOffset)
      return false
    }
    this.#health.guard(() => {
      if (offset < this.#segments.first.baseOffset) {
        this.#startAt(offset, offset)
        return
      }
      this.#tail.truncateTo(offset)
      this.#removeSegments(this.#segments.all.filter(({ baseOffset }) => baseOffset > offset).toReversed())
      this.#segments.active.truncateTo(offset)
      this.#logEndOffset = Math.max(this.#segments.active.readNextOffset(), this.#segments.active.baseOffset)
      this.#onTruncated()
    })
    return true
  }

  #onTruncated(): void {
    this.#logStartOffset = Math.min(this.#logStartOffset, this.#logEndOffset)
    this.#epochs.truncateFromEnd(this.#logEndOffset)
    this.#flusher.onTruncated(this.#logEndOffset)
    this.#snapshots.remove((candidate) => candidate > this.#logEndOffset)
    this.#context.env.disk.syncDirectorySync(this.path)
    const { env, producerIdExpirationMs } = this.#context
    const now = { nowMs: env.clock.wallMs(), producerIdExpirationMs }
    this.#snapshots.restore(this.#producers, this.#logStartOffset, now)
    replaySegments(this.#producers, this.#segments.from(this.#producers.mapEndOffset), this.#logEndOffset)
    this.updateHighWatermark(Math.min(this.#highWatermark, this.#logEndOffset))
    this.#context.onRecoveryPointLowered(this.directory)
  }

  /** Empties the log; it goes on at `offset`. */
  truncateFullyAndStartAt(offset: number, logStartOffset = offset): void {
    this.#health.guard(() => this.#startAt(offset, logStartOffset))
  }

  #startAt(offset: number, logStartOffset: number): void {
    this.#tail.clear()
    this.#removeSegments(this.#segments.all.toReversed())
    this.#snapshots.remove(() => true)
    this.#epochs.clear()
    this.#producers.clear(offset)
    this.#addSegment(offset)
    this.#context.env.disk.syncDirectorySync(this.path)
    this.#logEndOffset = offset
    this.#logStartOffset = logStartOffset
    this.#flusher.onTruncated(offset)
    this.updateHighWatermark(offset)
    this.#context.onRecoveryPointLowered(this.directory)
  }

  /** Forgets producers that have been silent for `producer.id.expiration.ms`. */
  removeExpiredProducers(nowMs: number): void {
    this.#producers.removeExpired(nowMs, this.#context.producerIdExpirationMs)
  }

  /**
   * Resolves when all that was appended before the call would survive a power failure. All calls of one turn share one sync.
   * Rejects with KAFKA_STORAGE_ERROR.
   */
  async flush(): Promise<void> {
    this.#health.ensureUsable()
    try {
      await this.#flusher.flush()
    } catch (error) {
      throw this.#health.failed(error)
    }
  }

  /** `flush.ms` has passed since what is unflushed was appended. */
  isFlushDue(nowMs: number): boolean {
    return this.#logEndOffset > this.#flusher.recoveryPoint && nowMs - this.#flusher.lastFlushMs >= this.#config.flushMs
  }

  /** Lets go of memory that was not used lately. Leader epochs are written with the next sync or close: until then recovery finds them in the log. */
  tidy(): void {
    this.#health.guard(() => {
      for (const segment of this.#segments.all) {
        if (segment !== this.#segments.active) segment.release()
      }
    })
  }

  /** Syncs all, writes a producer snapshot, and closes the files: a next start finds it as it is. */
  async close(): Promise<void> {
    if (this.#health.isClosed) return
    this.#health.markClosed()
    if (this.#health.isOffline) {
      this.closeFiles()
      return
    }
    try {
      this.#producers.mapEndOffset = this.#logEndOffset
      this.#snapshots.take(this.#producers)
      this.#segments.active.seal()
      if (this.#segments.active.writeIndexes()) this.#flusher.onDirectoryChanged()
      await this.#flusher.flush()
      await this.#segments.active.sync(true)
    } finally {
      this.closeFiles()
    }
  }

  /** Closes the files as they are. */
  closeFiles(): void {
    this.#tail.clear()
    for (const segment of this.#segments.all) segment.closeFiles()
  }

  /** Nothing may use the log any more; its directory is about to be renamed or was lost. */
  markOffline(cause: Error): void {
    this.#health.markOffline(cause)
    this.#tail.clear()
    for (const segment of this.#segments.all) segment.giveUp()
  }
}

/** With the last offset of the batch that has it. */
function largestTimestamp(batches: readonly RecordBatch[]): { timestampMs: number; offset: number } {
  let timestampMs = -1
  let offset = -1
  for (const batch of batches) {
    if (batch.maxTimestampMs <= timestampMs) continue
    timestampMs = batch.maxTimestampMs
    offset = batch.lastOffset
  }
  return { timestampMs, offset }
}
