import type { Command } from 'commander'
import { parseZooKeeperConfig } from '@odradek/zookeeper'
import type { CommandContext } from '../command-context.ts'
import { parseLogLevel, parsePort } from '../options.ts'
import { readTextFile } from '../read-file.ts'
import { runNode } from '../run-node.ts'

interface ZooKeeperOptions {
  readonly config: string
  readonly httpPort?: string
  readonly logLevel: string
}

/** `odradek zookeeper --config zoo.cfg` */
export function defineZooKeeper(command: Command, context: CommandContext): void {
  command
    .requiredOption('--config <file>', 'zoo.cfg')
    .option('--http-port <number>', 'serve /metrics and /health on this port')
    .option('--log-level <level>', 'debug, info, warn or error', 'info')
    .action((options: ZooKeeperOptions) => zookeeper(options, context))
}

async function zookeeper(options: ZooKeeperOptions, context: CommandContext): Promise<void> {
  const env = await context.createEnv(parseLogLevel(options.logLevel))
  const config = parseZooKeeperConfig(readTextFile(env, options.config))
  const http =
    options.httpPort === undefined
      ? {}
      : { http: { host: '127.0.0.1', port: parsePort('--http-port', options.httpPort) } }
  await runNode(env, { zookeeper: config, ...http }, (node) => {
    const address = node.zookeeperAddress
    void context.terminal.write(`ZooKeeper serves ${address?.host}:${address?.port}\n`)
  })
}
