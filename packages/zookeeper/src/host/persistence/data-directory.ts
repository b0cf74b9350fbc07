import { posix } from 'node:path'
import type { Disk } from '@odradek/base'
import { logName, snapshotName, zxidOfName } from './file-format.ts'
import type { ZxidFile } from './file-format.ts'

/** Where the files of a server are: `version-2` below the directories that its configuration names. */
export class DataDirectory {
  readonly #disk: Disk
  readonly snapshotDirectory: string
  readonly logDirectory: string

  constructor(disk: Disk, dataDir: string, dataLogDir: string) {
    this.#disk = disk
    this.snapshotDirectory = `${dataDir}/version-2`
    this.logDirectory = `${dataLogDir}/version-2`
  }

  make(): void {
    for (const directory of new Set([this.snapshotDirectory, this.logDirectory])) {
      this.#makeDurably(directory)
      // So do the names of files that a process made which was killed before it could sync them.
      this.#disk.syncDirectorySync(directory)
      for (const name of this.#disk.listSync(directory)) {
        if (/^\.snapshot\.[0-9a-f]+\.tmp$/.test(name)) this.#disk.removeFileSync(`${directory}/${name}`)
      }
    }
  }

  /** A directory whose own name a power failure takes away loses all that was synced below it. */
  #makeDurably(path: string): void {
    const above = posix.dirname(path)
    if (this.#disk.statusSync(above) === undefined) this.#makeDurably(above)
    this.#disk.makeDirectorySync(path)
    this.#disk.syncDirectorySync(above)
  }

  /** Newest first. */
  snapshots(): ZxidFile[] {
    return this.#list(this.snapshotDirectory, 'snapshot').reverse()
  }

  /** Oldest first. */
  logs(): ZxidFile[] {
    return this.#list(this.logDirectory, 'log')
  }

  snapshotPath(zxid: bigint): string {
    return `${this.snapshotDirectory}/${snapshotName(zxid)}`
  }

  logPath(zxid: bigint): string {
    return `${this.logDirectory}/${logName(zxid)}`
  }

  /** Bytes in snapshots, and in logs. */
  sizeBytes(): { snapshots: number; logs: number } {
    const sum = (directory: string): number =>
      this.#disk
        .listSync(directory)
        .reduce((total, name) => total + (this.#disk.statusSync(`${directory}/${name}`)?.sizeBytes ?? 0), 0)
    return { snapshots: sum(this.snapshotDirectory), logs: sum(this.logDirectory) }
  }

  #list(directory: string, prefix: 'snapshot' | 'log'): ZxidFile[] {
    return this.#disk
      .listSync(directory)
      .flatMap((name) => {
        const zxid = zxidOfName(name, prefix)
        return zxid === undefined ? [] : [{ path: `${directory}/${name}`, zxid }]
      })
      .sort((a, b) => (a.zxid < b.zxid ? -1 : a.zxid > b.zxid ? 1 : 0))
  }

  /**
   * Removes all but the newest `retainCount` snapshots, and the logs that none of those needs. Returns what was removed.
   * A log that began before the oldest snapshot kept, and no later one did, may hold transactions behind it: it stays.
   */
  purge(retainCount: number): string[] {
    const snapshots = this.snapshots()
    const oldestKept = snapshots[Math.min(retainCount, snapshots.length) - 1]
    if (oldestKept === undefined) return []
    const logs = this.logs()
    const firstNeeded = logs.findLastIndex(({ zxid }) => zxid <= oldestKept.zxid)
    const superfluous = [...snapshots.slice(retainCount), ...logs.slice(0, Math.max(0, firstNeeded))]
    for (const { path } of superfluous) this.#disk.removeFileSync(path)
    return superfluous.map(({ path }) => path)
  }
}
