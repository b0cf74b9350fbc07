import type { Env } from '@odradek/base'
import { readInt64 } from '../core/batch-bytes.ts'
import { nextMoveStep } from '../core/move/move-step.ts'
import type { MoveThrottle } from '../core/move/move-throttle.ts'
import type { PartitionLog } from './partition-log.ts'

/** Copied at once: between two copies others get their turn. */
const chunkBytesMax = 256 * 1024
const chunkBytesMin = 4096
/** With less than this to go the rest is copied in one turn, in which nothing can be appended. */
const lastBytesMax = 1024 * 1024
/** So much may be unsynced when the copy takes over: until it is synced the log before it is kept. */
const unsyncedBytesMax = 8 * 1024 * 1024
/** A pause is no longer than this: the rate that is allowed may change meanwhile. */
const pauseMsMax = 1000

/** What all moves of a log manager share. */
export interface MoveHost {
  readonly env: Env
  readonly throttle: MoveThrottle
  /** `replica.alter.log.dirs.io.max.bytes.per.second` */
  bytesPerSecondMax(): number
  /** Puts the copy, which has all that the source has, in its place, in this turn. False when that cannot be done now. */
  swap(source: PartitionLog, future: PartitionLog): boolean
}

/** Copies one log into another directory while it is used, until the copy has all of it and takes its place. */
export class LogMove {
  readonly source: PartitionLog
  readonly future: PartitionLog
  readonly #host: MoveHost
  #isCancelled = false
  #endPause: (() => void) | undefined
  /** What the source said when the copy was last compared with it. */
  #truncationsSeen: number | undefined
  #unsyncedBytes = 0

  constructor(host: MoveHost, source: PartitionLog, future: PartitionLog) {
    this.#host = host
    this.source = source
    this.future = future
  }

  cancel(): void {
    this.#isCancelled = true
    this.#endPause?.()
  }

  get #goesOn(): boolean {
    return !this.#isCancelled && !this.source.isOffline && !this.future.isOffline
  }

  /** Resolves when the copy is in its place, when the move is cancelled, or when one of the directories has failed. Never rejects. */
  async run(): Promise<void> {
    while (this.#goesOn) {
      try {
        const pauseMs = await this.#step()
        if (pauseMs === 'done') return
        if (pauseMs > 0) await this.#pause(pauseMs)
      } catch (error) {
        if (!this.#goesOn) return
        this.#host.env.log.warn('a log could not be copied further and is tried again', {
          log: this.source.path,
          error,
        })
        await this.#pause(pauseMsMax)
      }
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#host.env.timers.after(Math.min(ms, pauseMsMax), resolve)
      this.#endPause = () => {
        timer.cancel()
        resolve()
      }
    })
  }

  /** Milliseconds to wait before the next one, or that there is none. */
  async #step(): Promise<number | 'done'> {
    const { source, future } = this
    const { truncations } = source
    const step = nextMoveStep(source, future, truncations !== this.#truncationsSeen)
    switch (step.do) {
      case 'start-at':
        future.truncateFullyAndStartAt(step.offset)
        return 0
      case 'truncate':
        future.truncateTo(step.offset)
        return 0
      case 'copy':
        this.#truncationsSeen = truncations
        return this.#copy(step.fromOffset)
      case 'swap':
        this.#truncationsSeen = truncations
        return this.#finish()
    }
  }

  /** So much may be copied without a pause. */
  get #chunkBytes(): number {
    return Math.max(chunkBytesMin, this.#host.bytesPerSecondMax() / 4)
  }

  async #copy(fromOffset: number): Promise<number | 'done'> {
    const { source } = this
    const { env, throttle } = this.#host
    const delayMs = throttle.delayMs(this.#host.bytesPerSecondMax(), env.clock.monotonicMs())
    if (delayMs > 0) return delayMs
    const wantedBytes = Math.min(chunkBytesMax, this.#chunkBytes)
    const { truncations } = source
    const chunk = await source.readBeside(fromOffset, wantedBytes)
    if (!this.#goesOn || source.truncations !== truncations) return 0
    if (chunk === undefined) return pauseMsMax
    this.#append(chunk)
    return chunk.length < wantedBytes / 2 ? this.#finish() : 0
  }

  #append(chunk: Buffer): void {
    const { source, future } = this
    const { env, throttle } = this.#host
    throttle.copied(chunk.length)
    this.#unsyncedBytes += chunk.length
    // The log may start within a batch.
    const firstOffset = readInt64(chunk, 0)
    if (firstOffset < future.logEndOffset && future.sizeBytes === 0) future.truncateFullyAndStartAt(firstOffset)
    future.appendAsFollower(chunk, env.clock.wallMs())
    future.updateHighWatermark(source.highWatermark)
    this.#followStart()
  }

  #followStart(): void {
    const { source, future } = this
    const startOffset = Math.min(source.logStartOffset, future.highWatermark)
    if (future.incrementLogStartOffset(startOffset)) future.deleteOldSegments(this.#host.env.clock.wallMs())
  }

  /** Nothing, or little, is left to copy. */
  async #finish(): Promise<number | 'done'> {
    const { source, future } = this
    if (this.#unsyncedBytes > unsyncedBytesMax || !future.isSettled) {
      this.#unsyncedBytes = 0
      await future.flush()
      await future.settled()
      return 0
    }
    if (!this.#copyRest()) return 0
    future.updateHighWatermark(source.highWatermark)
    this.#followStart()
    // A segment that was begun just now is being synced.
    if (!future.isSettled) return 0
    return this.#host.swap(source, future) ? 'done' : pauseMsMax
  }

  /** Copies to the end in this turn; false when that is too far or something stands between. */
  #copyRest(): boolean {
    const { source, future } = this
    let leftBytes = Math.min(lastBytesMax, this.#chunkBytes)
    while (future.logEndOffset < source.logEndOffset) {
      if (leftBytes <= 0 || future.logEndOffset < source.logStartOffset) return false
      const { chunks, sizeBytes } = source.read(future.logEndOffset, leftBytes, { minOneMessage: true })
      if (sizeBytes === 0) return false
      this.#append(Buffer.concat(chunks))
      leftBytes -= sizeBytes
    }
    return future.logEndOffset === source.logEndOffset
  }
}
