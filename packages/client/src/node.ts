// `@odradek/client/node`: the client on the machine that it runs on. The package's other face, `@odradek/client`, takes the world as an argument (Env), for
// programs that bring their own and for tests in a simulation.
import type { Env } from '@odradek/base'
import { createNodeEnv } from '@odradek/env-node'
import { createAdmin as createAdminIn } from './admin/admin.ts'
import type { Admin } from './admin/admin.ts'
import type { AdminConfigInput } from './admin/admin-keys.ts'
import { commonKeys } from './config/common-keys.ts'
import type { ConfigInput } from './config/config-key.ts'
import { parseConfig } from './config/parse-config.ts'
import { Consumer } from './consumer/consumer.ts'
import type { consumerKeys } from './consumer/consumer-keys.ts'
import { Producer } from './producer/producer.ts'
import type { ProducerConfigInput } from './producer/producer-keys.ts'
import { ShareConsumer } from './share/share-consumer.ts'
import type { ShareConsumerConfigInput } from './share/share-keys.ts'
import { oidcToken } from './security/oidc-token.ts'

let env: Env | undefined

/** One for all clients of the process. Warnings and errors go to standard error. */
function machine(): Env {
  env ??= createNodeEnv({ log: { level: 'warn' }, isLibrary: true })
  return env
}

/** Tokens by client credentials, where a token endpoint is configured and nothing else brings them. */
function withTokens<Input extends ConfigInput<typeof commonKeys>>(config: Input): Input {
  const isOwn = config['sasl.login.callback.handler'] !== undefined
  if (isOwn || config['sasl.oauthbearer.token.endpoint.url'] === undefined) return config
  const keys = Object.keys(config).filter((name) => Object.hasOwn(commonKeys, name))
  const common = parseConfig(commonKeys, Object.fromEntries(keys.map((name) => [name, config[name as keyof Input]])))
  const provide = () => oidcToken(common, (url, init) => fetch(url, init), machine().clock.wallMs())
  return { ...config, 'sasl.login.callback.handler': provide }
}

/** A producer; see `Producer`. Throws `ClientError` INVALID_CONFIG. */
export function createProducer<Key = Uint8Array | string, Value = Uint8Array | string>(
  config: ProducerConfigInput,
): Producer<Key, Value> {
  return new Producer<Key, Value>(machine(), withTokens(config))
}

/** A consumer; see `Consumer`. Throws `ClientError` INVALID_CONFIG. */
export function createConsumer<Key = Buffer, Value = Buffer>(
  config: ConfigInput<typeof consumerKeys>,
): Consumer<Key, Value> {
  return new Consumer<Key, Value>(machine(), withTokens(config))
}

/** A member of a share group; see `ShareConsumer`. Throws `ClientError` INVALID_CONFIG. */
export function createShareConsumer<Key = Buffer, Value = Buffer>(
  config: ShareConsumerConfigInput,
): ShareConsumer<Key, Value> {
  return new ShareConsumer<Key, Value>(machine(), withTokens(config))
}

/** An admin client; see `Admin`. Throws `ClientError` INVALID_CONFIG. */
export function createAdmin(config: AdminConfigInput): Admin {
  return createAdminIn(machine(), withTokens(config))
}
