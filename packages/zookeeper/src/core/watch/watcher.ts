import type { Acl, WatchEventType } from '@odradek/zookeeper-protocol'

/** Who is told of changes: one connection. */
export interface Watcher {
  readonly sessionId: bigint
  /** `acl` is that of the node, which the watcher must be allowed to read; undefined when that was looked at before. */
  onEvent(type: WatchEventType, path: string, zxid: bigint, acl: readonly Acl[] | undefined): void
}
