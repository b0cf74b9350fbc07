import { RecordBatch } from '@odradek/kafka-protocol'
import { decodeLeaderEpochCheckpoint } from '../checkpoint/leader-epoch-checkpoint.ts'
import { LeaderEpochCache } from '../core/leader-epoch-cache.ts'
import { ProducerStates } from '../core/producer/producer-states.ts'
import { SegmentList } from '../core/segment-list.ts'
import {
  indexSuffix,
  leaderEpochCheckpointName,
  logSuffix,
  offsetFileName,
  offsetOfFileName,
  timeIndexSuffix,
  transactionIndexSuffix,
} from '../file-names.ts'
import type { LogConfig } from '../log-config.ts'
import { StorageError } from '../storage-error.ts'
import type { BatchScanner } from './batch-scanner.ts'
import type { LogContext } from './log-context.ts'
import type { LogFolder } from './log-folder.ts'
import { ProducerSnapshotFiles } from './producer-snapshot-files.ts'
import type { SnapshotTime } from './producer-snapshot-files.ts'
import { finishSwaps } from './finish-swaps.ts'
import { replayProducer, replaySegments } from './producer-replay.ts'
import { recallBatches, recallOffsetsMax } from './recall-batches.ts'
import { Segment } from './segment.ts'

/** What is known of a log before it is opened. */
export interface LoadOptions {
  readonly folder: LogFolder
  readonly config: LogConfig
  /** The process that had it open before closed it in good order: nothing needs to be validated. */
  readonly hadCleanShutdown: boolean
  /** From the checkpoints; 0 where they have no line for the log. */
  readonly recoveryPoint: number
  readonly logStartOffset: number
}

export interface LoadedLog {
  readonly segments: SegmentList<Segment>
  readonly epochs: LeaderEpochCache
  readonly producers: ProducerStates
  readonly snapshots: ProducerSnapshotFiles
  readonly logStartOffset: number
  readonly logEndOffset: number
  readonly recoveryPoint: number
  /** Bytes that were validated again, and those that were cut off. */
  readonly recoveredBytes: number
  readonly cutBytes: number
}

/**
 * Opens the log in a directory: finds its segments, validates what may be torn, rebuilds what is missing. What has to be walked is read and
 * walked beside other work; `onRecovered` is told how many bytes were. Throws `DiskError`.
 */
export function loadLog(
  context: LogContext,
  options: LoadOptions,
  onRecovered: (bytes: number) => void,
): Promise<LoadedLog> {
  return new LogLoader(context, options, onRecovered).load()
}

/** A log in an empty directory. Throws `DiskError`. */
export function newLog({ env, files, positionModulus }: LogContext, { folder }: LoadOptions): LoadedLog {
  const segment = new Segment(files, folder, 0, 0, env.clock.wallMs(), positionModulus)
  segment.create(0)
  const segments = new SegmentList<Segment>()
  segments.add(segment)
  return {
    segments,
    epochs: new LeaderEpochCache(),
    producers: new ProducerStates(),
    snapshots: new ProducerSnapshotFiles(env.disk, folder, []),
    logStartOffset: 0,
    logEndOffset: 0,
    recoveryPoint: 0,
    recoveredBytes: 0,
    cutBytes: 0,
  }
}

class LogLoader {
  readonly #context: LogContext
  readonly #options: LoadOptions
  readonly #onRecovered: (bytes: number) => void
  readonly #segments = new SegmentList<Segment>()
  readonly #epochs = new LeaderEpochCache()
  #producers = new ProducerStates()
  /** As the segment that was recovered last leaves them. */
  #recovered: ProducerStates | undefined
  #snapshots: ProducerSnapshotFiles
  /** What is in the directory. */
  #names: ReadonlySet<string> = new Set()
  #recoveryPoint: number
  #recoveredBytes = 0
  #cutBytes = 0
  /** Files were removed or renamed, which must not come back beside what is written next. */
  #mustSyncDirectory = false

  constructor(context: LogContext, options: LoadOptions, onRecovered: (bytes: number) => void) {
    this.#context = context
    this.#onRecovered = onRecovered
    this.#options = options
    this.#recoveryPoint = options.recoveryPoint
    this.#snapshots = new ProducerSnapshotFiles(context.env.disk, options.folder, [])
  }

  get #snapshotTime(): SnapshotTime {
    const { env, producerIdExpirationMs } = this.#context
    return { nowMs: env.clock.wallMs(), producerIdExpirationMs }
  }

  async load(): Promise<LoadedLog> {
    const { disk } = this.#context.env
    const { folder } = this.#options
    const { path } = folder
    let names = disk.listSync(path)
    this.#mustSyncDirectory = finishSwaps(this.#context, path, names)
    if (this.#mustSyncDirectory) names = disk.listSync(path)
    this.#names = new Set(names)
    this.#snapshots = new ProducerSnapshotFiles(disk, folder, names)
    this.#loadEpochs(this.#names.has(leaderEpochCheckpointName))
    this.#addSegments(names)
    await this.#recover()
    const logEndOffset = this.#findEnd()
    const logStartOffset = Math.max(this.#options.logStartOffset, this.#segments.first.baseOffset)
    this.#epochs.truncateFromEnd(logEndOffset)
    this.#epochs.truncateFromStart(logStartOffset)
    this.#loadProducers(logStartOffset, logEndOffset)
    if (this.#mustSyncDirectory) disk.syncDirectorySync(path)
    // Of ten thousand logs few are used soon: the others need neither memory for indexes nor an open file.
    for (const segment of this.#segments.all) segment.rest()
    return {
      segments: this.#segments,
      epochs: this.#epochs,
      producers: this.#producers,
      snapshots: this.#snapshots,
      logStartOffset,
      logEndOffset,
      recoveryPoint: this.#options.hadCleanShutdown ? logEndOffset : Math.min(this.#recoveryPoint, logEndOffset),
      recoveredBytes: this.#recoveredBytes,
      cutBytes: this.#cutBytes,
    }
  }

  #loadEpochs(exists: boolean): void {
    if (!exists) return
    const path = `${this.#options.folder.path}/${leaderEpochCheckpointName}`
    try {
      this.#epochs.load(decodeLeaderEpochCheckpoint(this.#context.env.disk.readFileSync(path), path))
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      this.#context.env.log.warn('leader epochs cannot be read and are collected from the log again', { path, error })
      this.#recoveryPoint = 0
    }
  }

  #addSegments(names: readonly string[]): void {
    const { disk, clock } = this.#context.env
    const { folder } = this.#options
    const { path } = folder
    for (const name of names) {
      const offset = offsetOfFileName(name, logSuffix)
      if (offset !== undefined) {
        const sizeBytes = disk.statusSync(`${path}/${name}`)?.sizeBytes ?? 0
        this.#segments.add(
          new Segment(this.#context.files, folder, offset, sizeBytes, clock.wallMs(), this.#context.positionModulus),
        )
        continue
      }
      const indexOffset = [indexSuffix, timeIndexSuffix, transactionIndexSuffix]
        .map((suffix) => offsetOfFileName(name, suffix))
        .find((candidate) => candidate !== undefined)
      if (indexOffset !== undefined && !this.#names.has(offsetFileName(indexOffset, logSuffix))) {
        disk.removeFileSync(`${path}/${name}`)
      }
    }
  }

  /** Segments that may be torn are walked; of the others only those whose indexes are missing or wrong. */
  async #recover(): Promise<void> {
    const { hadCleanShutdown } = this.#options
    // What is synced may end with a segment whose indexes are not.
    const unflushed = hadCleanShutdown ? [] : this.#segments.from(Math.max(0, this.#recoveryPoint - 1))
    for (const segment of this.#segments.all) {
      if (unflushed.includes(segment) || this.#hasGoodIndexes(segment)) continue
      this.#context.env.log.warn('indexes are missing or damaged and are built again', { segment: segment.path })
      if ((await this.#recoverSegment(segment)) > 0) {
        this.#removeAfter(segment)
        return
      }
    }
    const firstUnflushed = unflushed[0]
    if (firstUnflushed !== undefined) this.#snapshots.remove((offset) => offset > firstUnflushed.baseOffset)
    for (const [index, segment] of unflushed.entries()) {
      if ((await this.#recoverSegment(segment)) > 0 || this.#hasLostEnd(segment, unflushed[index + 1])) {
        this.#removeAfter(segment)
        return
      }
    }
  }

  /**
   * A power failure may take the end of a segment and leave the next one, or bring back one that was removed. Compaction leaves such gaps too, so where there is
   * compaction nothing can be concluded from one.
   */
  #hasLostEnd(segment: Segment, next: Segment | undefined): boolean {
    if (next === undefined) return false
    const gap = next.baseOffset - segment.readNextOffset()
    return gap < 0 || (gap > 0 && !this.#options.config.cleanupCompact)
  }

  /** Files of the right names are believed until they are needed; an empty segment needs none. */
  #hasGoodIndexes(segment: Segment): boolean {
    if (segment.sizeBytes === 0) return true
    const { baseOffset, indexes } = segment
    const hasFiles = [indexSuffix, timeIndexSuffix].every((suffix) =>
      this.#names.has(offsetFileName(baseOffset, suffix)),
    )
    return hasFiles && (segment !== this.#segments.active || (indexes.load() && segment.endsWithBatch()))
  }

  /** Bytes that were cut off. */
  async #recoverSegment(segment: Segment): Promise<number> {
    const { env } = this.#context
    const producers = this.#producersBefore(segment)
    this.#recovered = producers
    this.#recoveredBytes += segment.sizeBytes
    let nextOffset = segment.baseOffset
    const cutBytes = await segment.recover((scanner) => {
      const batch = validBatch(scanner, this.#context.faults.skipCrc)
      if (batch === undefined || scanner.lastOffset < nextOffset) return false
      nextOffset = scanner.lastOffset + 1
      this.#onRecovered(scanner.sizeBytes)
      this.#noteEpoch(batch)
      replayProducer(producers, batch, segment, true)
      return true
    }, this.#options.config.indexIntervalBytes)
    if (cutBytes > 0) {
      this.#cutBytes += cutBytes
      env.log.warn('a torn or damaged end of a log was cut off', {
        segment: segment.path,
        cutBytes,
        logEndOffset: nextOffset,
      })
    }
    producers.mapEndOffset = nextOffset
    this.#snapshots.take(producers)
    return cutBytes
  }

  #producersBefore(segment: Segment): ProducerStates {
    if (this.#recovered?.mapEndOffset === segment.baseOffset) return this.#recovered
    const producers = new ProducerStates()
    const floor = Math.max(this.#options.logStartOffset, this.#segments.first.baseOffset)
    this.#restore(producers, floor, segment.baseOffset)
    replaySegments(producers, this.#segments.from(producers.mapEndOffset), segment.baseOffset)
    return producers
  }

  #restore(producers: ProducerStates, startOffset: number, offsetMax?: number): void {
    const time = this.#snapshotTime
    this.#snapshots.restore(producers, startOffset, time, offsetMax)
    recallBatches(producers, this.#segments.from(producers.mapEndOffset - recallOffsetsMax), time.nowMs)
  }

  #noteEpoch(batch: RecordBatch): void {
    if (batch.magic < 2 || batch.partitionLeaderEpoch < 0) return
    const { latest } = this.#epochs
    if (latest === undefined || batch.partitionLeaderEpoch > latest.epoch) {
      this.#epochs.assign(batch.partitionLeaderEpoch, batch.baseOffset)
    }
  }

  #removeAfter(segment: Segment): void {
    const later = this.#segments.all.filter(({ baseOffset }) => baseOffset > segment.baseOffset)
    this.#removeSegments(later)
  }

  #removeSegments(segments: readonly Segment[]): void {
    for (const segment of segments) {
      this.#context.env.log.warn('a segment after damaged data is removed', { segment: segment.path })
      segment.closeFiles()
      for (const path of segment.paths()) this.#context.env.disk.removeTreeSync(path)
    }
    this.#segments.remove(segments)
    this.#mustSyncDirectory = true
  }

  #findEnd(): number {
    if (this.#segments.count > 0) {
      const end = this.#segments.active.readNextOffset()
      if (end >= this.#options.logStartOffset) return end
      this.#context.env.log.warn('the log ends before its start offset and is emptied', {
        path: this.#options.folder.path,
        logEndOffset: end,
        logStartOffset: this.#options.logStartOffset,
      })
      this.#removeSegments(this.#segments.all)
      this.#epochs.clear()
      this.#snapshots.remove(() => true)
    }
    const { files, env, positionModulus } = this.#context
    const segment = new Segment(
      files,
      this.#options.folder,
      this.#options.logStartOffset,
      0,
      env.clock.wallMs(),
      positionModulus,
    )
    segment.create(0)
    this.#segments.add(segment)
    return segment.baseOffset
  }

  #loadProducers(logStartOffset: number, logEndOffset: number): void {
    this.#removeStraySnapshots()
    this.#snapshots.remove(
      (offset) => offset > logEndOffset || (offset <= logStartOffset && offset < this.#segments.first.baseOffset),
    )
    if (this.#recovered?.mapEndOffset === logEndOffset) {
      this.#producers = this.#recovered
      return
    }
    const hasNone = this.#snapshots.latest === undefined
    this.#restore(this.#producers, logStartOffset)
    if (hasNone && this.#options.hadCleanShutdown) {
      // Written by a broker without idempotence: nothing to be found in the log.
      this.#producers.mapEndOffset = logEndOffset
    } else {
      replaySegments(this.#producers, this.#segments.from(this.#producers.mapEndOffset), logEndOffset)
    }
  }

  /** Snapshots belong to the start of a segment; only the newest may stand between, where a log was closed. */
  #removeStraySnapshots(): void {
    const bases = new Set(this.#segments.all.map(({ baseOffset }) => baseOffset))
    const { latest } = this.#snapshots
    this.#snapshots.remove((offset) => offset !== latest && !bases.has(offset))
  }
}

function validBatch(scanner: BatchScanner, skipCrc = false): RecordBatch | undefined {
  const batch = new RecordBatch(scanner.buffer, scanner.at)
  return skipCrc || batch.isCrcValid() ? batch : undefined
}
