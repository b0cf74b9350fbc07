import type { ConfigKey, ConfigValues } from './config-key.ts'
import { coordinatorKeys } from './keys/coordinator-keys.ts'
import { generalKeys } from './keys/general-keys.ts'
import { logCleanerKeys } from './keys/log-cleaner-keys.ts'
import { logKeys } from './keys/log-keys.ts'
import { networkKeys } from './keys/network-keys.ts'
import { replicationKeys } from './keys/replication-keys.ts'
import { zookeeperKeys } from './keys/zookeeper-keys.ts'

/** Every key of a broker's configuration, under the name of its field: the key in camel case. */
export const brokerKeys = {
  ...generalKeys,
  ...zookeeperKeys,
  ...networkKeys,
  ...logKeys,
  ...logCleanerKeys,
  ...replicationKeys,
  ...coordinatorKeys,
}

export type BrokerKeyField = keyof typeof brokerKeys
export type BrokerConfigValues = ConfigValues<typeof brokerKeys>

const byName = new Map<string, readonly [BrokerKeyField, ConfigKey]>(
  Object.entries(brokerKeys).map(([field, definition]) => [definition.name, [field as BrokerKeyField, definition]]),
)

export function brokerKeyNamed(name: string): ConfigKey | undefined {
  return byName.get(name)?.[1]
}

export function brokerKeyNames(): readonly string[] {
  return [...byName.keys()]
}
