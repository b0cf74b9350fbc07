import type { Disk, DiskFile, FileStatus, OpenMode } from '@odradek/base'
import * as fs from 'node:fs'
import { dirname } from 'node:path'
import { takeLock } from './lock-file.ts'
import { mapDiskError, withDiskErrors, withDiskErrorsLater } from './map-disk-error.ts'
import { NodeDiskFile } from './node-disk-file.ts'

const { O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_TRUNC } = fs.constants

const openFlags: Readonly<Record<OpenMode, number>> = {
  read: O_RDONLY,
  write: O_RDWR | O_CREAT,
  truncate: O_RDWR | O_CREAT | O_TRUNC,
  create: O_RDWR | O_CREAT | O_EXCL,
}

/** The file system by node:fs. */
export class NodeDisk implements Disk {
  openSync(path: string, mode: OpenMode): DiskFile {
    return new NodeDiskFile(
      path,
      withDiskErrors('cannot open', path, () => fs.openSync(path, openFlags[mode], 0o644)),
    )
  }

  readFileSync(path: string): Buffer {
    return withDiskErrors('cannot read', path, () => fs.readFileSync(path))
  }

  writeFileAtomicSync(path: string, content: Uint8Array): void {
    withDiskErrors('cannot write', path, () => {
      const temporary = `${path}.tmp`
      const file = this.openSync(temporary, 'truncate')
      try {
        file.writeSync([content], 0)
        file.syncSync()
      } finally {
        file.closeSync()
      }
      fs.renameSync(temporary, path)
    })
    this.syncDirectorySync(dirname(path))
  }

  statusSync(path: string): FileStatus | undefined {
    try {
      const status = fs.statSync(path, { throwIfNoEntry: false })
      if (status === undefined) return undefined
      const kind = status.isFile() ? 'file' : status.isDirectory() ? 'directory' : 'other'
      return { kind, sizeBytes: status.size, modifiedMs: Math.floor(status.mtimeMs) }
    } catch (error) {
      const mapped = mapDiskError(error, 'cannot look at', path)
      // Below a file there is nothing.
      if (mapped.code === 'NOT_A_DIRECTORY') return undefined
      throw mapped
    }
  }

  listSync(path: string): string[] {
    return withDiskErrors('cannot list', path, () => fs.readdirSync(path)).sort()
  }

  makeDirectorySync(path: string): void {
    withDiskErrors('cannot make the directory', path, () => fs.mkdirSync(path, { recursive: true }))
  }

  renameSync(from: string, to: string): void {
    withDiskErrors('cannot rename', `${from} to ${to}`, () => fs.renameSync(from, to))
  }

  removeFileSync(path: string): void {
    withDiskErrors('cannot remove', path, () => fs.unlinkSync(path))
  }

  removeTreeSync(path: string): void {
    withDiskErrors('cannot remove', path, () => fs.rmSync(path, { recursive: true, force: true }))
  }

  removeTree(path: string): Promise<void> {
    return withDiskErrorsLater('cannot remove', path, fs.promises.rm(path, { recursive: true, force: true }))
  }

  syncDirectorySync(path: string): void {
    withDiskErrors('cannot sync the directory', path, () => {
      const descriptor = fs.openSync(path, O_RDONLY)
      try {
        fs.fsyncSync(descriptor)
      } finally {
        fs.closeSync(descriptor)
      }
    })
  }

  syncDirectory(path: string): Promise<void> {
    const sync = async (): Promise<void> => {
      const directory = await fs.promises.open(path, O_RDONLY)
      try {
        await directory.sync()
      } finally {
        await directory.close()
      }
    }
    return withDiskErrorsLater('cannot sync the directory', path, sync())
  }

  lockSync(path: string): { release(): void } {
    return withDiskErrors('cannot lock', path, () => takeLock(path))
  }

  freeBytesSync(path: string): number {
    return withDiskErrors('cannot look at the free space of', path, () => {
      const { bavail, bsize } = fs.statfsSync(path)
      return bavail * bsize
    })
  }

  totalBytesSync(path: string): number {
    return withDiskErrors('cannot look at the size of', path, () => {
      const { blocks, bsize } = fs.statfsSync(path)
      return blocks * bsize
    })
  }
}
