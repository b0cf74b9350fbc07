import { DiskError } from '@odradek/base'
import type { Disk, DiskFile, FileStatus, OpenMode } from '@odradek/base'
import type { SeededRandom } from '../seeded-random.ts'
import type { SimulatedProcess } from '../simulated-process.ts'
import type { DirectoryNode, FileNode, FileSystem } from './file-system.ts'
import { newDirectory, newFile } from './file-system.ts'
import { SimulatedDiskFile } from './simulated-disk-file.ts'

/** A disk without a limit shows this much free space. */
const freeBytesMax = 2 ** 40

/** The machine's file system as one process sees it. */
export class ProcessDisk implements Disk {
  readonly process: SimulatedProcess
  readonly fileSystem: FileSystem
  readonly random: SeededRandom

  constructor(process: SimulatedProcess, fileSystem: FileSystem) {
    this.process = process
    this.fileSystem = fileSystem
    this.random = process.machine.random.fork('disk')
  }

  openSync(path: string, mode: OpenMode): DiskFile {
    if (mode !== 'read') this.beforeChange()
    const place = this.fileSystem.place(path, 'cannot open')
    let { node } = place
    if (node?.kind === 'directory') throw new DiskError('IS_A_DIRECTORY', `cannot open ${path}: it is a directory`)
    if (node === undefined) {
      if (mode === 'read') throw notFound('cannot open', path)
      node = newFile(this.wallMs())
      this.fileSystem.link(place, node)
    } else if (mode === 'create') {
      throw new DiskError('EXISTS', `cannot create ${path}: it exists already`)
    }
    if (mode === 'truncate') node.content.resize(0)
    return new SimulatedDiskFile(this, path, node, mode === 'read')
  }

  readFileSync(path: string): Buffer {
    const file = this.openSync(path, 'read')
    const content = Buffer.alloc(file.sizeBytes())
    file.readSync(content, 0, content.length, 0)
    file.closeSync()
    return content
  }

  writeFileAtomicSync(path: string, content: Uint8Array): void {
    const temporary = `${path}.tmp`
    const file = this.openSync(temporary, 'truncate')
    try {
      file.writeSync([content], 0)
      file.syncSync()
    } finally {
      file.closeSync()
    }
    this.renameSync(temporary, path)
    this.syncDirectorySync(directoryOf(path))
  }

  statusSync(path: string): FileStatus | undefined {
    const node = this.fileSystem.find(path)
    if (node === undefined) return undefined
    if (node.kind === 'directory') return { kind: 'directory', sizeBytes: 0, modifiedMs: 0 }
    return { kind: 'file', sizeBytes: node.content.sizeBytes, modifiedMs: node.modifiedMs }
  }

  listSync(path: string): string[] {
    return [...this.#directory(path, 'cannot list').entries.keys()].sort()
  }

  makeDirectorySync(path: string): void {
    const node = this.fileSystem.find(path)
    if (node?.kind === 'directory') return
    if (node?.kind === 'file') throw new DiskError('EXISTS', `cannot make the directory ${path}: it is a file`)
    const above = path.replace(/\/+$/, '').replace(/[^/]*$/, '')
    if (above !== '') this.makeDirectorySync(above)
    this.beforeChange()
    this.fileSystem.link(this.fileSystem.place(path, 'cannot make the directory'), newDirectory())
  }

  renameSync(from: string, to: string): void {
    this.beforeChange()
    const source = this.fileSystem.place(from, 'cannot rename')
    const target = this.fileSystem.place(to, 'cannot rename to')
    if (source.node === undefined) throw notFound('cannot rename', from)
    if (target.node === source.node) return
    if (source.node.kind === 'file' && target.node?.kind === 'directory') {
      throw new DiskError('IS_A_DIRECTORY', `cannot rename ${from} to ${to}: it is a directory`)
    }
    if (source.node.kind === 'directory' && target.node?.kind === 'file') {
      throw new DiskError('NOT_A_DIRECTORY', `cannot rename ${from} to ${to}: it is a file`)
    }
    if (target.node?.kind === 'directory' && target.node.entries.size > 0) {
      throw new DiskError('NOT_EMPTY', `cannot rename ${from} to ${to}: the directory is not empty`)
    }
    this.fileSystem.rename(source, target)
  }

  removeFileSync(path: string): void {
    this.beforeChange()
    const place = this.fileSystem.place(path, 'cannot remove')
    if (place.node === undefined) throw notFound('cannot remove', path)
    if (place.node.kind === 'directory')
      throw new DiskError('IS_A_DIRECTORY', `cannot remove ${path}: it is a directory`)
    this.fileSystem.link(place, undefined)
  }

  removeTreeSync(path: string): void {
    const node = this.fileSystem.find(path)
    if (node === undefined) return
    if (node.kind === 'directory') for (const name of this.listSync(path)) this.removeTreeSync(`${path}/${name}`)
    this.beforeChange()
    this.fileSystem.link(this.fileSystem.place(path, 'cannot remove'), undefined)
  }

  removeTree(path: string): Promise<void> {
    return this.later(this.transferMs(), `removing ${path}`, () => this.removeTreeSync(path))
  }

  syncDirectorySync(path: string): void {
    this.process.block(this.syncMs())
    this.#syncDirectoryNow(path)
  }

  syncDirectory(path: string): Promise<void> {
    return this.later(this.syncMs(), `syncing ${path}`, () => this.#syncDirectoryNow(path))
  }

  #syncDirectoryNow(path: string): void {
    this.beforeChange()
    this.fileSystem.syncDirectory(this.#directory(path, 'cannot sync the directory'))
  }

  lockSync(path: string): { release(): void } {
    const { locks } = this.fileSystem
    this.openSync(path, 'write').closeSync()
    const node = this.fileSystem.find(path) as FileNode
    if (locks.get(node)?.isAlive === true) {
      throw new DiskError('LOCKED', `cannot lock ${path}: another process, or this one, holds it`)
    }
    locks.set(node, this.process)
    let isHeld = true
    return {
      release: () => {
        if (isHeld) locks.delete(node)
        isHeld = false
      },
    }
  }

  freeBytesSync(): number {
    const { capacityBytes } = this.process.machine.disk
    return Number.isFinite(capacityBytes) ? Math.max(0, capacityBytes - this.fileSystem.usedBytes()) : freeBytesMax
  }

  totalBytesSync(): number {
    const { capacityBytes } = this.process.machine.disk
    return Number.isFinite(capacityBytes) ? capacityBytes : freeBytesMax + this.fileSystem.usedBytes()
  }

  wallMs(): number {
    return this.process.machine.clock.wallMs()
  }

  /** How long a sync takes. */
  syncMs(): number {
    const { syncMsMin, syncMsMean, slowdown } = this.process.machine.disk
    return slowdown * (syncMsMin - syncMsMean * Math.log(1 - this.random.float()))
  }

  /** How long an asynchronous transfer takes. */
  transferMs(): number {
    const { transferMsMean, slowdown } = this.process.machine.disk
    return -slowdown * transferMsMean * Math.log(1 - this.random.float())
  }

  /** Called before everything that changes the disk: the machine may have been told to crash here, after `half` of it. */
  beforeChange(half?: () => void): void {
    const { crash } = this.process.machine.disk
    if (crash === undefined || !this.process.isAlive || crash.afterOperations-- > 0) return
    half?.()
    crash.crash()
  }

  /** Does the work in a turn of its own, after the time that the disk takes. */
  later<T>(delayMs: number, what: string, work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.process.schedule(delayMs, what, () => {
        try {
          resolve(work())
        } catch (error) {
          reject(error as Error)
        }
      })
    })
  }

  #directory(path: string, action: string): DirectoryNode {
    const node = this.fileSystem.find(path)
    if (node === undefined) throw notFound(action, path)
    if (node.kind === 'file') throw new DiskError('NOT_A_DIRECTORY', `${action} ${path}: it is a file`)
    return node
  }
}

function directoryOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/') + 1) : '.'
}

function notFound(action: string, path: string): DiskError {
  return new DiskError('NOT_FOUND', `${action} ${path}: there is no such file or directory`)
}
