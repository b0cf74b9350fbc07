import { createNodeEnv } from '@odradek/env-node'
import { parseZooKeeperConfig } from '@odradek/zookeeper'
import { parseLogLevel, parsePort } from '../options.ts'
import { readTextFile } from '../read-file.ts'
import { runNode } from '../run-node.ts'

export interface ZooKeeperOptions {
  readonly config: string
  readonly httpPort?: string
  readonly logLevel: string
}

/** `odradek zookeeper --config zoo.cfg` */
export async function zookeeper(options: ZooKeeperOptions): Promise<void> {
  const env = createNodeEnv({ log: { level: parseLogLevel(options.logLevel) } })
  const config = parseZooKeeperConfig(readTextFile(env, options.config))
  const http =
    options.httpPort === undefined
      ? {}
      : { http: { host: '127.0.0.1', port: parsePort('--http-port', options.httpPort) } }
  await runNode(env, { zookeeper: config, ...http }, (node) => {
    const address = node.zookeeperAddress
    process.stdout.write(`ZooKeeper serves ${address?.host}:${address?.port}\n`)
  })
}
