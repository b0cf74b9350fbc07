import { assert, DiskError } from '@odradek/base'
import type { Disk, DiskFile } from '@odradek/base'
import { openFilesLimit } from '../open-files-limit.ts'
import type { LogFolder } from './log-folder.ts'

/** A file that is opened when it is used and may be closed in between, so that ten thousand logs do not need as many handles. */
export class LazyFile {
  readonly #files: OpenFiles
  readonly #folder: LogFolder
  readonly #name: string
  #file: DiskFile | undefined
  /** Syncs that are under way: the handle must stay open. */
  #pins = 0
  #isGone = false
  /** Used since the last sweep. */
  wasUsed = false

  constructor(files: OpenFiles, folder: LogFolder, name: string) {
    this.#files = files
    this.#folder = folder
    this.#name = name
  }

  get path(): string {
    return `${this.#folder.path}/${this.#name}`
  }

  /** The open file; created when it does not exist. Use it in this turn only. */
  get(): DiskFile {
    assert(!this.#isGone, `${this.path} was given up`)
    this.wasUsed = true
    this.#file ??= this.#files.open(this)
    return this.#file
  }

  get isPinned(): boolean {
    return this.#pins > 0
  }

  /** Syncs what was written; nothing happens when the file was given up. */
  async sync(): Promise<void> {
    if (this.#isGone) return
    await this.use((file) => file.sync())
  }

  /** Work with the open file that takes more than this turn. */
  async use<Result>(work: (file: DiskFile) => Promise<Result>): Promise<Result> {
    const file = this.get()
    this.#pins++
    try {
      return await work(file)
    } finally {
      this.#pins--
      if (this.#isGone) this.close()
    }
  }

  close(): void {
    const file = this.#file
    if (file === undefined || this.#pins > 0) return
    this.#file = undefined
    this.#files.closed(this)
    file.closeSync()
  }

  /** Closes for good: the file is about to be renamed or removed. */
  giveUp(): void {
    this.#isGone = true
    this.close()
  }
}

const openMaxDefault = 4000

/**
 * All open files of a log manager: beyond `openMax`, those that were not used since the last sweep are closed. Without it they take at most half of what
 * the process may have: connections, indexes and checkpoints need the rest.
 */
export class OpenFiles {
  readonly disk: Disk
  readonly #openMax: number
  readonly #open = new Set<LazyFile>()

  constructor(disk: Disk, openMax?: number) {
    this.disk = disk
    this.#openMax = openMax ?? Math.min(openMaxDefault, Math.floor((openFilesLimit(disk) ?? Infinity) / 2))
  }

  get openCount(): number {
    return this.#open.size
  }

  open(file: LazyFile): DiskFile {
    if (this.#open.size >= this.#openMax) this.#sweep()
    const opened = this.#openFile(file.path)
    this.#open.add(file)
    return opened
  }

  /** When the system has no more handles, those that are not needed at this moment are given back first. */
  #openFile(path: string): DiskFile {
    try {
      return this.disk.openSync(path, 'write')
    } catch (error) {
      if (!(error instanceof DiskError) || error.code !== 'TOO_MANY_OPEN_FILES') throw error
      this.giveBack()
      return this.disk.openSync(path, 'write')
    }
  }

  /** Closes what is not needed at this moment. */
  giveBack(): void {
    for (const file of this.#open) file.close()
  }

  closed(file: LazyFile): void {
    this.#open.delete(file)
  }

  #sweep(): void {
    // Two rounds at most: the first may only find that all were used, and takes that mark from them.
    for (let round = 0; round < 2 && this.#open.size >= this.#openMax; round++) {
      for (const file of this.#open) {
        if (file.isPinned) continue
        if (file.wasUsed) file.wasUsed = false
        else file.close()
      }
    }
  }
}
