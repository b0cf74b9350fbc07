/** What a watch tells. */
export type WatchEventKind = 'created' | 'deleted' | 'dataChanged' | 'childrenChanged'

/** An event of a watch; `path` is as the client names it, without the chroot. */
export interface WatchEvent {
  readonly type: WatchEventKind
  readonly path: string
}

/**
 * Called once, with the first change after the read that set it, and before any reply that shows the change. It survives
 * reconnects, and the renewal of the session by a client that does so: it is set again, and what changed meanwhile is told then. When the
 * client ends it is never called: listen with `onState` for that.
 */
export type Watch = (event: WatchEvent) => void

/**
 * Called with every change, each before any reply that shows it, until it is removed. It survives reconnects and the renewal of the session, but
 * what changed while there was no connection is not told: read again when `onState` says `connected`.
 */
export type PersistentWatch = (event: WatchEvent) => void
