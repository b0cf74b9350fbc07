import { DiskError } from '@odradek/base'
import type { Env } from '@odradek/base'
import { KafkaError } from '@odradek/kafka-protocol'
import { isAhead } from '../core/move/common-end-offset.ts'
import { MoveThrottle } from '../core/move/move-throttle.ts'
import { partitionDirectoryName } from '../file-names.ts'
import { BackgroundWork } from './background-work.ts'
import type { LogDirectories } from './log-directories.ts'
import { LogMove } from './log-move.ts'
import type { MoveHost } from './log-move.ts'
import type { PartitionLog } from './partition-log.ts'

/** What moves need of the log manager. */
export interface LogMovesOptions {
  readonly env: Env
  readonly directories: LogDirectories
  /** The logs that are used, by name. */
  readonly logs: ReadonlyMap<string, PartitionLog>
  readonly movesAtOnceMax: number
  bytesPerSecondMax(): number
  /** An empty log in `directory` that is to become a copy of `source`. Throws `DiskError`. */
  readonly makeFuture: (source: PartitionLog, directory: string) => PartitionLog
  /** Renames a log's directory out of the way and removes it later. */
  readonly discard: (log: PartitionLog) => void
  /** Stores what the checkpoints of `directory` keep of its logs. Rejects with `DiskError`. */
  readonly checkpoint: (directory: string) => Promise<void>
  /** `log` is the log of its partition from now on. */
  readonly onReplaced: (log: PartitionLog) => void
}

/**
 * Logs on their way to another directory, Kafka's way (KIP-113): a copy in a directory of its own name (`-future`) grows until it has all of the log; then
 * it gets the log's name, in one turn. The log before it keeps its name and its bytes until the copy is safe on the disk, and is then removed: after a crash in between there are
 * two, of which the one ahead counts.
 */
export class LogMoves {
  readonly #options: LogMovesOptions
  readonly #host: MoveHost
  readonly #work: BackgroundWork
  /** Copies that are not complete, by name of the log. */
  readonly #futures = new Map<string, PartitionLog>()
  readonly #moves = new Map<string, LogMove>()
  /** Logs, by name, whose copy is used already but may not be safe. */
  readonly #replaced = new Map<string, Set<PartitionLog>>()
  readonly #settling = new Set<Promise<void>>()
  #isStopped = false

  constructor(options: LogMovesOptions) {
    this.#options = options
    this.#work = new BackgroundWork(options.movesAtOnceMax)
    const { env } = options
    this.#host = {
      env,
      throttle: new MoveThrottle(),
      bytesPerSecondMax: () => options.bytesPerSecondMax(),
      swap: (source, future) => this.#swap(source, future),
    }
  }

  /** Copies that are not complete. */
  futures(): IterableIterator<PartitionLog> {
    return this.#futures.values()
  }

  /** All logs that are on the disk beside those that are used. */
  *beside(): IterableIterator<PartitionLog> {
    yield* this.#futures.values()
    for (const replaced of this.#replaced.values()) yield* replaced
  }

  /** A copy that was found at the start. */
  add(future: PartitionLog): void {
    const name = nameOf(future)
    const other = this.#futures.get(name)
    if (other === undefined) this.#futures.set(name, future)
    else this.#options.discard(future)
  }

  /** Two logs of one partition were found at the start, where a crash has cut a move short: the one that counts. */
  choose(one: PartitionLog, other: PartitionLog): PartitionLog {
    const [log, left] = isAhead(one, other) ? [one, other] : [other, one]
    this.#options.env.log.warn('a log is in two directories, after a move: the one that is ahead counts', {
      log: log.path,
      other: left.path,
    })
    this.#goOn(log, left)
    return log
  }

  /** Goes on with what a stop or a crash has interrupted, once all logs are there. */
  resume(): void {
    const { logs, directories, discard, env } = this.#options
    for (const name of this.#replaced.keys()) {
      const log = logs.get(name)
      if (log !== undefined) this.#settleLater(name, log)
    }
    for (const [name, future] of this.#futures) {
      const source = logs.get(name)
      const areAllThere = directories.online.length === directories.all.length
      // A power failure may bring back a log that had been moved away from where it moves to again.
      const isStray =
        source === undefined ? areAllThere : source.directory === future.directory || !mayBeOfOneTopic(source, future)
      if (isStray) {
        env.log.warn('a copy of a log that is not there any more, or is where it was to move to, is removed', {
          path: future.path,
        })
        this.#futures.delete(name)
        discard(future)
      } else if (source !== undefined && isAhead(future, source)) {
        // It was the log already, but a power failure has taken its name, or the end of the log before it.
        this.#swap(source, future)
      } else if (source !== undefined) {
        env.log.info('the move of a log goes on', { from: source.directory, to: future.directory, log: name })
        this.#begin(name, source, future)
      }
    }
  }

  /**
   * Moves a log to `directory`; a move to another one is given up, and the directory that it is in already only ends that.
   * Throws `KafkaError` KAFKA_STORAGE_ERROR.
   */
  move(source: PartitionLog, directory: string): void {
    const name = nameOf(source)
    const { directories, makeFuture, env } = this.#options
    const existing = this.#futures.get(name)
    if (existing?.directory === directory) return
    if (existing !== undefined) this.#cancel(name)
    if (source.directory === directory) return
    const offline = directories.all.find(({ isOnline }) => !isOnline)
    // The log's copy may be in there.
    if (offline !== undefined) throw new KafkaError('KAFKA_STORAGE_ERROR', `log directory ${offline.path} is offline`)
    env.log.info('a log moves to another directory', { from: source.directory, to: directory, log: name })
    const future = makeFuture(source, directory)
    this.#futures.set(name, future)
    this.#begin(name, source, future)
  }

  #begin(name: string, source: PartitionLog, future: PartitionLog): void {
    source.copies.add(future)
    const move = new LogMove(this.#host, source, future)
    this.#moves.set(name, move)
    this.#work.add(() => move.run())
  }

  #cancel(name: string): void {
    this.#moves.get(name)?.cancel()
    this.#moves.delete(name)
    const future = this.#futures.get(name)
    this.#futures.delete(name)
    if (future === undefined) return
    this.#options.logs.get(name)?.copies.delete(future)
    this.#options.discard(future)
  }

  /** The log is deleted: what is beside it too. */
  delete(name: string): void {
    this.#cancel(name)
    const replaced = this.#replaced.get(name) ?? []
    this.#replaced.delete(name)
    for (const log of replaced) this.#options.discard(log)
  }

  #swap(source: PartitionLog, future: PartitionLog): boolean {
    const name = nameOf(source)
    const { env, directories, onReplaced } = this.#options
    // From an earlier move, in the place that this one may go to.
    if (this.#isStopped || this.#replaced.has(name)) return false
    const path = `${future.directory}/${name}`
    try {
      env.disk.renameSync(future.path, path)
    } catch (error) {
      if (!(error instanceof DiskError)) throw error
      directories.fail(future.directory, error)
      return false
    }
    future.takePlaceOf(source, path)
    this.#futures.delete(name)
    this.#moves.delete(name)
    this.#replaced.set(name, new Set([source]))
    onReplaced(future)
    this.#settleLater(name, future)
    return true
  }

  #goOn(log: PartitionLog, left: PartitionLog): void {
    const name = nameOf(log)
    const all = this.#replaced.get(name) ?? new Set()
    all.delete(log)
    for (const other of all.add(left)) log.goOnInsteadOf(other)
    this.#replaced.set(name, all)
  }

  #settleLater(name: string, log: PartitionLog): void {
    const settling = this.#settle(name, log).finally(() => this.#settling.delete(settling))
    this.#settling.add(settling)
  }

  /** Removes the logs that `log` goes on instead of once all that they have is safe in it. */
  async #settle(name: string, log: PartitionLog): Promise<void> {
    const replaced = this.#replaced.get(name)
    if (replaced === undefined) return
    for (const other of replaced) await other.settled()
    try {
      await log.flush()
      await this.#options.checkpoint(log.directory)
    } catch {
      return
    }
    if (this.#replaced.get(name) !== replaced) return
    this.#replaced.delete(name)
    for (const other of replaced) {
      log.copies.delete(other)
      this.#options.discard(other)
      this.#options.env.log.info('a log has moved', { from: other.directory, to: log.directory, log: name })
    }
  }

  onDirectoryFailure(directory: string, error: Error): void {
    for (const log of this.beside()) if (log.directory === directory) log.markOffline(error)
    for (const [name, future] of this.#futures) if (future.isOffline) this.#futures.delete(name)
    for (const replaced of this.#replaced.values()) {
      for (const log of replaced) if (log.isOffline) replaced.delete(log)
    }
  }

  /** Resolves when nothing copies any more: what was not complete goes on at the next start. */
  async stop(): Promise<void> {
    this.#isStopped = true
    for (const move of this.#moves.values()) move.cancel()
    await this.#work.settled()
    await Promise.all(this.#settling)
  }
}

function nameOf({ topic, partition }: PartitionLog): string {
  return partitionDirectoryName(topic, partition)
}

/** A log whose topic id was lost in a crash may be of any. */
export function mayBeOfOneTopic(one: PartitionLog, other: PartitionLog): boolean {
  return one.topicId === undefined || other.topicId === undefined || one.topicId === other.topicId
}
