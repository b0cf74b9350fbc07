/** What a watch tells. */
export type WatchEventKind = 'created' | 'deleted' | 'dataChanged' | 'childrenChanged'

/** An event of a watch; `path` is as the client names it, without the chroot. */
export interface WatchEvent {
  readonly type: WatchEventKind
  readonly path: string
}

/**
 * Called once, with the first change after the read that set it, and before any reply that shows the change. It survives
 * reconnects; when the session ends it is never called: listen with `onState` for that.
 */
export type Watch = (event: WatchEvent) => void

/**
 * Called with every change, each before any reply that shows it, until it is removed. It survives reconnects, but what changed
 * while there was no connection is not told: read again when `onState` says `connected`.
 */
export type PersistentWatch = (event: WatchEvent) => void
