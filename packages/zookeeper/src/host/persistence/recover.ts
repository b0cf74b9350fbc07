import { DecodeError } from '@odradek/base'
import type { Disk, Logger } from '@odradek/base'
import { ServerState } from '../../core/server-state.ts'
import { decodeLogEntry } from '../../core/transaction.ts'
import type { LogEntry } from '../../core/transaction.ts'
import { digestVersion } from '../../core/tree/digest.ts'
import type { DataDirectory } from './data-directory.ts'
import type { ZxidFile } from './file-format.ts'
import { LogFileReader } from './log-file-reader.ts'
import { PersistenceError } from './persistence-error.ts'
import { readSnapshot } from './snapshot-reader.ts'
import type { SnapshotDigest } from './snapshot-reader.ts'

export interface Recovered {
  readonly state: ServerState
  /** Transactions that the log brought beyond the snapshot. */
  readonly transactionCount: number
  /** Undefined: there was no snapshot. */
  readonly snapshotZxid: bigint | undefined
  readonly digestMismatchCount: number
  /** How long each took. */
  readonly snapshotLoadMs: number
  readonly logReplayMs: number
}

/**
 * The state that the files hold: the newest snapshot that is whole, and the log from there on. A last log that ends in the middle of an entry, as a
 * crash leaves it, is cut there, which loses nothing that was synced. Throws `PersistenceError` when what is missing cannot be only that.
 */
export function recover(
  disk: Disk,
  directory: DataDirectory,
  options: {
    tickMs: number
    digestEnabled: boolean
    nowMs: number
    log: Logger
    skipCrc?: boolean
    clockMs?: () => number
  },
): Recovered {
  const { log, clockMs = () => options.nowMs } = options
  const startMs = clockMs()
  const loaded = loadNewestSnapshot(disk, directory, options)
  const loadedMs = clockMs()
  const { state } = loaded
  const logs = logsFrom(directory.logs(), state.tree.lastProcessedZxid)
  if (loaded.file === undefined) requireWholeLog(logs, loaded.hadBadSnapshots)
  const replay = new Replay(state, loaded.digest, options)
  for (const [index, file] of logs.entries()) {
    const isLast = index === logs.length - 1
    const end = replayFile(disk, file, replay, options.skipCrc)
    if (!end.isTorn) {
      if (isLast) syncTail(disk, file)
    } else if (isLast) {
      cutTail(disk, file, end.endBytes)
      log.warn('cut the torn tail of a transaction log', { file: file.path, sizeBytes: end.endBytes })
    } else if (logs[index + 1]?.zxid !== state.tree.lastProcessedZxid + 1n) {
      throw new PersistenceError(
        'CORRUPT',
        `${file.path} is damaged at byte ${end.endBytes} and later logs do not continue from there; restore it from a backup`,
      )
    }
  }
  if (replay.digestMismatchCount > 0) {
    log.error('the tree is not what its digests in the log say', { transactions: replay.digestMismatchCount })
  }
  return {
    state,
    transactionCount: replay.transactionCount,
    snapshotZxid: loaded.file?.zxid,
    digestMismatchCount: replay.digestMismatchCount,
    snapshotLoadMs: loadedMs - startMs,
    logReplayMs: clockMs() - loadedMs,
  }
}

function loadNewestSnapshot(
  disk: Disk,
  directory: DataDirectory,
  options: { tickMs: number; digestEnabled: boolean; nowMs: number; log: Logger },
): { state: ServerState; file: ZxidFile | undefined; digest: SnapshotDigest | undefined; hadBadSnapshots: boolean } {
  let hadBadSnapshots = false
  for (const file of directory.snapshots()) {
    const state = new ServerState(options)
    try {
      return { state, file, digest: readSnapshot(disk, file, state, options.nowMs).digest, hadBadSnapshots }
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      hadBadSnapshots = true
      options.log.warn('skipped a snapshot that is not whole', { file: file.path, error })
    }
  }
  return { state: new ServerState(options), file: undefined, digest: undefined, hadBadSnapshots }
}

/** The log that began at or before `zxid + 1` last, and those after it. */
function logsFrom(logs: readonly ZxidFile[], zxid: bigint): readonly ZxidFile[] {
  const first = logs.findLastIndex((file) => file.zxid <= zxid + 1n)
  return logs.slice(Math.max(0, first))
}

function requireWholeLog(logs: readonly ZxidFile[], hadBadSnapshots: boolean): void {
  const first = logs[0]
  if (first === undefined ? hadBadSnapshots : first.zxid !== 1n) {
    throw new PersistenceError(
      'INCOMPLETE',
      'there is no whole snapshot, and the logs do not begin with the first transaction; restore a snapshot, or empty the data directory to start anew',
    )
  }
}

function replayFile(
  disk: Disk,
  file: ZxidFile,
  replay: Replay,
  skipCrc: boolean | undefined,
): { isTorn: boolean; endBytes: number } {
  const reader = new LogFileReader(disk, file.path, skipCrc)
  try {
    for (let bytes = reader.next(); bytes !== undefined; bytes = reader.next()) {
      replay.apply(decode(bytes, file))
    }
    return { isTorn: reader.isTorn, endBytes: reader.endBytes }
  } finally {
    reader.close()
  }
}

function decode(bytes: Buffer, file: ZxidFile): LogEntry {
  try {
    return decodeLogEntry(bytes)
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    throw new PersistenceError('CORRUPT', `${file.path} holds an entry that cannot be read: ${error.message}`, {
      cause: error,
    })
  }
}

/** A process that was killed may have left entries that only the page cache has; what is now built on them must not outlive them. */
function syncTail(disk: Disk, file: ZxidFile): void {
  const open = disk.openSync(file.path, 'write')
  open.syncSync()
  open.closeSync()
}

function cutTail(disk: Disk, file: ZxidFile, endBytes: number): void {
  if (endBytes === 0) {
    disk.removeFileSync(file.path)
    return
  }
  const open = disk.openSync(file.path, 'write')
  open.truncateSync(endBytes)
  open.syncSync()
  open.closeSync()
}

/** Applies what the log brings and compares digests, from where the snapshot is no longer fuzzy. */
class Replay {
  readonly #state: ServerState
  readonly #options: { digestEnabled: boolean; nowMs: number }
  #snapshotDigest: SnapshotDigest | undefined
  transactionCount = 0
  digestMismatchCount = 0

  constructor(
    state: ServerState,
    digest: SnapshotDigest | undefined,
    options: { digestEnabled: boolean; nowMs: number },
  ) {
    this.#state = state
    this.#options = options
    this.#snapshotDigest = digest
    this.#compareSnapshotDigest()
  }

  apply(entry: LogEntry): void {
    const { tree } = this.#state
    if (entry.header.zxid <= tree.lastProcessedZxid) return
    this.#state.apply(entry, this.#options.nowMs)
    this.transactionCount++
    if (this.#snapshotDigest !== undefined) this.#compareSnapshotDigest()
    else if (entry.digest !== undefined) this.#compare(entry.digest.version, entry.digest.treeDigest)
  }

  #compareSnapshotDigest(): void {
    const digest = this.#snapshotDigest
    if (digest === undefined || this.#state.tree.lastProcessedZxid < digest.zxid) return
    this.#snapshotDigest = undefined
    if (this.#state.tree.lastProcessedZxid === digest.zxid) this.#compare(digest.version, digest.digest)
  }

  #compare(version: number, expected: bigint): void {
    if (!this.#options.digestEnabled || version !== digestVersion) return
    if (this.#state.tree.digest !== expected) this.digestMismatchCount++
  }
}
