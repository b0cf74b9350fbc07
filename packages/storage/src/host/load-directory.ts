import { DiskError } from '@odradek/base'
import type { Env } from '@odradek/base'
import { decodePartitionMetadata } from '../checkpoint/partition-metadata.ts'
import { isDeleteDirectoryName, parsePartitionDirectoryName, partitionMetadataName } from '../file-names.ts'
import type { LogDirectory } from './log-directory.ts'
import type { PartitionLogOptions } from './partition-log.ts'

/** Loading yields to the event loop, and tells how far it is, at these intervals. */
const yieldIntervalMs = 20
const progressIntervalMs = 2000

/** What is known of a log from around its directory. */
export type LogState = Pick<
  PartitionLogOptions,
  'topicId' | 'hadCleanShutdown' | 'recoveryPoint' | 'logStartOffset' | 'highWatermark'
>

interface Entry {
  readonly topic: string
  readonly partition: number
}

/**
 * Opens the logs in one log directory. `open` is given each and returns how many bytes it had to validate; `removeLater` is given
 * what was left of logs that were deleted. Throws `DiskError`.
 */
export async function loadDirectory(
  env: Env,
  directory: LogDirectory,
  open: (entry: Entry, state: LogState) => number,
  removeLater: (path: string) => void,
): Promise<void> {
  const { clock, timers, log, disk } = env
  const hadCleanShutdown = directory.takeCleanShutdownMark()
  const recoveryPoints = directory.readCheckpoint('recoveryPoint')
  const logStartOffsets = directory.readCheckpoint('logStartOffset')
  const highWatermarks = directory.readCheckpoint('highWatermark')
  const names = disk
    .listSync(directory.path)
    .filter((name) => disk.statusSync(`${directory.path}/${name}`)?.kind === 'directory')
  const startMs = clock.monotonicMs()
  let turnMs = startMs
  let shownMs = startMs
  let logs = 0
  let recoveredBytes = 0
  for (const name of names) {
    const path = `${directory.path}/${name}`
    const entry = parsePartitionDirectoryName(name)
    if (isDeleteDirectoryName(name)) removeLater(path)
    else if (entry === undefined) log.warn('a directory that is no log is left alone', { path })
    else {
      recoveredBytes += open(entry, {
        topicId: readTopicId(env, path),
        hadCleanShutdown,
        recoveryPoint: recoveryPoints.get(name) ?? 0,
        logStartOffset: logStartOffsets.get(name) ?? 0,
        highWatermark: highWatermarks.get(name) ?? 0,
      })
      logs++
    }
    const nowMs = clock.monotonicMs()
    if (nowMs - shownMs >= progressIntervalMs) {
      log.info('loading logs', { directory: directory.path, logs, of: names.length, recoveredBytes })
      shownMs = nowMs
    }
    if (nowMs - turnMs < yieldIntervalMs) continue
    await new Promise<void>((resolve) => {
      timers.endOfTurn(resolve)
    })
    turnMs = clock.monotonicMs()
  }
  const durationMs = Math.round(clock.monotonicMs() - startMs)
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
