import { BufferPool, DiskError } from '@odradek/base'
import type { Env } from '@odradek/base'
import { KafkaError } from '@odradek/kafka-protocol'
import { TailCacheBudget } from '../core/tail-cache.ts'
import { canHaveFuture, deleteDirectoryName, futureDirectoryName, partitionDirectoryName } from '../file-names.ts'
import { StorageError } from '../storage-error.ts'
import { BackgroundWork } from './background-work.ts'
import { loadDirectory } from './load-directory.ts'
import type { LoadProgress, LogEntry, LogState } from './load-directory.ts'
import type { LogContext } from './log-context.ts'
import { LogDirectories } from './log-directories.ts'
import type { LogDirectory } from './log-directory.ts'
import { LogMaintenance } from './log-maintenance.ts'
import { LogMoves, mayBeOfOneTopic } from './log-moves.ts'
import { logManagerDefaults } from './log-manager-options.ts'
import type { LogManagerOptions } from './log-manager-options.ts'
import { OpenFiles } from './open-files.ts'
import { PartitionLog } from './partition-log.ts'
import type { PartitionLogOptions } from './log-state.ts'
import { TaskTimers } from './task-timers.ts'

/** Tasks in the background at a time: the rest of the threads that do such work is for syncs that somebody waits for. */
const backgroundAtOnceMax = 2

/** Deletions within this time share a checkpoint. */
const deletionCheckpointDelayMs = 500

/** How many logs wait for their last sync at the same time. */
const closedAtOnceMax = 16

/** Wishes for logs that may never come are bounded. */
const preferredDirectoriesMax = 100_000

const newLogState: LogState = {
  topicId: undefined,
  hadCleanShutdown: true,
  recoveryPoint: 0,
  logStartOffset: 0,
  highWatermark: 0,
}

/** Where a log begins and when it is synced follows from the log that it is a copy of. */
const futureConfig = {
  retentionMs: -1,
  retentionBytes: -1,
  flushMessages: Number.MAX_SAFE_INTEGER,
  flushMs: Number.MAX_SAFE_INTEGER,
} as const

const noTailCache = new TailCacheBudget(0, 0)

export interface GetOrCreateOptions {
  /** Written to `partition.metadata`. */
  readonly topicId?: string
  /** The log directory to make it in; by default the one with the fewest logs. */
  readonly directory?: string
  /** False for a partition that was there before: then its log may be in a directory that has failed, and none is made. */
  readonly isNew?: boolean
}

/**
 * All logs of one broker: finds them in the log directories at the start, makes and deletes them, and does what must be done from
 * time to time (retention, flushes, checkpoints, expiry of producers).
 *
 * Life: `open` takes the directories, `start` loads the logs, `close` leaves them so that the next start has nothing to recover.
 */
export class LogManager {
  /** Whence what `PartitionLog.read` gives comes: whoever is done with a chunk may let go of it there. */
  readonly buffers: BufferPool
  readonly #env: Env
  readonly #options: LogManagerOptions & Required<Pick<LogManagerOptions, keyof typeof logManagerDefaults>>
  readonly #context: LogContext
  readonly #directories: LogDirectories
  readonly #logs = new Map<string, PartitionLog>()
  /** Of logs that were deleted since the last checkpoint, which still has their offsets. */
  readonly #deletedNames = new Set<string>()
  /** Where logs that are not there yet are to be made, by name. */
  readonly #preferredDirectories = new Map<string, string>()
  readonly #moves: LogMoves
  readonly #replacedListeners = new Set<(log: PartitionLog) => void>()
  readonly #maintenance: LogMaintenance
  readonly #tasks: TaskTimers
  readonly #background = new BackgroundWork(backgroundAtOnceMax)
  #isClosed = false

  constructor(env: Env, options: LogManagerOptions) {
    this.#env = { ...env, log: env.log.child('log-manager'), random: env.random.fork('log-manager') }
    this.#options = { ...logManagerDefaults, ...options }
    this.buffers = options.buffers ?? new BufferPool()
    this.#tasks = new TaskTimers(env.timers)
    this.#directories = new LogDirectories(this.#env, options.directories, options.brokerId, (directory, error) =>
      this.#onDirectoryFailure(directory, error),
    )
    this.#context = {
      env: this.#env,
      files: new OpenFiles(env.disk, options.openFilesMax),
      buffers: this.buffers,
      tailCacheBudget: new TailCacheBudget(
        this.#options.tailCacheBytesMax,
        this.#options.tailCacheBytesPerLogMax,
        this.buffers,
      ),
      background: this.#background,
      // It may be a property that changes.
      get producerIdExpirationMs() {
        return options.producerIdExpirationMs ?? logManagerDefaults.producerIdExpirationMs
      },
      faults: options.faults ?? {},
      onDiskFailure: (directory, error) => this.#directories.fail(directory, error),
      onRecoveryPointLowered: (directory) => this.#checkpointAt(directory),
      removeLater: (paths, delayMs, directory) => this.#removeLater(paths, delayMs, directory),
    }
    this.#maintenance = new LogMaintenance(this.#env, this.#options, {
      logs: () => this.#logs.values(),
      checkpoint: (scope) => void this.#checkpointInBackground(scope),
    })
    this.#moves = new LogMoves({
      env: this.#env,
      directories: this.#directories,
      logs: this.#logs,
      movesAtOnceMax: options.movesAtOnceMax ?? options.directories.length,
      bytesPerSecondMax: () => options.moveBytesPerSecondMax ?? Infinity,
      makeFuture: (source, directory) => this.#makeFuture(source, directory),
      discard: (log) => this.#discard(log),
      checkpoint: (directory) => this.#storeCheckpoint(directory),
      onReplaced: (log) => this.#replace(log),
    })
  }

  /** Directories that work. */
  get liveDirectories(): string[] {
    return this.#directories.online.map(({ path }) => path)
  }

  get offlineDirectories(): string[] {
    return this.#directories.all.filter(({ isOnline }) => !isOnline).map(({ path }) => path)
  }

  /**
   * Makes and locks the log directories and reads who they belong to. Throws `StorageError` DIRECTORY_LOCKED,
   * INCONSISTENT_IDENTITY, or NO_DIRECTORY when none can be used.
   */
  open(): { clusterId: string | undefined } {
    return { clusterId: this.#directories.open() }
  }

  /** Writes `meta.properties` where it is missing or incomplete, once the cluster's id is known. */
  writeMetaProperties(clusterId: string): void {
    this.#directories.writeMetaProperties(clusterId)
  }

  /** Opens all logs that are there, and begins with what is done from time to time. Throws `StorageError`. */
  async start(): Promise<void> {
    const progress: LoadProgress = { remaining: 0, recoveredBytes: 0 }
    this.#env.metrics.observe(
      'kafka_log_logmanager_remaininglogstorecover',
      'Logs that are still to be opened at the start.',
      () => progress.remaining,
    )
    await Promise.all(this.#directories.online.map((directory) => this.#load(directory, progress)))
    this.#directories.ensureOne()
    this.#moves.resume()
    this.checkpoint()
    this.#maintenance.start(this.#tasks)
  }

  async #load(directory: LogDirectory, progress: LoadProgress): Promise<void> {
    const onRecovered = (bytes: number): void => {
      progress.recoveredBytes += bytes
    }
    try {
      await loadDirectory(
        this.#env,
        directory,
        async (entry, state) => {
          const options = this.#logOptions(directory, entry, state)
          const log = await PartitionLog.open(this.#context, options, onRecovered)
          if (entry.isFuture) this.#moves.add(log)
          else this.#add(log)
        },
        (path) => this.#removeLater([path], 0, directory.path),
        progress,
        this.#options.recoveriesAtOnceMax,
      )
    } catch (error) {
      if (!(error instanceof DiskError)) throw error
      this.#directories.fail(directory.path, error)
    }
  }

  #logOptions({ path: directory }: LogDirectory, entry: LogEntry, state: LogState): PartitionLogOptions {
    const { topic, partition, path, isFuture } = entry
    const config = this.#options.configOf(topic)
    return {
      topic,
      partition,
      folder: { directory, path },
      config: isFuture ? { ...config, ...futureConfig } : config,
      // What is copied is cold, and no reader comes for it.
      ...(isFuture ? { tailCacheBudget: noTailCache } : {}),
      random: this.#env.random,
      ...state,
    }
  }

  #add(log: PartitionLog): void {
    const name = partitionDirectoryName(log.topic, log.partition)
    const existing = this.#logs.get(name)
    if (existing !== undefined && !mayBeOfOneTopic(existing, log)) {
      const message = `${log.path} and ${existing.path} are logs of one partition, but of different topics: remove the older one`
      throw new StorageError('CORRUPT_FILE', message)
    }
    this.#logs.set(name, existing === undefined ? log : this.#moves.choose(existing, log))
  }

  get(topic: string, partition: number): PartitionLog | undefined {
    return this.#logs.get(partitionDirectoryName(topic, partition))
  }

  /** All logs, those of failed directories too. */
  all(): IterableIterator<PartitionLog> {
    return this.#logs.values()
  }

  /** The log of a partition, made where there is none. Throws `KafkaError` KAFKA_STORAGE_ERROR. */
  getOrCreate(topic: string, partition: number, options: GetOrCreateOptions = {}): PartitionLog {
    const { topicId, directory: wanted, isNew = true } = options
    const existing = this.get(topic, partition)
    if (existing !== undefined) {
      if (topicId !== undefined && existing.topicId === undefined) existing.assignTopicId(topicId)
      return existing
    }
    const name = partitionDirectoryName(topic, partition)
    // It may be in there.
    const [offline] = this.offlineDirectories
    if (!isNew && offline !== undefined)
      throw storageError(`the log of ${name} is not there, and ${offline} is offline`)
    const directory = this.#chooseDirectory(wanted ?? this.#takePreferredDirectory(name))
    const entry = { path: `${directory.path}/${name}`, topic, partition, isFuture: false }
    const log = this.#make(directory, entry)
    this.#logs.set(name, log)
    if (topicId !== undefined) log.assignTopicId(topicId)
    return log
  }

  /** Throws `KafkaError` KAFKA_STORAGE_ERROR. */
  #make(directory: LogDirectory, entry: LogEntry): PartitionLog {
    const name = partitionDirectoryName(entry.topic, entry.partition)
    // Else a crash might give the new log the offsets of the one that had its name before.
    if (this.#deletedNames.has(name)) this.checkpoint()
    try {
      this.#env.disk.makeDirectorySync(entry.path)
      return PartitionLog.create(this.#context, this.#logOptions(directory, entry, newLogState))
    } catch (error) {
      if (!(error instanceof DiskError)) throw error
      this.#directories.fail(directory.path, error)
      throw storageError(`the log of ${name} cannot be made: ${error.message}`)
    }
  }

  #makeFuture({ topic, partition, topicId }: PartitionLog, path: string): PartitionLog {
    const directory = this.#chooseDirectory(path)
    const name = futureDirectoryName(topic, partition, this.#unique())
    const log = this.#make(directory, { path: `${path}/${name}`, topic, partition, isFuture: true })
    if (topicId !== undefined) log.assignTopicId(topicId)
    return log
  }

  /**
   * Has the log of a partition move to another log directory, while it is used; asking for the one that it is in ends a move. Of a log
   * that is not there yet it says where that will be made. Throws `KafkaError` LOG_DIR_NOT_FOUND, KAFKA_STORAGE_ERROR, and INVALID_TOPIC_EXCEPTION where the name is too
   * long for a directory of a copy.
   */
  move(topic: string, partition: number, directory: string): void {
    if (!canHaveFuture(topic, partition)) throw new KafkaError('INVALID_TOPIC_EXCEPTION', 'The topic name is too long.')
    const target = this.#directories.find(directory)
    if (target === undefined)
      throw new KafkaError('LOG_DIR_NOT_FOUND', `Log dir ${directory} is not found in the config.`)
    if (!target.isOnline) throw storageError(`Log directory ${directory} is offline`)
    const log = this.get(topic, partition)
    if (log === undefined) this.#preferDirectory(partitionDirectoryName(topic, partition), directory)
    else if (log.isOffline) throw storageError(`Partition ${topic}-${partition} is offline`)
    else this.#moves.move(log, directory)
  }

  /** Copies that are on their way to become the log of their partition, in another directory. */
  futures(): IterableIterator<PartitionLog> {
    return this.#moves.futures()
  }

  /** Calls `listener` with a log that has taken the place of the one before it: it has the same records, in another directory. Returns what stops that. */
  onReplaced(listener: (log: PartitionLog) => void): () => void {
    this.#replacedListeners.add(listener)
    return () => this.#replacedListeners.delete(listener)
  }

  #replace(log: PartitionLog): void {
    this.#logs.set(partitionDirectoryName(log.topic, log.partition), log)
    for (const listener of this.#replacedListeners) listener(log)
  }

  #preferDirectory(name: string, directory: string): void {
    if (this.#preferredDirectories.size < preferredDirectoriesMax) this.#preferredDirectories.set(name, directory)
  }

  /** One that has failed meanwhile is no longer asked for. */
  #takePreferredDirectory(name: string): string | undefined {
    const path = this.#preferredDirectories.get(name)
    this.#preferredDirectories.delete(name)
    return path !== undefined && this.#directories.find(path)?.isOnline === true ? path : undefined
  }

  #chooseDirectory(wanted: string | undefined): LogDirectory {
    const candidates = this.#directories.online.filter(({ path }) => wanted === undefined || path === wanted)
    const [first, ...others] = candidates
    if (first === undefined) throw storageError(`no log directory ${wanted ?? ''} is online`)
    if (others.length === 0) return first
    const counts = new Map<string, number>()
    for (const { directory } of this.#allOnDisk()) counts.set(directory, (counts.get(directory) ?? 0) + 1)
    const countOf = ({ path }: LogDirectory): number => counts.get(path) ?? 0
    return others.reduce((fewest, directory) => (countOf(directory) < countOf(fewest) ? directory : fewest), first)
  }

  /** Takes a log away: its directory is renamed now and removed after `file.delete.delay.ms`. False when there is none. */
  delete(topic: string, partition: number): boolean {
    const name = partitionDirectoryName(topic, partition)
    const log = this.#logs.get(name)
    if (log === undefined) return false
    this.#logs.delete(name)
    this.#moves.delete(name)
    this.#discard(log)
    return true
  }

  /** Its directory is renamed now and removed later. */
  #discard(log: PartitionLog): void {
    const { topic, partition } = log
    this.#forgetDeletedSoon(partitionDirectoryName(topic, partition))
    const wasOffline = log.isOffline
    log.markOffline(new Error('the log was removed'))
    const directory = this.#directories.find(log.directory)
    if (wasOffline || directory === undefined) return
    const target = `${log.directory}/${deleteDirectoryName(topic, partition, this.#unique())}`
    this.#directories.guard(directory, () => {
      this.#env.disk.renameSync(log.path, target)
      this.#removeLater([target], log.config.fileDeleteDelayMs, log.directory)
    })
  }

  #unique(): string {
    return this.#env.random.bytes(16).toString('hex')
  }

  /** So that a log of the same name, which may come soon, need not wait for the checkpoint that it asks for. */
  #forgetDeletedSoon(name: string): void {
    this.#deletedNames.add(name)
    if (this.#deletedNames.size === 1) {
      this.#tasks.after(deletionCheckpointDelayMs, () => void this.#checkpointInBackground('all'))
    }
  }

  /** Stores recovery points, log start offsets and high watermarks of all logs. */
  checkpoint(): void {
    this.#directories.forEach((directory) => directory.checkpoint(this.#logsIn(directory)))
    this.#deletedNames.clear()
  }

  async #checkpointInBackground(scope: 'all' | 'highWatermarks'): Promise<void> {
    const deletedBefore = [...this.#deletedNames]
    const stored = await Promise.all(
      this.#directories.online.map((directory) =>
        directory.checkpointInBackground(this.#logsIn(directory), scope).catch((error: unknown) => {
          // Too few handles is no failure of the disk: the checkpoint before is as true, and the next one may find some.
          if (error instanceof DiskError && error.code === 'TOO_MANY_OPEN_FILES') {
            this.#env.log.warn('a checkpoint waits for the next time', { directory: directory.path, error })
            this.#context.files.giveBack()
          } else this.#directories.fail(directory.path, error as Error)
          return false
        }),
      ),
    )
    if (scope === 'highWatermarks' || stored.includes(false)) return
    for (const name of deletedBefore) this.#deletedNames.delete(name)
  }

  async #storeCheckpoint(path: string): Promise<void> {
    const directory = this.#directories.find(path)
    for (let isStored = false; !isStored && directory?.isOnline === true;) {
      await directory.settled()
      isStored = await directory.checkpointInBackground(this.#logsIn(directory), 'all')
    }
  }

  #checkpointAt(path: string): void {
    const directory = this.#directories.find(path)
    if (directory === undefined) return
    this.#directories.guard(directory, () => directory.checkpoint(this.#logsIn(directory)))
  }

  /** Stores the high watermarks of all logs (`replication-offset-checkpoint`). */
  checkpointHighWatermarks(): void {
    this.#directories.forEach((directory) => directory.checkpointHighWatermarks(this.#logsIn(directory)))
  }

  #logsIn(directory: LogDirectory): PartitionLog[] {
    return [...this.#allOnDisk()].filter((log) => log.directory === directory.path && !log.isOffline)
  }

  *#allOnDisk(): IterableIterator<PartitionLog> {
    yield* this.#logs.values()
    yield* this.#moves.beside()
  }

  /** Applies retention to all logs; returns how many segments went. */
  deleteOldSegments(): number {
    return this.#maintenance.deleteOldSegments()
  }

  #removeLater(paths: readonly string[], delayMs: number, directory: string): void {
    if (paths.length === 0) return
    this.#tasks.after(delayMs, () => this.#background.add(() => this.#remove(paths, directory)))
  }

  /** A large file takes hundreds of milliseconds to go. */
  async #remove(paths: readonly string[], directory: string): Promise<void> {
    try {
      for (const path of paths) await this.#env.disk.removeTree(path)
    } catch (error) {
      this.#directories.fail(directory, error as Error)
    }
  }

  /**
   * Syncs and closes all logs and marks their directories as closed in good order, then releases them. What fails on the way is
   * logged, and its directory gets no mark.
   */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#tasks.stop()
    await this.#moves.stop()
    await this.#background.settled()
    const logs = this.#allOnDisk()
    await Promise.all(Array.from({ length: closedAtOnceMax }, () => this.#closeLogs(logs)))
    await Promise.all(this.#directories.all.map((directory) => directory.settled()))
    this.#directories.forEach((directory) => {
      directory.checkpoint(this.#logsIn(directory))
      directory.writeCleanShutdownMark()
    })
    this.#directories.unlock()
  }

  /** One of several that take their logs from the same iterator, so that not all files are open at once. */
  async #closeLogs(logs: Iterator<PartitionLog> & Iterable<PartitionLog>): Promise<void> {
    for (const log of logs) {
      try {
        await log.close()
      } catch (error) {
        this.#env.log.error('a log could not be closed in good order and will be recovered', { log: log.path, error })
        this.#directories.fail(log.directory, error as Error)
      }
    }
  }

  #onDirectoryFailure({ path }: LogDirectory, error: Error): void {
    for (const log of this.#logs.values()) if (log.directory === path) log.markOffline(error)
    this.#moves.onDirectoryFailure(path, error)
    this.#options.onDirectoryFailure?.(path, error)
  }
}

function storageError(message: string): KafkaError {
  return new KafkaError('KAFKA_STORAGE_ERROR', message)
}
