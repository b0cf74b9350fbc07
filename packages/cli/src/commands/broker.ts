import { parseBrokerConfig } from '@odradek/broker'
import { createNodeEnv } from '@odradek/env-node'
import { CliError } from '../cli-error.ts'
import { parseLogLevel, parsePort } from '../options.ts'
import { readProperties } from '../read-properties.ts'
import { runNode } from '../run-node.ts'

export interface BrokerOptions {
  readonly config: string
  readonly override?: readonly string[]
  readonly httpPort?: string
  readonly logLevel: string
}

/** `odradek broker --config server.properties` */
export async function broker(options: BrokerOptions): Promise<void> {
  const env = createNodeEnv({ log: { level: parseLogLevel(options.logLevel) } })
  const properties = readProperties(env, options.config)
  for (const text of options.override ?? []) {
    const [, key, value] = /^([^=]+)=(.*)$/.exec(text) ?? []
    if (key === undefined || value === undefined) {
      throw new CliError('INVALID_OPTION', `--override takes key=value, not "${text}"`)
    }
    properties.set(key.trim(), value.trim())
  }
  const config = parseBrokerConfig(properties)
  const http =
    options.httpPort === undefined
      ? {}
      : { http: { host: '127.0.0.1', port: parsePort('--http-port', options.httpPort) } }
  await runNode(env, { broker: () => config, ...http }, (node) => {
    const address = node.brokerAddress
    process.stdout.write(`Kafka broker ${config.brokerId} serves ${address?.host}:${address?.port}\n`)
  })
}
