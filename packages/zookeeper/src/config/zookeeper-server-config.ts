/** What one server needs to know. The names of ZooKeeper's own keys are in `zookeeper-keys.ts`. */
export interface ZooKeeperServerConfig {
  /** The unit of time of sessions. */
  readonly tickTimeMs: number
  readonly dataDir: string
  readonly dataLogDir: string
  readonly clientPort: number
  readonly clientPortAddress: string
  readonly minSessionTimeoutMs: number
  readonly maxSessionTimeoutMs: number
  /** Per address; 0: no limit. */
  readonly maxClientConnections: number
  /** A snapshot is taken after between half of this and this many transactions. */
  readonly snapCount: number
  readonly preAllocSizeBytes: number
  /** How many snapshots are kept, with the logs that they need. */
  readonly purgeRetainCount: number
  /** 0: nothing is ever purged. */
  readonly purgeIntervalMs: number
  /** Commands of four letters that are answered; `*` stands for all. */
  readonly fourLetterWords: ReadonlySet<string>
  /** The largest packet that a client may send. */
  readonly packetSizeBytesMax: number
  /** `super:` and the Base64 SHA-1 of `super:PASSWORD`. */
  readonly superDigest: string | undefined
  readonly extendedTypesEnabled: boolean
  readonly digestEnabled: boolean
  readonly skipAcl: boolean
  readonly reconfigEnabled: boolean
  /** So many requests may be under way before the server stops reading. */
  readonly outstandingLimit: number
  /** How often containers and TTL nodes are looked at. */
  readonly containerCheckIntervalMs: number
  /** What was said in the configuration and has no effect here: for the log. */
  readonly warnings: readonly string[]
}
