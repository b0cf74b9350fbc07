import type { Disk, Env } from '@odradek/base'
import { OdradekError } from '@odradek/base'
import { decodeMetaProperties } from '../checkpoint/meta-properties.ts'
import { decodeOffsetCheckpoint } from '../checkpoint/offset-checkpoint.ts'
import {
  cleanShutdownName,
  highWatermarkCheckpointName,
  logStartOffsetCheckpointName,
  metaPropertiesName,
  parseFutureDirectoryName,
  parsePartitionDirectoryName,
  partitionDirectoryName,
  recoveryPointCheckpointName,
} from '../file-names.ts'
import { inspectLog } from './inspect-log.ts'
import type { InspectedLog } from './inspect-log.ts'

/** What was found in one log directory, without changing anything in it. */
export interface InspectedDirectory {
  readonly brokerId: number | undefined
  readonly clusterId: string | undefined
  /** Whether whoever had it last stopped in good order; otherwise the next start recovers. */
  readonly hadCleanShutdown: boolean
  readonly logs: readonly InspectedLog[]
  /** What a broker would stumble over. */
  readonly problems: readonly string[]
  /** What a broker puts right by itself, and what is only odd. */
  readonly oddities: readonly string[]
}

const checkpointNames = [recoveryPointCheckpointName, logStartOffsetCheckpointName, highWatermarkCheckpointName]

/** Looks through a log directory that no broker has open, or reads it beside one. `scan` reads every batch and checks its CRC. */
export async function inspectLogDirectory(
  env: Env,
  path: string,
  options: { readonly scan: boolean; readonly onProgress?: (doneLogs: number, logs: number) => void },
): Promise<InspectedDirectory> {
  const { disk } = env
  const problems: string[] = []
  const oddities: string[] = []
  const names = disk.listSync(path).filter((name) => disk.statusSync(`${path}/${name}`)?.kind === 'directory')
  const logs: InspectedLog[] = []
  for (const [index, name] of names.entries()) {
    if (parseFutureDirectoryName(name) !== undefined) {
      oddities.push(`${name} is a copy on its way here from another log directory; a start goes on with it`)
    } else if (parsePartitionDirectoryName(name) === undefined) {
      if (!name.endsWith('-delete')) oddities.push(`${name} is a directory that is no log`)
      continue
    }
    logs.push(inspectLog(disk, `${path}/${name}`, name, options.scan))
    options.onProgress?.(index + 1, names.length)
    // Others have their turn.
    await new Promise<void>((resolve) => env.timers.endOfTurn(resolve))
  }
  for (const log of logs) problems.push(...log.problems.map((problem) => `${log.name}: ${problem}`))
  for (const log of logs) oddities.push(...log.oddities.map((oddity) => `${log.name}: ${oddity}`))
  inspectCheckpoints(disk, path, logs, problems, oddities)
  const meta = read(disk, `${path}/${metaPropertiesName}`)
  if (meta === undefined && logs.length > 0) problems.push(`${metaPropertiesName} is missing: whose logs are these?`)
  const { brokerId, clusterId } = meta === undefined ? {} : decodeMetaProperties(meta)
  return {
    brokerId,
    clusterId,
    hadCleanShutdown: disk.statusSync(`${path}/${cleanShutdownName}`) !== undefined,
    logs,
    problems,
    oddities,
  }
}

function read(disk: Disk, path: string): Buffer | undefined {
  return disk.statusSync(path) === undefined ? undefined : disk.readFileSync(path)
}

/** Every checkpoint can be read, names logs that are there, and lies within them. */
function inspectCheckpoints(
  disk: Disk,
  path: string,
  logs: readonly InspectedLog[],
  problems: string[],
  oddities: string[],
): void {
  const byName = new Map(logs.map((log) => [logNameOf(log.name), log]))
  for (const checkpoint of checkpointNames) {
    const content = read(disk, `${path}/${checkpoint}`)
    if (content === undefined) continue
    try {
      for (const { topic, partition, offset } of decodeOffsetCheckpoint(content, `${path}/${checkpoint}`)) {
        const name = partitionDirectoryName(topic, partition)
        const log = byName.get(name)
        if (log === undefined) oddities.push(`${checkpoint} names ${name}, which is not there`)
        else if (log.endOffset !== undefined && offset > log.endOffset) {
          problems.push(
            `${name}: ${checkpoint} says ${offset}, but the log ends at ${log.endOffset}: records are missing`,
          )
        }
      }
    } catch (error) {
      if (!(error instanceof OdradekError)) throw error
      problems.push(`${error.message}; a broker goes on without it`)
    }
  }
}

/** The checkpoints name a copy as the log that it is to become. */
function logNameOf(directoryName: string): string {
  const future = parseFutureDirectoryName(directoryName)
  return future === undefined ? directoryName : partitionDirectoryName(future.topic, future.partition)
}
