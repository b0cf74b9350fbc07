import { ByteWriter } from '@odradek/base'
import type { Disk, DiskFile, Timers } from '@odradek/base'
import { fileHeader } from '@odradek/zookeeper-protocol'
import { adler32 } from '../../core/checksum.ts'
import type { Proposal } from '../../core/pipeline/proposal.ts'
import type { DataDirectory } from './data-directory.ts'
import { endOfEntry, entryHeadSizeBytes, fileHeaderSizeBytes, fileVersion, logMagic } from './file-format.ts'

/** So near to the end of what is reserved, more is reserved. */
const reserveMarginBytes = 4096

/** Smaller entries are put together for one write: an element of a vectored write costs more than to copy so much. */
const copiedSizeBytesMax = 16 * 1024

/** What an entry has around its bytes. */
const entryOverheadBytes = entryHeadSizeBytes + 1

export interface TransactionLogOptions {
  /** The file grows in steps of this size, so that a sync need not write the file's length. */
  readonly preAllocSizeBytes: number
  /** False: nothing waits for the disk, and a power failure may lose what was answered. */
  readonly forceSync?: boolean
  /** All that was given to `append` up to here is on disk. Called in order. */
  readonly onDurable: (proposals: readonly Proposal[]) => void
  /** A write or sync failed: nothing that was appended since may be answered, and nothing more can be. */
  readonly onFailure: (error: unknown) => void
  /** How long each sync took, in ms, and how many transactions it covered. */
  readonly onSync?: (durationMs: number, count: number) => void
  readonly nowMs: () => number
  /** A planted fault (`ZooKeeperFaults`): `onDurable` is called before it is true. */
  readonly answerBeforeSync?: boolean
}

/**
 * Makes proposals durable in their order. What is appended while a sync runs is written and synced together as soon as it is done:
 * under load one sync covers many transactions, and a lone one does not wait.
 */
export class TransactionLog {
  readonly #disk: Disk
  readonly #timers: Timers
  readonly #directory: DataDirectory
  readonly #options: TransactionLogOptions
  #file: DiskFile | undefined
  #positionBytes = 0
  #reservedBytes = 0
  #pending: Proposal[] = []
  #isFlushing = false
  #hasFailed = false
  #rollRequested = false
  #whenIdle: (() => void)[] = []

  constructor(disk: Disk, timers: Timers, directory: DataDirectory, options: TransactionLogOptions) {
    this.#disk = disk
    this.#timers = timers
    this.#directory = directory
    this.#options = options
  }

  append(proposal: Proposal): void {
    this.#pending.push(proposal)
    if (this.#isFlushing || this.#hasFailed) return
    this.#isFlushing = true
    this.#timers.endOfTurn(() => void this.#flush())
  }

  /** The next transaction opens a new file. */
  roll(): void {
    this.#rollRequested = true
  }

  async #flush(): Promise<void> {
    try {
      while (this.#pending.length > 0) {
        const batch = this.#pending
        this.#pending = []
        const startMs = this.#options.nowMs()
        const file = this.#write(batch)
        if (this.#options.answerBeforeSync === true) this.#options.onDurable(batch)
        if (this.#options.forceSync !== false) await file.sync()
        this.#options.onSync?.(this.#options.nowMs() - startMs, batch.length)
        if (this.#options.answerBeforeSync !== true) this.#options.onDurable(batch)
      }
    } catch (error) {
      this.#hasFailed = true
      this.#options.onFailure(error)
    }
    this.#isFlushing = false
    for (const resolve of this.#whenIdle.splice(0)) resolve()
  }

  #write(batch: readonly Proposal[]): DiskFile {
    const chunks = encodeEntries(batch)
    const sizeBytes = chunks.reduce((total, chunk) => total + chunk.length, 0)
    if (this.#rollRequested) this.#closeFile()
    const file = this.#file ?? this.#openFile((batch[0] as Proposal).entry.header.zxid)
    this.#reserve(file, sizeBytes)
    file.writeSync(chunks, this.#positionBytes)
    this.#positionBytes += sizeBytes
    return file
  }

  #openFile(zxid: bigint): DiskFile {
    const file = this.#disk.openSync(this.#directory.logPath(zxid), 'truncate')
    file.writeSync([fileHeader.toBuffer({ magic: logMagic, version: fileVersion, dbid: 0n })], 0)
    this.#disk.syncDirectorySync(this.#directory.logDirectory)
    this.#file = file
    this.#positionBytes = fileHeaderSizeBytes
    this.#reservedBytes = 0
    return file
  }

  #reserve(file: DiskFile, sizeBytes: number): void {
    const step = this.#options.preAllocSizeBytes
    const neededBytes = this.#positionBytes + sizeBytes + reserveMarginBytes
    if (step <= 0 || neededBytes < this.#reservedBytes) return
    this.#reservedBytes = Math.ceil(neededBytes / step) * step
    file.extendSync(this.#reservedBytes)
  }

  /** What was reserved and not used is given back: nothing reads behind the last entry. */
  #closeFile(): void {
    this.#rollRequested = false
    if (this.#file === undefined) return
    if (this.#reservedBytes > 0) this.#file.truncateSync(this.#positionBytes)
    this.#file.closeSync()
    this.#file = undefined
  }

  /** Resolves when all that was appended is durable and the file is closed. */
  async close(): Promise<void> {
    if (this.#isFlushing) await new Promise<void>((resolve) => this.#whenIdle.push(resolve))
    if (!this.#hasFailed) this.#closeFile()
  }
}

function encodeEntries(batch: readonly Proposal[]): Buffer[] {
  const capacityBytes = batch.reduce((total, { bytes }) => total + entryOverheadBytes + copiedSizeOf(bytes.length), 0)
  const writer = new ByteWriter(capacityBytes, copiedSizeBytesMax)
  for (const { bytes } of batch) {
    writer.int32(0)
    writer.uint32(adler32(bytes))
    writer.int32(bytes.length)
    writer.bytes(bytes)
    writer.int8(endOfEntry)
  }
  return writer.finish()
}

function copiedSizeOf(sizeBytes: number): number {
  return sizeBytes < copiedSizeBytesMax ? sizeBytes : 0
}
