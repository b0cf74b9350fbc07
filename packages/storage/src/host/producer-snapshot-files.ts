import type { Disk } from '@odradek/base'
import { decodeProducerSnapshot, encodeProducerSnapshot } from '../core/producer/producer-snapshot.ts'
import type { ProducerStates } from '../core/producer/producer-states.ts'
import { offsetFileName, offsetOfFileName, snapshotSuffix } from '../file-names.ts'
import { StorageError } from '../storage-error.ts'
import type { LogFolder } from './log-folder.ts'

/** Producers that were silent for so long are not taken from a snapshot. */
export interface SnapshotTime {
  readonly nowMs: number
  readonly producerIdExpirationMs: number
}

/** The producer snapshots (`.snapshot`) in one log's directory. */
export class ProducerSnapshotFiles {
  readonly #disk: Disk
  readonly #folder: LogFolder
  /** Ascending. */
  #offsets: number[]

  /** `names` are the entries of the directory. */
  constructor(disk: Disk, folder: LogFolder, names: readonly string[]) {
    this.#disk = disk
    this.#folder = folder
    this.#offsets = names
      .map((name) => offsetOfFileName(name, snapshotSuffix))
      .filter((offset) => offset !== undefined)
      .sort((a, b) => a - b)
  }

  get offsets(): readonly number[] {
    return this.#offsets
  }

  get latest(): number | undefined {
    return this.#offsets.at(-1)
  }

  path(offset: number): string {
    return `${this.#folder.path}/${offsetFileName(offset, snapshotSuffix)}`
  }

  /** Writes the producers as of `states.mapEndOffset`, unless there is a snapshot that new or newer. */
  take(states: ProducerStates): void {
    const offset = states.mapEndOffset
    if (offset <= (this.latest ?? 0)) return
    const file = this.#disk.openSync(this.path(offset), 'truncate')
    try {
      file.writeSync([encodeProducerSnapshot(states.entries(), states.size)], 0)
    } finally {
      file.closeSync()
    }
    this.#offsets.push(offset)
  }

  /**
   * Fills `states` from the newest snapshot up to `offsetMax` that can be read, or empties it at `startOffset` when there is none.
   * Snapshots that cannot be read are removed.
   */
  restore(states: ProducerStates, startOffset: number, now: SnapshotTime, offsetMax = Infinity): void {
    for (;;) {
      const offset = this.#offsets.findLast((candidate) => candidate <= offsetMax)
      if (offset === undefined) break
      const path = this.path(offset)
      try {
        const entries = decodeProducerSnapshot(this.#disk.readFileSync(path), path)
        states.load(entries, offset, now.nowMs, now.producerIdExpirationMs)
        return
      } catch (error) {
        if (!(error instanceof StorageError)) throw error
        this.remove((candidate) => candidate === offset)
      }
    }
    states.clear(startOffset)
  }

  /** Removes the snapshots that `choose` picks. */
  remove(choose: (offset: number) => boolean): void {
    for (const offset of this.#offsets.filter(choose)) this.#disk.removeTreeSync(this.path(offset))
    this.#offsets = this.#offsets.filter((offset) => !choose(offset))
  }

  /** Forgets a snapshot whose file somebody else takes care of; its path, or undefined when there is none. */
  release(offset: number): string | undefined {
    if (!this.#offsets.includes(offset)) return undefined
    this.#offsets = this.#offsets.filter((candidate) => candidate !== offset)
    return this.path(offset)
  }
}
