import { DiskError } from '@odradek/base'
import type { DiskFile } from '@odradek/base'
import type { FileNode } from './file-system.ts'
import type { ProcessDisk } from './process-disk.ts'

/** An open file of the simulated disk. */
export class SimulatedDiskFile implements DiskFile {
  readonly path: string
  readonly #disk: ProcessDisk
  readonly #node: FileNode
  readonly #isReadOnly: boolean
  #isOpen = true
  /** When the last sync that is under way ends: one at a time, as the kernel does it. */
  #syncEndMs = 0

  constructor(disk: ProcessDisk, path: string, node: FileNode, isReadOnly: boolean) {
    this.path = path
    this.#disk = disk
    this.#node = node
    this.#isReadOnly = isReadOnly
  }

  sizeBytes(): number {
    this.#check('cannot read the size of')
    return this.#node.content.sizeBytes
  }

  readSync(target: Uint8Array, offset: number, length: number, position: number): number {
    this.#check('cannot read')
    return this.#node.content.read(target, offset, length, position)
  }

  read(target: Uint8Array, offset: number, length: number, position: number): Promise<number> {
    return this.#disk.later(this.#disk.transferMs(), `read of ${this.path}`, () =>
      this.readSync(target, offset, length, position),
    )
  }

  writeSync(chunks: readonly Uint8Array[], position: number): void {
    this.#checkWritable('cannot write')
    const bytes = Buffer.concat(chunks)
    const { disk } = this.#disk.process.machine
    this.#disk.beforeChange(() => this.#put(bytes.subarray(0, this.#disk.random.integer(bytes.length + 1)), position))
    if (disk.writesToFail > 0) {
      disk.writesToFail--
      this.#put(bytes.subarray(0, this.#disk.random.integer(bytes.length + 1)), position)
      throw new DiskError('IO', `cannot write ${this.path}: input/output error`)
    }
    const count = this.#fitting(position, bytes.length)
    this.#put(count === bytes.length ? bytes : bytes.subarray(0, count), position)
    if (count < bytes.length) throw new DiskError('NO_SPACE', `cannot write ${this.path}: no space left`)
  }

  write(chunks: readonly Uint8Array[], position: number): Promise<void> {
    return this.#disk.later(this.#disk.transferMs(), `write of ${this.path}`, () => this.writeSync(chunks, position))
  }

  truncateSync(sizeBytes: number): void {
    this.#checkWritable('cannot truncate')
    this.#disk.beforeChange()
    this.#node.content.resize(sizeBytes)
    this.#node.modifiedMs = this.#disk.wallMs()
  }

  extendSync(sizeBytes: number): void {
    this.#checkWritable('cannot extend')
    this.#disk.beforeChange()
    if (sizeBytes > this.#node.content.sizeBytes) this.#node.content.resize(sizeBytes)
  }

  sync(): Promise<void> {
    this.#check('cannot sync')
    this.#disk.beforeChange()
    const { content } = this.#node
    const snapshot = content.beginSync()
    const { now } = this.#disk.process.simulation
    this.#syncEndMs = Math.max(this.#syncEndMs, now + this.#disk.syncMs())
    return this.#disk.later(this.#syncEndMs - now, `sync of ${this.path}`, () => {
      if (this.#takeSyncFailure()) {
        content.failSync(snapshot)
        throw new DiskError('IO', `cannot sync ${this.path}: input/output error`)
      }
      content.finishSync(snapshot)
    })
  }

  syncSync(): void {
    this.#check('cannot sync')
    this.#disk.beforeChange()
    this.#disk.process.block(this.#disk.syncMs())
    const { content } = this.#node
    const snapshot = content.beginSync()
    if (this.#takeSyncFailure()) {
      content.failSync(snapshot)
      throw new DiskError('IO', `cannot sync ${this.path}: input/output error`)
    }
    content.finishSync(snapshot)
  }

  closeSync(): void {
    this.#isOpen = false
  }

  #put(bytes: Uint8Array, position: number): void {
    this.#node.content.write(bytes, position)
    this.#node.modifiedMs = this.#disk.wallMs()
  }

  #fitting(position: number, length: number): number {
    const { capacityBytes } = this.#disk.process.machine.disk
    if (!Number.isFinite(capacityBytes)) return length
    return this.#node.content.fitting(position, length, this.#disk.freeBytesSync())
  }

  #takeSyncFailure(): boolean {
    const { disk } = this.#disk.process.machine
    if (disk.syncsToFail === 0) return false
    disk.syncsToFail--
    return true
  }

  #check(action: string): void {
    if (!this.#isOpen) throw new DiskError('CLOSED', `${action} ${this.path}: the file is closed`)
  }

  #checkWritable(action: string): void {
    this.#check(action)
    if (this.#isReadOnly) throw new DiskError('CLOSED', `${action} ${this.path}: it was opened for reading only`)
  }
}
