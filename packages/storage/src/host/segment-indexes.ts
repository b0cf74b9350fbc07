import { DiskError } from '@odradek/base'
import type { Disk, DiskFile } from '@odradek/base'
import { OffsetIndex } from '../core/offset-index.ts'
import { TimeIndex, timeIndexEntryBytes } from '../core/time-index.ts'
import type { TimestampOffset } from '../core/time-index.ts'
import { indexSuffix, offsetFileName, timeIndexSuffix } from '../file-names.ts'
import type { LogFolder } from './log-folder.ts'

/**
 * The two sparse indexes of one segment and their files. Entries are kept in memory and written when the segment rolls, is
 * flushed or closed: after anything else they are rebuilt from the log, so an append costs no write for them. Those of an old segment
 * are loaded when they are asked for and can be released.
 */
export class SegmentIndexes {
  readonly #disk: Disk
  readonly #folder: LogFolder
  readonly #baseOffset: number
  readonly #modulus: number | undefined
  #offsets: OffsetIndex | undefined
  #times: TimeIndex | undefined
  /** Entries that the files hold; undefined when the files may hold anything. */
  #offsetsWritten: number | undefined
  #timesWritten: number | undefined
  /** The files changed since they were last synced. */
  #needsSync = false
  wasUsed = false

  constructor(disk: Disk, folder: LogFolder, baseOffset: number, positionModulus?: number) {
    this.#disk = disk
    this.#folder = folder
    this.#baseOffset = baseOffset
    this.#modulus = positionModulus
  }

  get offsetsPath(): string {
    return `${this.#folder.path}/${offsetFileName(this.#baseOffset, indexSuffix)}`
  }

  get timesPath(): string {
    return `${this.#folder.path}/${offsetFileName(this.#baseOffset, timeIndexSuffix)}`
  }

  get offsets(): OffsetIndex {
    this.wasUsed = true
    if (this.#offsets === undefined) this.load()
    return this.#offsets as OffsetIndex
  }

  get times(): TimeIndex {
    this.wasUsed = true
    if (this.#times === undefined) this.load()
    return this.#times as TimeIndex
  }

  /** The last entry of the time index; that of an old segment is read without loading the rest. */
  lastTime(): TimestampOffset {
    if (this.#times !== undefined) return this.#times.last
    const tail = new TimeIndex(this.#baseOffset)
    const content = readTail(this.#disk, this.timesPath, timeIndexEntryBytes)
    return content !== undefined && tail.load(content) && tail.count === 1 ? tail.last : this.times.last
  }

  /** False when a file is missing or is no index of this segment: what is in memory is then empty, and must be rebuilt. */
  load(): boolean {
    this.reset()
    const offsets = this.#offsets as OffsetIndex
    const times = this.#times as TimeIndex
    const offsetsContent = readIfThere(this.#disk, this.offsetsPath)
    const timesContent = readIfThere(this.#disk, this.timesPath)
    if (offsetsContent === undefined || timesContent === undefined) return false
    const isValid = offsets.load(offsetsContent) && times.load(timesContent)
    if (isValid) {
      this.#offsetsWritten = offsets.count
      this.#timesWritten = times.count
    } else {
      this.reset()
    }
    return isValid
  }

  /** Empties the indexes, to be filled anew. */
  reset(): void {
    this.#offsets = new OffsetIndex(this.#baseOffset, this.#modulus)
    this.#times = new TimeIndex(this.#baseOffset)
    this.#offsetsWritten = undefined
    this.#timesWritten = undefined
  }

  truncateTo(offset: number): void {
    this.offsets.truncateTo(offset)
    this.times.truncateTo(offset)
    // Entries that are there again later must not be taken for those that the files hold.
    this.#offsetsWritten = undefined
    this.#timesWritten = undefined
  }

  /** Brings the files up to date: exactly as long as their entries, as Kafka trims them. Existing, even when empty. */
  write(): void {
    const offsets = this.#offsets
    const times = this.#times
    if (offsets !== undefined && this.#offsetsWritten !== offsets.count) {
      this.#writeFile(this.offsetsPath, offsets.bytesFrom(this.#offsetsWritten ?? 0), offsets.sizeBytes)
      this.#offsetsWritten = offsets.count
    }
    if (times !== undefined && this.#timesWritten !== times.count) {
      this.#writeFile(this.timesPath, times.bytesFrom(this.#timesWritten ?? 0), times.sizeBytes)
      this.#timesWritten = times.count
    }
  }

  /** The files changed since they were last synced. */
  get needSync(): boolean {
    return this.#needsSync
  }

  /** Writes, and makes what was written survive a power failure. */
  async sync(): Promise<void> {
    for (const file of this.#filesToSync()) {
      try {
        await file.sync()
      } finally {
        file.closeSync()
      }
    }
  }

  *#filesToSync(): Generator<DiskFile> {
    this.write()
    if (!this.#needsSync) return
    this.#needsSync = false
    for (const path of [this.offsetsPath, this.timesPath]) {
      // Retention may have taken the segment away meanwhile.
      if (this.#disk.statusSync(path) !== undefined) yield this.#disk.openSync(path, 'write')
    }
  }

  /** Forgets what can be loaded again. */
  release(): void {
    this.write()
    this.#offsets = undefined
    this.#times = undefined
  }

  #writeFile(path: string, added: Buffer, sizeBytes: number): void {
    this.#needsSync = true
    const file = this.#disk.openSync(path, 'write')
    try {
      if (added.length > 0) file.writeSync([added], sizeBytes - added.length)
      if (file.sizeBytes() > sizeBytes) file.truncateSync(sizeBytes)
    } finally {
      file.closeSync()
    }
  }
}

function readIfThere(disk: Disk, path: string): Buffer | undefined {
  try {
    return disk.readFileSync(path)
  } catch (error) {
    if (error instanceof DiskError && error.code === 'NOT_FOUND') return undefined
    throw error
  }
}

/** The last `length` bytes of a file of a whole number of such pieces. */
function readTail(disk: Disk, path: string, length: number): Buffer | undefined {
  const sizeBytes = disk.statusSync(path)?.sizeBytes ?? 0
  if (sizeBytes === 0 || sizeBytes % length !== 0) return undefined
  const file = disk.openSync(path, 'read')
  try {
    const content = Buffer.alloc(length)
    return file.readSync(content, 0, length, sizeBytes - length) === length ? content : undefined
  } finally {
    file.closeSync()
  }
}
