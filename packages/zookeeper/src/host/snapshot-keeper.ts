import type { Disk, Logger, Random } from '@odradek/base'
import type { ServerState } from '../core/server-state.ts'
import type { ServerMetrics } from './server-metrics.ts'
import type { DataDirectory } from './persistence/data-directory.ts'
import { writeSnapshot } from './persistence/snapshot-writer.ts'

export interface SnapshotKeeperOptions {
  readonly snapCount: number
  readonly purgeRetainCount: number
  /** Has the log begin a new file, so that old ones can go. */
  readonly rollLog: () => void
}

/**
 * Takes a snapshot whenever enough transactions have come: somewhere between half of `snapCount` and all of it, by chance, so that
 * the servers of an ensemble do not all do it at once. Requests go on meanwhile.
 */
export class SnapshotKeeper {
  readonly #disk: Disk
  readonly #directory: DataDirectory
  readonly #state: ServerState
  readonly #random: Random
  readonly #log: Logger
  readonly #options: SnapshotKeeperOptions
  readonly #wallMs: () => number
  readonly #nowMs: () => number
  readonly #metrics: ServerMetrics
  #transactionCount: number
  /** Drawn when it may matter for the first time: a start need not wait for the generator to be loaded. */
  #threshold: number | undefined
  #running: Promise<void> | undefined
  /** Of the newest snapshot. */
  lastZxid: bigint
  lastWallMs: number

  constructor(
    context: {
      disk: Disk
      directory: DataDirectory
      state: ServerState
      random: Random
      log: Logger
      metrics: ServerMetrics
      wallMs: () => number
      nowMs: () => number
    },
    options: SnapshotKeeperOptions,
    found: { transactionCount: number; lastZxid: bigint },
  ) {
    this.#disk = context.disk
    this.#directory = context.directory
    this.#state = context.state
    this.#random = context.random
    this.#log = context.log
    this.#options = options
    this.#transactionCount = found.transactionCount
    this.lastZxid = found.lastZxid
    this.lastWallMs = context.wallMs()
    this.#wallMs = context.wallMs
    this.#nowMs = context.nowMs
    this.#metrics = context.metrics
  }

  #isDue(): boolean {
    const half = Math.floor(this.#options.snapCount / 2)
    if (this.#transactionCount <= half) return false
    this.#threshold ??= half + this.#random.integer(Math.max(1, half))
    return this.#transactionCount > this.#threshold
  }

  /** So many transactions more are in the log and the tree. */
  onCommitted(count: number): void {
    this.#transactionCount += count
    if (this.#running === undefined && this.#isDue()) void this.take()
  }

  /** Takes one now, or waits for the one that is being taken. One that fails is told in the log, and tried again later. */
  take(): Promise<void> {
    this.#running ??= this.#take().finally(() => (this.#running = undefined))
    return this.#running
  }

  async #take(): Promise<void> {
    const zxid = this.#state.tree.lastProcessedZxid
    this.#transactionCount = 0
    this.#threshold = undefined
    const startMs = this.#nowMs()
    try {
      this.#options.rollLog()
      const path = await writeSnapshot(this.#disk, this.#directory, this.#state)
      this.#written(zxid, startMs)
      this.#log.debug('wrote a snapshot', { file: path })
    } catch (error) {
      this.#metrics.counters.snapshotErrors.add()
      this.#log.error('could not write a snapshot; the log goes on and keeps everything', { error })
    }
  }

  #written(zxid: bigint, startMs: number): void {
    this.lastZxid = zxid
    this.lastWallMs = this.#wallMs()
    this.#metrics.counters.snapshots.add()
    this.#metrics.summaries.snapshotTime.record(this.#nowMs() - startMs)
  }

  /** Takes one of this very moment, for whoever wants to keep it elsewhere: nothing else goes on meanwhile. Rejects when it could not be written. */
  async takeOfNow(): Promise<{ zxid: bigint; content: Buffer }> {
    await this.#running
    const startMs = this.#nowMs()
    const zxid = this.#state.tree.lastProcessedZxid
    const path = await writeSnapshot(this.#disk, this.#directory, this.#state, Number.POSITIVE_INFINITY)
    this.#written(zxid, startMs)
    return { zxid, content: this.#disk.readFileSync(path) }
  }

  /** Removes snapshots and logs that are no longer needed. */
  purge(): void {
    try {
      const removed = this.#directory.purge(this.#options.purgeRetainCount)
      if (removed.length > 0) this.#log.info('purged old snapshots and logs', { files: removed.length })
    } catch (error) {
      this.#log.error('could not purge old snapshots and logs', { error })
    }
  }

  async idle(): Promise<void> {
    await this.#running
  }
}
