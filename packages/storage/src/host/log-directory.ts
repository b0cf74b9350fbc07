import { DiskError } from '@odradek/base'
import type { Disk, Env } from '@odradek/base'
import { dirname } from 'node:path'
import { decodeMetaProperties, encodeMetaProperties } from '../checkpoint/meta-properties.ts'
import type { MetaProperties } from '../checkpoint/meta-properties.ts'
import { decodeOffsetCheckpoint, encodeOffsetCheckpoint } from '../checkpoint/offset-checkpoint.ts'
import {
  cleanShutdownName,
  highWatermarkCheckpointName,
  lockName,
  logStartOffsetCheckpointName,
  metaPropertiesName,
  partitionDirectoryName,
  recoveryPointCheckpointName,
} from '../file-names.ts'
import { StorageError } from '../storage-error.ts'
import { replaceFile } from './replace-file.ts'

/** Offsets of a checkpoint by directory name, `<topic>-<partition>`. */
export type OffsetsByLog = ReadonlyMap<string, number>

const checkpointNames = {
  recoveryPoint: recoveryPointCheckpointName,
  logStartOffset: logStartOffsetCheckpointName,
  highWatermark: highWatermarkCheckpointName,
} as const

type CheckpointKind = keyof typeof checkpointNames

/** What the checkpoints keep of a log. */
interface CheckpointedLog {
  readonly topic: string
  readonly partition: number
  readonly recoveryPoint: number
  readonly logStartOffset: number
  /** Its files do not say as much, or may not after a power failure. */
  readonly mustKeepLogStartOffset: boolean
  readonly highWatermark: number
}

/** One directory of `log.dirs`: its lock, its identity and the files that it keeps for all logs in it. */
export class LogDirectory {
  readonly path: string
  readonly #env: Env
  #lock: { release(): void } | undefined
  readonly #written = new Map<CheckpointKind, Buffer>()
  /** Grows with each storing, so that one in the background notices that it is out of date. */
  #generation = 0
  #background: Promise<boolean> | undefined
  /** Set once the disk under it has failed. */
  failure: Error | undefined

  constructor(env: Env, path: string) {
    this.#env = env
    this.path = path
  }

  get isOnline(): boolean {
    return this.failure === undefined
  }

  /** Makes the directory and takes its lock. Throws `StorageError` DIRECTORY_LOCKED, or `DiskError`. */
  lock(): void {
    makeDirectory(this.#env.disk, this.path)
    try {
      this.#lock = this.#env.disk.lockSync(`${this.path}/${lockName}`)
    } catch (error) {
      if (!(error instanceof DiskError) || error.code !== 'LOCKED') throw error
      throw new StorageError(
        'DIRECTORY_LOCKED',
        `another process uses the log directory ${this.path}: stop it, or give this broker other log.dirs`,
        { cause: error },
      )
    }
  }

  unlock(): void {
    this.#lock?.release()
    this.#lock = undefined
  }

  readMetaProperties(): MetaProperties | undefined {
    const path = `${this.path}/${metaPropertiesName}`
    if (this.#env.disk.statusSync(path) === undefined) return undefined
    return decodeMetaProperties(this.#env.disk.readFileSync(path))
  }

  writeMetaProperties(properties: MetaProperties): void {
    this.#env.disk.writeFileAtomicSync(`${this.path}/${metaPropertiesName}`, encodeMetaProperties(properties))
  }

  /** Whether the last process closed its logs; the mark is taken away, so that a crash from now on is noticed. */
  takeCleanShutdownMark(): boolean {
    const path = `${this.path}/${cleanShutdownName}`
    if (this.#env.disk.statusSync(path) === undefined) return false
    this.#env.disk.removeFileSync(path)
    this.#env.disk.syncDirectorySync(this.path)
    return true
  }

  writeCleanShutdownMark(): void {
    this.#env.disk.writeFileAtomicSync(
      `${this.path}/${cleanShutdownName}`,
      Buffer.from('{"version":0,"brokerEpoch":-1}'),
    )
  }

  /** Empty when the file is missing or damaged: the logs then say themselves what they can. */
  readCheckpoint(kind: CheckpointKind): OffsetsByLog {
    const path = `${this.path}/${checkpointNames[kind]}`
    if (this.#env.disk.statusSync(path) === undefined) return new Map()
    const content = this.#env.disk.readFileSync(path)
    try {
      const entries = decodeOffsetCheckpoint(content, path)
      this.#written.set(kind, content)
      return new Map(entries.map(({ topic, partition, offset }) => [partitionDirectoryName(topic, partition), offset]))
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      this.#env.log.warn('a checkpoint is damaged and is taken as empty', { path, error })
      return new Map()
    }
  }

  /** Stores recovery points, log start offsets and high watermarks. */
  checkpoint(logs: readonly CheckpointedLog[]): void {
    this.#write(checkpointContents(logs))
  }

  checkpointHighWatermarks(logs: readonly CheckpointedLog[]): void {
    this.#write([highWatermarksOf(logs)])
  }

  /** Replaces the checkpoints, unless they say that already. */
  #write(checkpoints: readonly Checkpoint[]): void {
    this.#generation++
    for (const { kind, content } of checkpoints) {
      if (this.#says(kind, content)) continue
      this.#env.disk.writeFileAtomicSync(`${this.path}/${checkpointNames[kind]}`, content)
      this.#written.set(kind, content)
    }
  }

  /**
   * As `checkpoint`, or only its high watermarks, but nobody is held up by the syncs, which take long while much is being written. False when it
   * stored nothing: another one is under way, or `checkpoint` was called meanwhile and knows better. Throws `DiskError`.
   */
  async checkpointInBackground(logs: readonly CheckpointedLog[], scope: 'all' | 'highWatermarks'): Promise<boolean> {
    if (this.#background !== undefined) return false
    this.#background = this.#writeInBackground(scope === 'all' ? checkpointContents(logs) : [highWatermarksOf(logs)])
    try {
      return await this.#background
    } finally {
      this.#background = undefined
    }
  }

  /** Resolves when no checkpoint is being stored in the background. */
  async settled(): Promise<void> {
    await this.#background?.catch(() => false)
  }

  async #writeInBackground(checkpoints: readonly Checkpoint[]): Promise<boolean> {
    const { disk } = this.#env
    const generation = ++this.#generation
    for (const { kind, content } of checkpoints) {
      if (this.#says(kind, content)) continue
      const path = `${this.path}/${checkpointNames[kind]}`
      // Until its name is synced, a power failure leaves the checkpoint before it, which is as true.
      if (!(await replaceFile(disk, path, content, () => generation === this.#generation))) return false
      this.#written.set(kind, content)
    }
    return true
  }

  #says(kind: CheckpointKind, content: Buffer): boolean {
    return this.#written.get(kind)?.equals(content) === true
  }
}

interface Checkpoint {
  readonly kind: CheckpointKind
  readonly content: Buffer
}

function checkpointContents(logs: readonly CheckpointedLog[]): Checkpoint[] {
  const moved = logs.filter((log) => log.mustKeepLogStartOffset)
  return [
    contentOf('recoveryPoint', logs, (log) => log.recoveryPoint),
    contentOf('logStartOffset', moved, (log) => log.logStartOffset),
    highWatermarksOf(logs),
  ]
}

function highWatermarksOf(logs: readonly CheckpointedLog[]): Checkpoint {
  return contentOf('highWatermark', logs, (log) => log.highWatermark)
}

function contentOf(
  kind: CheckpointKind,
  logs: readonly CheckpointedLog[],
  offsetOf: (log: CheckpointedLog) => number,
): Checkpoint {
  const entries = logs.map((log) => ({ topic: log.topic, partition: log.partition, offset: offsetOf(log) }))
  return { kind, content: encodeOffsetCheckpoint(entries) }
}

/** With those above it, so that they survive a power failure. */
function makeDirectory(disk: Disk, path: string): void {
  if (disk.statusSync(path) !== undefined) return
  const parent = dirname(path)
  if (parent !== path) makeDirectory(disk, parent)
  disk.makeDirectorySync(path)
  disk.syncDirectorySync(parent)
}
