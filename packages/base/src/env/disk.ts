export interface FileStatus {
  readonly kind: 'file' | 'directory' | 'other'
  readonly sizeBytes: number
  readonly modifiedMs: number
}

/**
 * How `open` treats what is there: `read` needs the file; `write` creates it or keeps its content; `truncate` creates it or empties it;
 * `create` refuses one that exists. All but `read` allow reading too.
 */
export type OpenMode = 'read' | 'write' | 'truncate' | 'create'

/** An open file. Every method throws, or rejects with, `DiskError`. */
export interface DiskFile {
  readonly path: string
  sizeBytes(): number
  /** Reads up to `length` bytes at `position` into `target` from `offset`; the count is smaller only at the end of the file. */
  readSync(target: Uint8Array, offset: number, length: number, position: number): number
  read(target: Uint8Array, offset: number, length: number, position: number): Promise<number>
  /** Writes all chunks, one after the other, from `position` on. When it throws, any prefix of them may have been written. */
  writeSync(chunks: readonly Uint8Array[], position: number): void
  write(chunks: readonly Uint8Array[], position: number): Promise<void>
  truncateSync(sizeBytes: number): void
  /** Reserves or extends to `sizeBytes` of zeros without changing what is there. */
  extendSync(sizeBytes: number): void
  /** Resolves when all that was written before the call would survive a power failure (fdatasync). */
  sync(): Promise<void>
  syncSync(): void
  closeSync(): void
}

/**
 * The file system of one machine. What changes it may wait for the file system's journal, hundreds of milliseconds while much is being written:
 * where others wait for this process, the forms without `Sync` do it beside them. Paths are absolute or relative to where the program started, with `/` between the parts.
 * Names (create, rename, delete) survive a power failure only after `syncDirectory` of the directory that holds them.
 */
export interface Disk {
  openSync(path: string, mode: OpenMode): DiskFile
  /** The whole file. */
  readFileSync(path: string): Buffer
  /** Replaces the file as one step: a temporary file beside it, synced, renamed over it, directory synced. */
  writeFileAtomicSync(path: string, content: Uint8Array): void
  statusSync(path: string): FileStatus | undefined
  /** Names of the entries, sorted. */
  listSync(path: string): string[]
  /** Makes the directory and those above it; nothing happens when it exists. */
  makeDirectorySync(path: string): void
  renameSync(from: string, to: string): void
  removeFileSync(path: string): void
  /** Removes a file, or a directory with all below it; nothing happens when it does not exist. */
  removeTreeSync(path: string): void
  removeTree(path: string): Promise<void>
  syncDirectorySync(path: string): void
  syncDirectory(path: string): Promise<void>
  /**
   * Takes the lock file at `path` for this process, or throws `DiskError` with code LOCKED. It is held until `release`
   * or until the process ends, however it ends.
   */
  lockSync(path: string): { release(): void }
  /** What this process may still write to the file system that holds `path`. */
  freeBytesSync(path: string): number
  /** The size of that file system. */
  totalBytesSync(path: string): number
}
