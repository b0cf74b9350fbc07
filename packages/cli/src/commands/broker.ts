import { parseBrokerConfig } from '@odradek/broker'
import type { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import type { CommandContext } from '../command-context.ts'
import { parseLogLevel, parsePort } from '../options.ts'
import { readProperties } from '../read-properties.ts'
import { runNode } from '../run-node.ts'

interface BrokerOptions {
  readonly config: string
  readonly override?: readonly string[]
  readonly httpPort?: string
  readonly logLevel: string
}

/** `odradek broker --config server.properties` */
export function defineBroker(command: Command, context: CommandContext): void {
  command
    .requiredOption('--config <file>', 'server.properties')
    .option('--override <key=value...>', 'set a key, instead of what the file says')
    .option('--http-port <number>', 'serve /metrics and /health on this port')
    .option('--log-level <level>', 'debug, info, warn or error', 'info')
    .action((options: BrokerOptions) => broker(options, context))
}

async function broker(options: BrokerOptions, context: CommandContext): Promise<void> {
  const env = await context.createEnv(parseLogLevel(options.logLevel))
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
    void context.terminal.write(`Kafka broker ${config.brokerId} serves ${address?.host}:${address?.port}\n`)
  })
}
