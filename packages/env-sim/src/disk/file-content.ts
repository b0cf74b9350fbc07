import type { SeededRandom } from '../seeded-random.ts'

const pageBytes = 4096
/** What a disk writes as a whole or not at all. */
const sectorBytes = 512

/** What a sync makes durable: pages as they were when it was called; undefined is a page that was cut off. */
export interface SyncSnapshot {
  readonly pages: ReadonlyMap<number, Buffer | undefined>
  readonly sizeBytes: number
}

/**
 * The bytes of one file, twice: as programs see them (the page cache) and as they are on the disk. Pages that were never
 * written are zeros and take no memory.
 */
export class FileContent {
  #pages = new Map<number, Buffer>()
  #durablePages = new Map<number, Buffer>()
  #durableSizeBytes = 0
  /** Pages that differ, or may differ, from the disk's and are in no sync that is under way. */
  #dirty = new Set<number>()
  readonly #syncing: SyncSnapshot[] = []
  sizeBytes = 0

  /** Space that the pages take. */
  get usedBytes(): number {
    return this.#pages.size * pageBytes
  }

  /** How much of `length` bytes at `position` fits when only `freeBytes` may be taken. */
  fitting(position: number, length: number, freeBytes: number): number {
    let free = Math.floor(freeBytes / pageBytes)
    let at = position
    while (at < position + length) {
      const index = Math.floor(at / pageBytes)
      if (!this.#pages.has(index) && free-- <= 0) return at - position
      at = (index + 1) * pageBytes
    }
    return length
  }

  read(target: Uint8Array, offset: number, length: number, position: number): number {
    const count = Math.max(0, Math.min(length, this.sizeBytes - position))
    for (let done = 0; done < count;) {
      const at = position + done
      const start = at % pageBytes
      const part = Math.min(pageBytes - start, count - done)
      const page = this.#pages.get(Math.floor(at / pageBytes))
      if (page === undefined) target.fill(0, offset + done, offset + done + part)
      else target.set(page.subarray(start, start + part), offset + done)
      done += part
    }
    return count
  }

  write(bytes: Uint8Array, position: number): void {
    for (let done = 0; done < bytes.length;) {
      const at = position + done
      const start = at % pageBytes
      const part = Math.min(pageBytes - start, bytes.length - done)
      this.#pageToChange(Math.floor(at / pageBytes)).set(bytes.subarray(done, done + part), start)
      done += part
    }
    this.sizeBytes = Math.max(this.sizeBytes, position + bytes.length)
  }

  /** Cuts off or extends with zeros. */
  resize(sizeBytes: number): void {
    if (sizeBytes < this.sizeBytes) {
      for (const index of this.#pages.keys()) {
        if (index * pageBytes < sizeBytes) continue
        this.#pages.delete(index)
        this.#dirty.add(index)
      }
      const tail = Math.floor(sizeBytes / pageBytes)
      if (this.#pages.has(tail)) this.#pageToChange(tail).fill(0, sizeBytes % pageBytes)
    }
    this.sizeBytes = sizeBytes
  }

  beginSync(): SyncSnapshot {
    const pages = new Map<number, Buffer | undefined>()
    for (const index of this.#dirty) pages.set(index, copyOf(this.#pages.get(index)))
    this.#dirty.clear()
    const snapshot = { pages, sizeBytes: this.sizeBytes }
    this.#syncing.push(snapshot)
    return snapshot
  }

  /** With it go the syncs that began before, so that what they hold cannot overwrite what is newer. */
  finishSync(snapshot: SyncSnapshot): void {
    const count = this.#syncing.indexOf(snapshot) + 1
    for (const { pages, sizeBytes } of this.#syncing.splice(0, count)) {
      for (const [index, page] of pages) {
        if (page === undefined) this.#durablePages.delete(index)
        else this.#durablePages.set(index, page)
      }
      this.#durableSizeBytes = sizeBytes
    }
  }

  /** The system takes the pages for written, but they are not. */
  failSync(snapshot: SyncSnapshot): void {
    const index = this.#syncing.indexOf(snapshot)
    if (index >= 0) this.#syncing.splice(index, 1)
  }

  /** The page cache outlives the process; syncs that were under way are as if never called. */
  afterProcessCrash(): FileContent {
    const next = new FileContent()
    next.#pages = copyOfAll(this.#pages)
    next.#durablePages = new Map(this.#durablePages)
    next.#durableSizeBytes = this.#durableSizeBytes
    next.#dirty = new Set([...this.#dirty, ...this.#syncing.flatMap(({ pages }) => [...pages.keys()])])
    next.sizeBytes = this.sizeBytes
    return next
  }

  /**
   * What was synced, and of every other sector one of the versions that it has had since; `lostShare` is how likely the
   * durable one is kept.
   */
  afterPowerLoss(random: SeededRandom, lostShare: number): FileContent {
    const next = new FileContent()
    next.#pages = copyOfAll(this.#durablePages)
    const unsynced: SyncSnapshot[] = [...this.#syncing, { pages: this.#unsyncedNow(), sizeBytes: this.sizeBytes }]
    next.sizeBytes = this.#durableSizeBytes
    for (const { pages, sizeBytes } of unsynced) {
      if (!random.chance(lostShare)) next.sizeBytes = sizeBytes
      for (const [index, page] of pages) next.#takeSectors(index, page, random, lostShare)
    }
    const { sizeBytes } = next
    // What lies beyond the end is gone; zeros where the size grew but no data came.
    next.sizeBytes = Number.POSITIVE_INFINITY
    next.resize(sizeBytes)
    next.#durablePages = copyOfAll(next.#pages)
    next.#durableSizeBytes = sizeBytes
    next.#dirty.clear()
    return next
  }

  #unsyncedNow(): Map<number, Buffer | undefined> {
    const pages = new Map<number, Buffer | undefined>()
    for (const index of this.#dirty) pages.set(index, this.#pages.get(index))
    return pages
  }

  #takeSectors(index: number, page: Buffer | undefined, random: SeededRandom, lostShare: number): void {
    for (let start = 0; start < pageBytes; start += sectorBytes) {
      if (random.chance(lostShare)) continue
      if (page !== undefined) this.#pageToChange(index).set(page.subarray(start, start + sectorBytes), start)
      else this.#pages.get(index)?.fill(0, start, start + sectorBytes)
    }
  }

  #pageToChange(index: number): Buffer {
    let page = this.#pages.get(index)
    if (page === undefined) {
      page = Buffer.alloc(pageBytes)
      this.#pages.set(index, page)
    }
    this.#dirty.add(index)
    return page
  }
}

function copyOf(page: Buffer | undefined): Buffer | undefined {
  return page === undefined ? undefined : Buffer.from(page)
}

function copyOfAll(pages: ReadonlyMap<number, Buffer>): Map<number, Buffer> {
  const copy = new Map<number, Buffer>()
  for (const [index, page] of pages) copy.set(index, Buffer.from(page))
  return copy
}
