import { DiskError } from '@odradek/base'
import type { Env, Timer } from '@odradek/base'
import { decodePartitionMetadata } from '../checkpoint/partition-metadata.ts'
import {
  isDeleteDirectoryName,
  parseFutureDirectoryName,
  parsePartitionDirectoryName,
  partitionDirectoryName,
  partitionMetadataName,
} from '../file-names.ts'
import type { LogDirectory } from './log-directory.ts'
import type { PartitionLogOptions } from './log-state.ts'

/** Loading yields to the event loop, and tells how far it is, at these intervals. */
const yieldIntervalMs = 20
const progressIntervalMs = 2000

/** What is known of a log from around its directory. */
export type LogState = Pick<
  PartitionLogOptions,
  'topicId' | 'hadCleanShutdown' | 'recoveryPoint' | 'logStartOffset' | 'highWatermark'
>

/** A directory of a log directory that holds a log. */
export interface LogEntry {
  readonly path: string
  readonly topic: string
  readonly partition: number
  /** It holds a copy that is to become the log. */
  readonly isFuture: boolean
}

/** How far the loading of all directories is. */
export interface LoadProgress {
  /** Logs that are still to be opened. */
  remaining: number
  /** What had to be validated. */
  recoveredBytes: number
}

/**
 * Opens the logs in one log directory, `atOnceMax` at a time: while one waits for the disk another is walked. `open` is given each;
 * `removeLater` what was left of logs that were deleted. Throws `DiskError`.
 */
export async function loadDirectory(
  env: Env,
  directory: LogDirectory,
  open: (entry: LogEntry, state: LogState) => Promise<void>,
  removeLater: (path: string) => void,
  progress: LoadProgress,
  atOnceMax: number,
): Promise<void> {
  const { clock, timers, log, disk } = env
  const hadCleanShutdown = directory.takeCleanShutdownMark()
  const recoveryPoints = directory.readCheckpoint('recoveryPoint')
  const logStartOffsets = directory.readCheckpoint('logStartOffset')
  const highWatermarks = directory.readCheckpoint('highWatermark')
  const names = disk
    .listSync(directory.path)
    .filter((name) => disk.statusSync(`${directory.path}/${name}`)?.kind === 'directory')
  progress.remaining += names.length
  const startMs = clock.monotonicMs()
  let turnMs = startMs
  let logs = 0
  const openOne = async (name: string): Promise<void> => {
    const path = `${directory.path}/${name}`
    const future = parseFutureDirectoryName(name)
    const entry = future ?? parsePartitionDirectoryName(name)
    if (isDeleteDirectoryName(name)) removeLater(path)
    else if (entry === undefined) log.warn('a directory that is no log is left alone', { path })
    else {
      const logName = partitionDirectoryName(entry.topic, entry.partition)
      const state = {
        topicId: readTopicId(env, path),
        hadCleanShutdown,
        recoveryPoint: recoveryPoints.get(logName) ?? 0,
        logStartOffset: logStartOffsets.get(logName) ?? 0,
        highWatermark: highWatermarks.get(logName) ?? 0,
      }
      await open({ ...entry, path, isFuture: future !== undefined }, state)
      logs++
    }
  }
  /** One of several that take their names from the same iterator. */
  const openSome = async (left: Iterable<string>): Promise<void> => {
    for (const name of left) {
      await openOne(name)
      progress.remaining--
      if (clock.monotonicMs() - turnMs < yieldIntervalMs) continue
      await new Promise<void>((resolve) => {
        timers.endOfTurn(resolve)
      })
      turnMs = clock.monotonicMs()
    }
  }
  const show = (): Timer =>
    timers.after(progressIntervalMs, () => {
      const { recoveredBytes } = progress
      log.info('loading logs', { directory: directory.path, logs, of: names.length, recoveredBytes })
      timer = show()
    })
  let timer = show()
  try {
    const left = names.values()
    await Promise.all(Array.from({ length: atOnceMax }, () => openSome(left)))
  } finally {
    timer.cancel()
  }
  const durationMs = Math.round(clock.monotonicMs() - startMs)
  const { recoveredBytes } = progress
  log.info('loaded logs', { directory: directory.path, logs, hadCleanShutdown, recoveredBytes, durationMs })
}

function readTopicId({ disk }: Env, path: string): string | undefined {
  const metadataPath = `${path}/${partitionMetadataName}`
  try {
    return decodePartitionMetadata(disk.readFileSync(metadataPath), metadataPath)
  } catch (error) {
    if (error instanceof DiskError && error.code === 'NOT_FOUND') return undefined
    throw error
  }
}
