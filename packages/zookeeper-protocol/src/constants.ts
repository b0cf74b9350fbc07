// The small tables of the client protocol (`org.apache.zookeeper.ZooDefs`, `Watcher.Event`, `CreateMode`).

/** What has happened to a node, in a watch event. */
export const WatchEventType = {
  none: -1,
  nodeCreated: 1,
  nodeDeleted: 2,
  nodeDataChanged: 3,
  nodeChildrenChanged: 4,
  /** 5 to 7 are made by clients for their own watchers only. */
  dataWatchRemoved: 5,
  childWatchRemoved: 6,
  persistentWatchRemoved: 7,
} as const
export type WatchEventType = (typeof WatchEventType)[keyof typeof WatchEventType]

/** The state of the session, in a watch event. */
export const KeeperState = {
  disconnected: 0,
  syncConnected: 3,
  authFailed: 4,
  connectedReadOnly: 5,
  saslAuthenticated: 6,
  expired: -112,
  closed: 7,
} as const
export type KeeperState = (typeof KeeperState)[keyof typeof KeeperState]

/** The `type` of checkWatches and removeWatches. */
export const WatcherType = { children: 1, data: 2, any: 3, persistent: 4, persistentRecursive: 5 } as const
export type WatcherType = (typeof WatcherType)[keyof typeof WatcherType]

/** The `mode` of addWatch. */
export const AddWatchMode = { persistent: 0, persistentRecursive: 1 } as const
export type AddWatchMode = (typeof AddWatchMode)[keyof typeof AddWatchMode]

/** Bits of an ACL entry's `perms`. */
export const Permission = { read: 1, write: 2, create: 4, delete: 8, admin: 16, all: 31 } as const

/** The `flags` of the create requests. */
export const CreateMode = {
  persistent: 0,
  ephemeral: 1,
  persistentSequential: 2,
  ephemeralSequential: 3,
  container: 4,
  persistentWithTtl: 5,
  persistentSequentialWithTtl: 6,
} as const
export type CreateMode = (typeof CreateMode)[keyof typeof CreateMode]
