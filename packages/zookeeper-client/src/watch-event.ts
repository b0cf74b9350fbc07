/** What a watch tells. */
export type WatchEventKind = 'created' | 'deleted' | 'dataChanged' | 'childrenChanged'

/** The one event of a watch; `path` is as the client names it, without the chroot. */
export interface WatchEvent {
  readonly type: WatchEventKind
  readonly path: string
}

/**
 * Called once, with the first change after the read that set it, and before any reply that shows the change. It survives
 * reconnects; when the session ends it is never called: listen with `onState` for that.
 */
export type Watch = (event: WatchEvent) => void
