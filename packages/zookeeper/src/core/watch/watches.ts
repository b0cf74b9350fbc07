import { AddWatchMode, WatcherType, WatchEventType } from '@odradek/zookeeper-protocol'
import type { Acl } from '@odradek/zookeeper-protocol'
import type { Watcher } from './watcher.ts'
import { WatchMode, WatchTable } from './watch-table.ts'

/**
 * All watches of a server: `data` holds those on nodes (that exist or not), `children` those on lists of children.
 * A persistent watch is in both; a recursive one only in `data`, which is why it never tells of children.
 */
export class Watches {
  readonly data = new WatchTable()
  readonly children = new WatchTable()

  /** About so much memory all watches take. */
  get sizeBytes(): number {
    return this.data.sizeBytes + this.children.sizeBytes
  }

  /** Who has the most of them. */
  heaviest(): Watcher | undefined {
    let found: Watcher | undefined
    let most = 0
    for (const watcher of new Set([...this.data.watchers, ...this.children.watchers])) {
      const sizeBytes = this.data.sizeBytesOf(watcher) + this.children.sizeBytesOf(watcher)
      if (sizeBytes <= most) continue
      most = sizeBytes
      found = watcher
    }
    return found
  }

  add(path: string, watcher: Watcher, mode: AddWatchMode): void {
    if (mode === AddWatchMode.persistentRecursive) return this.data.add(path, watcher, WatchMode.persistentRecursive)
    this.data.add(path, watcher, WatchMode.persistent)
    this.children.add(path, watcher, WatchMode.persistent)
  }

  has(path: string, watcher: Watcher, type: WatcherType): boolean {
    switch (type) {
      case WatcherType.children:
        return this.children.has(path, watcher, WatchMode.once)
      case WatcherType.data:
        return this.data.has(path, watcher, WatchMode.once)
      case WatcherType.persistent:
        return this.data.has(path, watcher, WatchMode.persistent)
      case WatcherType.persistentRecursive:
        return this.data.has(path, watcher, WatchMode.persistentRecursive)
      case WatcherType.any:
        return this.children.has(path, watcher) || this.data.has(path, watcher)
    }
  }

  /** False when there was none. */
  remove(path: string, watcher: Watcher, type: WatcherType): boolean {
    switch (type) {
      case WatcherType.children:
        return this.children.remove(path, watcher, WatchMode.once)
      case WatcherType.data:
        return this.data.remove(path, watcher, WatchMode.once)
      case WatcherType.persistent: {
        const ofChildren = this.children.remove(path, watcher, WatchMode.persistent)
        return this.data.remove(path, watcher, WatchMode.persistent) || ofChildren
      }
      case WatcherType.persistentRecursive:
        return this.data.remove(path, watcher, WatchMode.persistentRecursive)
      case WatcherType.any: {
        const ofChildren = this.children.remove(path, watcher)
        return this.data.remove(path, watcher) || ofChildren
      }
    }
  }

  removeWatcher(watcher: Watcher): void {
    this.data.removeWatcher(watcher)
    this.children.removeWatcher(watcher)
  }

  /** Takes away some of what watchers that are gone have left. True when there is more. */
  sweep(): boolean {
    return this.data.sweep() || this.children.sweep()
  }

  nodeCreated(path: string, zxid: bigint, acl: readonly Acl[], parentPath: string, parentAcl: readonly Acl[]): void {
    this.data.trigger(WatchEventType.nodeCreated, path, zxid, acl)
    this.children.trigger(WatchEventType.nodeChildrenChanged, parentPath, zxid, parentAcl)
  }

  nodeDeleted(path: string, zxid: bigint, acl: readonly Acl[], parentPath: string, parentAcl: readonly Acl[]): void {
    const told = this.data.trigger(WatchEventType.nodeDeleted, path, zxid, acl)
    this.children.trigger(WatchEventType.nodeDeleted, path, zxid, acl, told)
    this.children.trigger(WatchEventType.nodeChildrenChanged, parentPath, zxid, parentAcl)
  }

  nodeDataChanged(path: string, zxid: bigint, acl: readonly Acl[]): void {
    this.data.trigger(WatchEventType.nodeDataChanged, path, zxid, acl)
  }
}
