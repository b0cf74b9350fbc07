// The watches of one session, by the server's paths. The server forgets them with the connection; this is what re-arms them.
import { WatchEventType } from '@odradek/zookeeper-protocol'
import type { Watch, WatchEventKind } from '../watch-event.ts'

/** What a read watches, once: `data` of a node that is there, `exist` of one that is not, `children`. */
export type OneShotWatchKind = 'data' | 'exist' | 'children'

/** Watches that stay: of one node, or of a node and all below it. */
export type PersistentWatchKind = 'persistent' | 'persistentRecursive'

export type WatchKind = OneShotWatchKind | PersistentWatchKind

export interface WatchPath {
  readonly kind: WatchKind
  readonly path: string
}

const firedBy: ReadonlyMap<number, { readonly type: WatchEventKind; readonly kinds: readonly OneShotWatchKind[] }> =
  new Map([
    [WatchEventType.nodeCreated, { type: 'created', kinds: ['data', 'exist'] }],
    [WatchEventType.nodeDeleted, { type: 'deleted', kinds: ['data', 'exist', 'children'] }],
    [WatchEventType.nodeDataChanged, { type: 'dataChanged', kinds: ['data', 'exist'] }],
    [WatchEventType.nodeChildrenChanged, { type: 'childrenChanged', kinds: ['children'] }],
  ])

/** Watches that an event has fired; those that fire once are out of the registry. */
export interface Fired {
  readonly type: WatchEventKind
  readonly watches: ReadonlySet<Watch>
}

export class WatchRegistry {
  readonly #byKind: Readonly<Record<WatchKind, Map<string, Set<Watch>>>> = {
    data: new Map(),
    exist: new Map(),
    children: new Map(),
    persistent: new Map(),
    persistentRecursive: new Map(),
  }

  /** The same callback on the same path and kind is one watch, as it is on the server. */
  add(kind: WatchKind, path: string, watch: Watch): void {
    const byPath = this.#byKind[kind]
    const watches = byPath.get(path)
    if (watches === undefined) byPath.set(path, new Set([watch]))
    else watches.add(watch)
  }

  /** Takes one watch out; nothing happens when it is not there. */
  remove(kind: WatchKind, path: string, watch: Watch): void {
    const byPath = this.#byKind[kind]
    const watches = byPath.get(path)
    if (watches?.delete(watch) && watches.size === 0) byPath.delete(path)
  }

  /** All that an event of the wire's `eventType` on `path` fires. Undefined for a type that is not a node's. */
  fire(eventType: number, path: string): Fired | undefined {
    const rule = firedBy.get(eventType)
    if (rule === undefined) return undefined
    const watches = new Set<Watch>()
    for (const kind of rule.kinds) {
      for (const watch of this.#byKind[kind].get(path) ?? []) watches.add(watch)
      this.#byKind[kind].delete(path)
    }
    for (const watch of this.#byKind.persistent.get(path) ?? []) watches.add(watch)
    // What a recursive watch tells of children is that they come and go, never that their parent has others now.
    if (rule.type !== 'childrenChanged') this.#addRecursive(path, watches)
    return { type: rule.type, watches }
  }

  #addRecursive(path: string, watches: Set<Watch>): void {
    const recursive = this.#byKind.persistentRecursive
    if (recursive.size === 0) return
    for (let ancestor = path; ; ancestor = ancestor.slice(0, Math.max(1, ancestor.lastIndexOf('/')))) {
      for (const watch of recursive.get(ancestor) ?? []) watches.add(watch)
      if (ancestor === '/' || ancestor === '') return
    }
  }

  /** Everything that is armed. */
  *paths(): Generator<WatchPath> {
    for (const kind of ['data', 'exist', 'children', 'persistent', 'persistentRecursive'] as const) {
      for (const path of this.#byKind[kind].keys()) yield { kind, path }
    }
  }
}
