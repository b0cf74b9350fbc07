import type { ConfigKey, ConfigValues } from './config-key.ts'
import { coordinatorKeys } from './keys/coordinator-keys.ts'
import { generalKeys } from './keys/general-keys.ts'
import { groupCoordinatorKeys } from './keys/group-coordinator-keys.ts'
import { kraftKeys } from './keys/kraft-keys.ts'
import { logCleanerKeys } from './keys/log-cleaner-keys.ts'
import { logKeys } from './keys/log-keys.ts'
import { metricKeys } from './keys/metric-keys.ts'
import { networkKeys } from './keys/network-keys.ts'
import { oauthKeys } from './keys/oauth-keys.ts'
import { quotaWindowKeys } from './keys/quota-window-keys.ts'
import { remoteLogKeys } from './keys/remote-log-keys.ts'
import { replicationKeys } from './keys/replication-keys.ts'
import { saslKeys } from './keys/sasl-keys.ts'
import { securityKeys } from './keys/security-keys.ts'
import { shareGroupKeys } from './keys/share-group-keys.ts'
import { tlsKeys } from './keys/tls-keys.ts'
import { zookeeperKeys } from './keys/zookeeper-keys.ts'
import { zookeeperTlsKeys } from './keys/zookeeper-tls-keys.ts'

/** Every key of a broker's configuration, under the name of its field: the key in camel case. */
export const brokerKeys = {
  ...generalKeys,
  ...zookeeperKeys,
  ...networkKeys,
  ...logKeys,
  ...logCleanerKeys,
  ...replicationKeys,
  ...coordinatorKeys,
  ...groupCoordinatorKeys,
  ...shareGroupKeys,
  ...quotaWindowKeys,
  ...metricKeys,
  ...tlsKeys,
  ...saslKeys,
  ...oauthKeys,
  ...securityKeys,
  ...zookeeperTlsKeys,
  ...remoteLogKeys,
  ...kraftKeys,
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
