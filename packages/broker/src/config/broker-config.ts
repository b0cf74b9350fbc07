import type { BrokerConfigValues } from './broker-keys.ts'
import type { ListenerEndpoint, SecurityProtocol } from './listener-endpoint.ts'

/** What a listener of its own limits has. */
export interface ListenerLimits {
  readonly maxConnections?: number
  readonly maxConnectionCreationRate?: number
}

/**
 * A broker's configuration: one typed field per key (its name in camel case), with those that depend on others worked out.
 * Immutable; a dynamic change makes a new one.
 */
export interface BrokerConfig extends Omit<
  BrokerConfigValues,
  | 'listeners'
  | 'advertisedListeners'
  | 'listenerSecurityProtocolMap'
  | 'interBrokerListenerName'
  | 'logDirs'
  | 'logRetentionMs'
  | 'logRollMs'
  | 'logRollJitterMs'
  | 'logFlushIntervalMs'
  | 'maxConnectionsPerIpOverrides'
  | 'zookeeperConnect'
  | 'zookeeperConnectionTimeoutMs'
> {
  readonly listeners: readonly ListenerEndpoint[]
  readonly advertisedListeners: readonly ListenerEndpoint[]
  readonly listenerSecurityProtocolMap: ReadonlyMap<string, SecurityProtocol>
  readonly interBrokerListenerName: string
  /** At least one. */
  readonly logDirs: readonly string[]
  /** -1 for ever. */
  readonly logRetentionMs: number
  readonly logRollMs: number
  readonly logRollJitterMs: number
  readonly logFlushIntervalMs: number
  /** Address → the most connections from it. */
  readonly maxConnectionsPerIpOverrides: ReadonlyMap<string, number>
  readonly zookeeperConnect: string
  readonly zookeeperConnectionTimeoutMs: number
  /** `odradek.slow.request.ms` */
  readonly slowRequestMs: number
  /** Limits that hold for one listener, by its name: listener.name.NAME.max.connections and .max.connection.creation.rate. */
  readonly listenerLimits: ReadonlyMap<string, ListenerLimits>
  /** What was set, key by key, in the text that it was set in. */
  readonly originals: ReadonlyMap<string, string>
  /** What a person should hear about this configuration; the broker logs it at its start. */
  readonly warnings: readonly string[]
}
