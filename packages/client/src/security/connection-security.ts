import type { Env } from '@odradek/base'
import { ClientError } from '../client-error.ts'
import type { ConnectionSecurity } from '../cluster/broker-link.ts'
import type { CommonConfig } from '../config/common-keys.ts'

/** How connections of this configuration become trusted. Throws `ClientError` INVALID_CONFIG. */
export function connectionSecurity(_env: Env, config: CommonConfig): ConnectionSecurity {
  if (config['security.protocol'] !== 'PLAINTEXT') {
    throw new ClientError('INVALID_CONFIG', `security.protocol ${config['security.protocol']} is not supported yet`)
  }
  return { tls: undefined, authenticate: undefined }
}
