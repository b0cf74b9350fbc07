// `@odradek/client/node`: the client on the machine that it runs on. The package's other face, `@odradek/client`, takes the world as an argument (Env), for
// programs that bring their own and for tests in a simulation.
import type { Env } from '@odradek/base'
import { createNodeEnv } from '@odradek/env-node'
import type { ConfigInput } from './config/config-key.ts'
import { Consumer } from './consumer/consumer.ts'
import type { consumerKeys } from './consumer/consumer-keys.ts'
import { Producer } from './producer/producer.ts'
import type { ProducerConfigInput } from './producer/producer-keys.ts'

let env: Env | undefined

/** One for all clients of the process. Warnings and errors go to standard error. */
function machine(): Env {
  env ??= createNodeEnv({ log: { level: 'warn' }, isLibrary: true })
  return env
}

/** A producer; see `Producer`. Throws `ClientError` INVALID_CONFIG. */
export function createProducer<Key = Uint8Array | string, Value = Uint8Array | string>(
  config: ProducerConfigInput,
): Producer<Key, Value> {
  return new Producer<Key, Value>(machine(), config)
}

/** A consumer; see `Consumer`. Throws `ClientError` INVALID_CONFIG. */
export function createConsumer(config: ConfigInput<typeof consumerKeys>): Consumer {
  return new Consumer(machine(), config)
}
