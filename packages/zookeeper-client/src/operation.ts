import type { Acl, Stat, ZooKeeperErrorName } from '@odradek/zookeeper-protocol'

/** How long a node lives, and whether the server numbers it. */
export type CreateModeName =
  | 'persistent'
  | 'ephemeral'
  | 'persistentSequential'
  | 'ephemeralSequential'
  | 'container'
  | 'persistentWithTtl'
  | 'persistentSequentialWithTtl'

/** What `create` may be told beside path and data. */
export interface CreateOptions {
  /** Default: `openAcl`. */
  readonly acl?: readonly Acl[]
  /** Default: `persistent`. */
  readonly mode?: CreateModeName
  /**
   * How long a node with a TTL may be without children and without a change before the server removes it, in milliseconds. Only
   * with the two modes that have a TTL, which ask for it, and on servers with `extendedTypesEnabled=true`.
   */
  readonly ttlMs?: number
}

/** One operation of a multi. A `version` that is absent or -1 matches any. */
export type Operation =
  | ({ readonly op: 'create'; readonly path: string; readonly data: Buffer | null } & CreateOptions)
  | { readonly op: 'delete'; readonly path: string; readonly version?: number }
  | { readonly op: 'setData'; readonly path: string; readonly data: Buffer | null; readonly version?: number }
  | { readonly op: 'check'; readonly path: string; readonly version: number }

/** What one operation of a multi that was done has brought. `path` of a create has its sequence number. */
export type OperationResult =
  | { readonly op: 'create'; readonly path: string; readonly stat: Stat }
  | { readonly op: 'setData'; readonly stat: Stat }
  | { readonly op: 'delete' }
  | { readonly op: 'check' }

/**
 * All operations were done, or none. `failedIndex` and `failedWith` name the first that could not be;
 * `codes` has one entry per operation: OK before it, RUNTIME_INCONSISTENCY after it.
 */
export type MultiOutcome =
  | { readonly committed: true; readonly results: readonly OperationResult[] }
  | {
      readonly committed: false
      readonly failedIndex: number
      readonly failedWith: ZooKeeperErrorName
      readonly codes: readonly ZooKeeperErrorName[]
    }

export interface CreateResult {
  /** The path of the node, with its sequence number if it has one. */
  readonly path: string
  readonly stat: Stat
}

export interface DataResult {
  readonly data: Buffer | null
  readonly stat: Stat
}

/** What `reconfig` is to change. */
export interface ReconfigChange {
  readonly joining?: string
  readonly leaving?: string
  readonly members?: string
  /** The zxid of the configuration that it is meant for; -1: any. */
  readonly fromConfig?: bigint
}

export interface ChildrenResult {
  /** Names, not paths, in the server's order. */
  readonly children: readonly string[]
  readonly stat: Stat
}

export interface AclResult {
  readonly acl: readonly Acl[]
  readonly stat: Stat
}
