import { assert, DiskError } from '@odradek/base'
import type { DiskFile } from '@odradek/base'
import * as fs from 'node:fs'
import { mapDiskError, withDiskErrors } from './map-disk-error.ts'

/** The most buffers that one vectored write takes (IOV_MAX on Linux and macOS). */
const vectorLengthMax = 1024

/** An open file descriptor. */
export class NodeDiskFile implements DiskFile {
  readonly path: string
  #descriptor: number

  constructor(path: string, descriptor: number) {
    this.path = path
    this.#descriptor = descriptor
  }

  sizeBytes(): number {
    return withDiskErrors('cannot read the size of', this.path, () => fs.fstatSync(this.#open()).size)
  }

  readSync(target: Uint8Array, offset: number, length: number, position: number): number {
    const descriptor = this.#open()
    let done = 0
    try {
      while (done < length) {
        const count = fs.readSync(descriptor, target, offset + done, length - done, position + done)
        if (count === 0) break
        done += count
      }
    } catch (error) {
      throw mapDiskError(error, 'cannot read', this.path)
    }
    return done
  }

  async read(target: Uint8Array, offset: number, length: number, position: number): Promise<number> {
    let done = 0
    while (done < length) {
      const count = await this.#readOnce(target, offset + done, length - done, position + done)
      if (count === 0) break
      done += count
    }
    return done
  }

  #readOnce(target: Uint8Array, offset: number, length: number, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.read(this.#open(), target, offset, length, position, (error, count) => {
        if (error === null) resolve(count)
        else reject(mapDiskError(error, 'cannot read', this.path))
      })
    })
  }

  writeSync(chunks: readonly Uint8Array[], position: number): void {
    const descriptor = this.#open()
    try {
      if (chunks.length === 1) writeOne(descriptor, chunks[0] as Uint8Array, position)
      else writeMany(descriptor, chunks, position)
    } catch (error) {
      throw mapDiskError(error, 'cannot write', this.path)
    }
  }

  async write(chunks: readonly Uint8Array[], position: number): Promise<void> {
    let rest = chunks
    let at = position
    while (rest.length > 0) {
      const count = await this.#writeOnce(rest.slice(0, vectorLengthMax), at)
      rest = withoutPrefix(rest, count)
      at += count
    }
  }

  #writeOnce(chunks: Uint8Array[], position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.writev(this.#open(), chunks, position, (error, count) => {
        if (error === null) resolve(count)
        else reject(mapDiskError(error, 'cannot write', this.path))
      })
    })
  }

  truncateSync(sizeBytes: number): void {
    withDiskErrors('cannot truncate', this.path, () => fs.ftruncateSync(this.#open(), sizeBytes))
  }

  extendSync(sizeBytes: number): void {
    withDiskErrors('cannot extend', this.path, () => {
      if (fs.fstatSync(this.#open()).size < sizeBytes) fs.ftruncateSync(this.#open(), sizeBytes)
    })
  }

  sync(): Promise<void> {
    return new Promise((resolve, reject) => {
      fs.fdatasync(this.#open(), (error) => {
        if (error === null) resolve()
        else reject(mapDiskError(error, 'cannot sync', this.path))
      })
    })
  }

  syncSync(): void {
    withDiskErrors('cannot sync', this.path, () => fs.fdatasyncSync(this.#open()))
  }

  closeSync(): void {
    const descriptor = this.#descriptor
    if (descriptor < 0) return
    this.#descriptor = -1
    withDiskErrors('cannot close', this.path, () => fs.closeSync(descriptor))
  }

  /** The descriptor; its number may belong to another file once this one is closed. */
  #open(): number {
    if (this.#descriptor < 0) throw new DiskError('CLOSED', `cannot use ${this.path}: the file is closed`)
    return this.#descriptor
  }
}

function writeOne(descriptor: number, chunk: Uint8Array, position: number): void {
  let done = 0
  while (done < chunk.length) {
    done += fs.writeSync(descriptor, chunk, done, chunk.length - done, position + done)
  }
}

function writeMany(descriptor: number, chunks: readonly Uint8Array[], position: number): void {
  let rest = chunks
  let at = position
  while (rest.length > 0) {
    const count = fs.writevSync(descriptor, rest.length > vectorLengthMax ? rest.slice(0, vectorLengthMax) : rest, at)
    rest = withoutPrefix(rest, count)
    at += count
  }
}

/** What is left of `chunks` after `count` bytes of them were written; empty chunks in front go too. */
function withoutPrefix(chunks: readonly Uint8Array[], count: number): readonly Uint8Array[] {
  let left = count
  let index = 0
  while (index < chunks.length && left >= (chunks[index] as Uint8Array).length) {
    left -= (chunks[index] as Uint8Array).length
    index++
  }
  assert(left === 0 || index < chunks.length, 'no more can be written than was given')
  if (left === 0) return chunks.slice(index)
  return [(chunks[index] as Uint8Array).subarray(left), ...chunks.slice(index + 1)]
}
