import type { Acl, WatchEventType } from '@odradek/zookeeper-protocol'
import type { Watcher } from './watcher.ts'

/** Kinds of watches, as bits: one watcher may have several on one path, and still gets one event. */
export const WatchMode = { once: 1, persistent: 2, persistentRecursive: 4 } as const
export type WatchMode = (typeof WatchMode)[keyof typeof WatchMode]

/** What a watch costs beside its path: roughly, and rather too much. */
const watchSizeBytes = 400

/** So many watches are removed in one go: some milliseconds. */
const sliceLength = 10_000

/** Who watches which path. A tree has two: one for nodes themselves, one for their lists of children. */
export class WatchTable {
  readonly #modesByPath = new Map<string, Map<Watcher, number>>()
  readonly #pathsByWatcher = new Map<Watcher, Set<string>>()
  readonly #sizeBytesByWatcher = new Map<Watcher, number>()
  /** Watchers that are gone, and those of their paths under which they are still found. */
  readonly #leaving = new Map<Watcher, Iterator<string>>()
  #sizeBytes = 0
  #recursiveCount = 0
  #addCount = 0
  /** A planted fault (`ZooKeeperFaults.forgetWatch`): every so many watches, one is lost. 0, always but in tests, is never. */
  forgetEvery = 0
  /** A planted fault (`ZooKeeperFaults.forgetRecursive`): of every so many changes, those above are not told of one. 0 is never. */
  forgetRecursiveEvery = 0
  #recursiveTriggerCount = 0

  get pathCount(): number {
    return this.#modesByPath.size
  }

  get watcherCount(): number {
    return this.#pathsByWatcher.size
  }

  /** About so much memory all this takes. */
  get sizeBytes(): number {
    return this.#sizeBytes
  }

  /** About so much of it is for the sake of this watcher. */
  sizeBytesOf(watcher: Watcher): number {
    return this.#sizeBytesByWatcher.get(watcher) ?? 0
  }

  get watchers(): Iterable<Watcher> {
    return this.#pathsByWatcher.keys()
  }

  #addSize(watcher: Watcher, sizeBytes: number): void {
    this.#sizeBytes += sizeBytes
    const left = this.sizeBytesOf(watcher) + sizeBytes
    if (left === 0) this.#sizeBytesByWatcher.delete(watcher)
    else this.#sizeBytesByWatcher.set(watcher, left)
  }

  /** Pairs of path and watcher. */
  get watchCount(): number {
    let count = 0
    for (const paths of this.#pathsByWatcher.values()) count += paths.size
    return count
  }

  add(path: string, watcher: Watcher, mode: WatchMode): void {
    if (this.forgetEvery > 0 && ++this.#addCount % this.forgetEvery === 0) return
    this.#finishLeaving(watcher)
    let modes = this.#modesByPath.get(path)
    if (modes === undefined) this.#modesByPath.set(path, (modes = new Map()))
    const before = modes.get(watcher) ?? 0
    this.#setModes(path, modes, watcher, before, before | mode)
  }

  /** Without `mode`, any watch of the watcher on the path. */
  has(path: string, watcher: Watcher, mode?: WatchMode): boolean {
    this.#finishLeaving(watcher)
    const modes = this.#modesByPath.get(path)?.get(watcher) ?? 0
    return mode === undefined ? modes !== 0 : (modes & mode) !== 0
  }

  /** Without `mode`, all watches of the watcher on the path. False when there was none. */
  remove(path: string, watcher: Watcher, mode?: WatchMode): boolean {
    this.#finishLeaving(watcher)
    const modes = this.#modesByPath.get(path)
    const before = modes?.get(watcher) ?? 0
    const after = mode === undefined ? 0 : before & ~mode
    if (modes === undefined || before === after) return false
    this.#setModes(path, modes, watcher, before, after)
    return true
  }

  /** The watcher is told of nothing any more. It may have a million watches: what many cost is taken away by `sweep`. */
  removeWatcher(watcher: Watcher, countMax = sliceLength): void {
    const paths = this.#pathsByWatcher.get(watcher)
    if (paths === undefined) return
    this.#pathsByWatcher.delete(watcher)
    this.#addSize(watcher, -this.sizeBytesOf(watcher))
    this.#leaving.set(watcher, paths.values())
    this.sweep(countMax)
  }

  /** Takes away some of what watchers that are gone have left. True when there is more. */
  sweep(countMax = sliceLength): boolean {
    let count = 0
    for (const [watcher, paths] of this.#leaving) {
      for (let next = paths.next(); next.done !== true; next = paths.next()) {
        this.#forget(next.value, watcher)
        if (++count >= countMax) return true
      }
      this.#leaving.delete(watcher)
    }
    return false
  }

  #forget(path: string, watcher: Watcher): void {
    const modes = this.#modesByPath.get(path)
    if (((modes?.get(watcher) ?? 0) & WatchMode.persistentRecursive) !== 0) this.#recursiveCount--
    modes?.delete(watcher)
    if (modes?.size === 0) this.#modesByPath.delete(path)
  }

  /** One that is gone is asked about, or comes back. */
  #finishLeaving(watcher: Watcher): void {
    const paths = this.#leaving.get(watcher)
    if (paths === undefined) return
    for (let next = paths.next(); next.done !== true; next = paths.next()) this.#forget(next.value, watcher)
    this.#leaving.delete(watcher)
  }

  /** Counts how many were told of something. */
  onTold: ((type: WatchEventType, watcherCount: number) => void) | undefined = undefined

  /**
   * Tells everyone who watches `path`, and those who watch a path above it recursively, once each, except whom `told` names.
   * One-shot watches are gone before anyone is told. Returns who had a watch.
   */
  trigger(
    type: WatchEventType,
    path: string,
    zxid: bigint,
    acl: readonly Acl[],
    told?: ReadonlySet<Watcher>,
  ): ReadonlySet<Watcher> | undefined {
    const modes = this.#modesByPath.get(path)
    if (modes === undefined && this.#recursiveCount === 0) return undefined
    const watchers = new Set<Watcher>()
    if (modes !== undefined) {
      for (const [watcher, before] of modes) {
        if (this.#leaving.has(watcher)) continue
        watchers.add(watcher)
        this.#setModes(path, modes, watcher, before, before & ~WatchMode.once)
      }
    }
    if (this.#recursiveCount > 0) this.#collectRecursive(path, watchers)
    if (watchers.size === 0) return undefined
    this.onTold?.(type, watchers.size)
    for (const watcher of watchers) {
      if (told === undefined || !told.has(watcher)) watcher.onEvent(type, path, zxid, acl)
    }
    return watchers
  }

  #collectRecursive(path: string, watchers: Set<Watcher>): void {
    if (this.forgetRecursiveEvery > 0 && ++this.#recursiveTriggerCount % this.forgetRecursiveEvery === 0) return
    for (let above = path; above.length > 1;) {
      above = above.slice(0, Math.max(1, above.lastIndexOf('/')))
      for (const [watcher, modes] of this.#modesByPath.get(above) ?? []) {
        const isRecursive = (modes & WatchMode.persistentRecursive) !== 0
        if (isRecursive && !this.#leaving.has(watcher)) watchers.add(watcher)
      }
    }
  }

  #setModes(path: string, modes: Map<Watcher, number>, watcher: Watcher, before: number, after: number): void {
    if (before === after) return
    this.#recursiveCount += Number((after & WatchMode.persistentRecursive) !== 0)
    this.#recursiveCount -= Number((before & WatchMode.persistentRecursive) !== 0)
    if (before === 0) this.#addSize(watcher, path.length + watchSizeBytes)
    if (after === 0) this.#addSize(watcher, -path.length - watchSizeBytes)
    const paths = this.#pathsByWatcher.get(watcher)
    if (after !== 0) {
      modes.set(watcher, after)
      if (paths === undefined) this.#pathsByWatcher.set(watcher, new Set([path]))
      else paths.add(path)
      return
    }
    modes.delete(watcher)
    if (modes.size === 0) this.#modesByPath.delete(path)
    paths?.delete(path)
    if (paths?.size === 0) this.#pathsByWatcher.delete(watcher)
  }

  /** The watchers of each path. */
  *byPath(): Iterable<[path: string, watchers: Iterable<Watcher>]> {
    for (const [path, modes] of this.#modesByPath) {
      const watchers = [...modes.keys()].filter((watcher) => !this.#leaving.has(watcher))
      if (watchers.length > 0) yield [path, watchers]
    }
  }

  /** The paths of each watcher. */
  *byWatcher(): Iterable<[watcher: Watcher, paths: Iterable<string>]> {
    yield* this.#pathsByWatcher
  }
}
