import type { ConfigKey } from './config-key.ts'
import type { OptionalScheme } from './auth-providers.ts'
import type { zooKeeperKeys } from './zookeeper-keys.ts'

/** The values of the keys as they were set. */
export type ZooKeeperKeyValues = {
  readonly [Name in keyof typeof zooKeeperKeys]: (typeof zooKeeperKeys)[Name] extends ConfigKey<infer Value>
    ? Value
    : never
}

/** What follows from other keys when it is not set. */
type Derived = 'adminEnabled' | 'adminPort' | 'dataLogDir' | 'minSessionTimeoutMs' | 'maxSessionTimeoutMs'

/** All that a server needs to know: the values of `zooKeeperKeys`. */
export type ZooKeeperServerConfig = {
  readonly [Name in keyof ZooKeeperKeyValues]: Name extends Derived
    ? NonNullable<ZooKeeperKeyValues[Name]>
    : ZooKeeperKeyValues[Name]
} & {
  /** What `authProvider.N` asks for. */
  readonly authSchemes: ReadonlySet<OptionalScheme>
  /** A client must have authenticated with one of these before it asks for anything; undefined: it need not. */
  readonly requiredAuthSchemes: ReadonlySet<string> | undefined
  /** What was said in the configuration and has no effect here: for the log. */
  readonly warnings: readonly string[]
}
