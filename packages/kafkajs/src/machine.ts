import type { Env } from '@odradek/base'
import { createNodeEnv, createSocketFactory } from '@odradek/env-node'
import type { KafkaConfig } from './types/config.ts'

/** The machine that the program runs on, with connections made as the configuration says. The client's own log goes nowhere: what it has to say comes as errors and events. */
export function machineFor({
  ssl,
  socketFactory = createSocketFactory(),
}: Pick<KafkaConfig, 'ssl' | 'socketFactory'>): Env {
  const tls = ssl === true ? {} : ssl === false || ssl === null ? undefined : ssl
  return createNodeEnv({
    log: { level: 'error', destination: () => undefined },
    isLibrary: true,
    connectSocket: ({ host, port }, onConnect) => socketFactory({ host, port, ssl: tls as never, onConnect }),
  })
}
