import type { Histogram } from '@odradek/base'
import { encodeLeaderEpochCheckpoint } from '../checkpoint/leader-epoch-checkpoint.ts'
import { leaderEpochCheckpointName } from '../file-names.ts'
import type { LogState } from './log-state.ts'
import { replaceFile } from './replace-file.ts'

/** Kafka's: kafka.log:type=LogFlushStats,name=LogFlushRateAndTimeMs. */
const timesName = 'kafka_log_logflushstats_logflushrateandtimems'

/**
 * Syncs one log and knows how far that is done. All who wait in one turn share one sync, and those who come while it runs share
 * the next.
 */
export class LogFlusher {
  readonly #log: LogState
  readonly #times: Histogram
  #epochsWrittenVersion = 0
  #recoveryPoint: number
  #running: Promise<void> | undefined
  #pending: Promise<void> | undefined
  /** Files were made since the log's directory was last synced. */
  #isDirectoryDirty = true
  /** The name of the log's directory is on the disk. */
  #isNameSynced = false
  /** The lowest offset to which the log was truncated while a sync ran: no more than that is certain. */
  #truncatedTo = Infinity
  /** By the wall clock. */
  lastFlushMs: number

  constructor(log: LogState, recoveryPoint: number) {
    this.#log = log
    this.#recoveryPoint = recoveryPoint
    this.lastFlushMs = log.context.env.clock.wallMs()
    this.#times = log.context.env.metrics.histogram(timesName, 'How long a log takes to be synced.')
  }

  /** Everything before it is synced, its indexes too once their segment is complete. */
  get recoveryPoint(): number {
    return this.#recoveryPoint
  }

  /** Resolves when all that was appended before the call is synced. Rejects with `DiskError`. */
  flush(): Promise<void> {
    this.#pending ??= this.#start()
    return this.#pending
  }

  flushInBackground(): void {
    this.flush().catch((error: unknown) => void this.#log.health.failed(error))
  }

  get isDirectoryDirty(): boolean {
    return this.#isDirectoryDirty
  }

  /** No sync is under way or asked for. */
  get isIdle(): boolean {
    return this.#running === undefined && this.#pending === undefined
  }

  /** The log's directory was given another name. */
  onRenamed(): void {
    this.#isNameSynced = false
    this.#isDirectoryDirty = true
  }

  onDirectoryChanged(): void {
    this.#isDirectoryDirty = true
  }

  onTruncated(logEndOffset: number): void {
    this.#recoveryPoint = Math.min(this.#recoveryPoint, logEndOffset)
    this.#truncatedTo = Math.min(this.#truncatedTo, logEndOffset)
    this.#isDirectoryDirty = true
  }

  /** Stores the leader epochs if they have changed; the name is durable with the next sync of the directory. */
  async #writeEpochs(): Promise<void> {
    const { epochs, folder, context, health } = this.#log
    const { version } = epochs
    if (version === this.#epochsWrittenVersion) return
    const content = encodeLeaderEpochCheckpoint(epochs.entries)
    const path = `${folder.path}/${leaderEpochCheckpointName}`
    this.#isDirectoryDirty = true
    if (await replaceFile(context.env.disk, path, content, () => !health.isOffline)) {
      this.#epochsWrittenVersion = version
    }
  }

  async #start(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#log.context.env.timers.endOfTurn(resolve)
    })
    // One that fails has told those who waited for it.
    await this.#running?.catch(() => {})
    this.#pending = undefined
    this.#running = this.#run()
    try {
      await this.#running
    } finally {
      this.#running = undefined
    }
  }

  async #run(): Promise<void> {
    const { logEndOffset, folder, context, epochs } = this.#log
    const { disk, clock } = context.env
    const isClean = epochs.version === this.#epochsWrittenVersion && !this.#isDirectoryDirty
    if (logEndOffset === this.#recoveryPoint && isClean) return
    const sinceMs = clock.monotonicMs()
    this.#truncatedTo = Infinity
    // What the recovery point covers is not scanned for epochs at the next start, so they must be safe before it moves.
    await this.#writeEpochs()
    const wasDirty = this.#isDirectoryDirty
    this.#isDirectoryDirty = false
    // Where the last sync ended with a segment, that of its indexes is still to come.
    const segments = this.#log.segments.from(Math.max(0, this.#recoveryPoint - 1))
    for (const segment of segments) await segment.sync(segment !== segments.at(-1))
    if (wasDirty) await disk.syncDirectory(folder.path)
    if (!this.#isNameSynced) await disk.syncDirectory(folder.directory)
    this.#isNameSynced = true
    this.#recoveryPoint = Math.max(this.#recoveryPoint, Math.min(logEndOffset, this.#truncatedTo))
    this.lastFlushMs = clock.wallMs()
    this.#times.record(clock.monotonicMs() - sinceMs)
  }
}
