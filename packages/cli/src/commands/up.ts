import path from 'node:path'
import { parseBrokerConfig } from '@odradek/broker'
import { parseZooKeeperConfig } from '@odradek/zookeeper'
import type { Env } from '@odradek/base'
import type { PlatformNode, PlatformNodeOptions } from '@odradek/platform'
import type { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import type { CommandContext } from '../command-context.ts'
import { parseLogLevel, parsePort } from '../options.ts'
import { readTextFile } from '../read-file.ts'
import { readProperties } from '../read-properties.ts'
import { runNode } from '../run-node.ts'

export interface UpOptions {
  readonly profile: string
  readonly config?: string
  readonly data?: string
  readonly host?: string
  readonly port?: string
  readonly zookeeperPort?: string
  readonly httpPort: string
  readonly logLevel: string
}

const profiles = ['local', 'production']
/** `up` runs one broker, which cannot keep two copies of anything: keys that would ask for more are lowered to 1. */
const replicationKeys = [
  'default.replication.factor',
  'min.insync.replicas',
  'offsets.topic.replication.factor',
  'transaction.state.log.replication.factor',
  'transaction.state.log.min.isr',
]

/** What the start tells of how it has read the configuration. */
export interface UpChanges {
  /** Keys that were lowered to 1. */
  readonly lowered: string[]
  /** Where data is. */
  readonly dataPaths: string[]
}

const dataDefault = './data'

/** `odradek up`: both servers in one process, on a profile. */
export function defineUp(command: Command, context: CommandContext): void {
  command
    .option('--profile <name>', 'local or production', 'local')
    .option('--config <directory>', "a directory with server.properties and zoo.cfg, instead of a profile's")
    .option('--data <directory>', 'where data is kept, instead of where --config says (default: ./data)')
    .option('--host <address>', "address to bind, instead of the profile's")
    .option('--port <number>', "Kafka port, 0 for any free one, instead of the profile's")
    .option('--zookeeper-port <number>', "ZooKeeper port, 0 for any free one, instead of the profile's")
    .option('--http-port <number>', 'port of /metrics and /health, 0 for any free one', '9644')
    .option('--log-level <level>', 'debug, info, warn or error', 'warn')
    .action(async (options: UpOptions) => {
      const env = await context.createEnv(parseLogLevel(options.logLevel))
      const changes: UpChanges = { lowered: [], dataPaths: [] }
      await runNode(env, nodeOptions(env, options, context.profilesDirectory, changes), (node) => {
        void context.terminal.write(welcome(node, process.uptime(), changes))
      })
    })
}

/** Reads the profile and lays the command line's options over it. */
export function nodeOptions(
  env: Env,
  options: UpOptions,
  profilesDirectory: string,
  { lowered, dataPaths }: UpChanges,
): Omit<PlatformNodeOptions, 'onFatal'> {
  const directory = options.config ?? path.join(profilesDirectory, checkProfile(options.profile))
  // A configuration of one's own says itself where data is, if it says so.
  const isOwn = options.config !== undefined && options.data === undefined
  const data = options.data ?? dataDefault
  const zooFile = readTextFile(env, path.join(directory, 'zoo.cfg'))
  const zooCfg = [
    zooFile,
    ...(isOwn && /^\s*dataDir\s*=/m.test(zooFile) ? [] : [`dataDir=${path.join(data, 'zookeeper')}`]),
    ...(options.zookeeperPort === undefined
      ? []
      : [`clientPort=${parsePort('--zookeeper-port', options.zookeeperPort)}`]),
    ...(options.host === undefined ? [] : [`clientPortAddress=${options.host}`]),
  ].join('\n')

  const properties = readProperties(env, path.join(directory, 'server.properties'))
  if (!isOwn || !(properties.has('log.dirs') || properties.has('log.dir'))) {
    properties.set('log.dirs', path.join(data, 'kafka'))
  }
  if (options.host !== undefined || options.port !== undefined) {
    const [, host, port] = /:\/\/([^,]*):(\d+)/.exec(properties.get('listeners') ?? '') ?? []
    const newPort = options.port === undefined ? port : String(parsePort('--port', options.port))
    properties.set('listeners', `PLAINTEXT://${options.host ?? host ?? ''}:${newPort ?? 9092}`)
    properties.delete('advertised.listeners')
  }
  for (const key of replicationKeys) {
    if (Number(properties.get(key) ?? 1) > 1) {
      properties.set(key, '1')
      lowered.push(key)
    }
  }
  const zookeeper = parseZooKeeperConfig(zooCfg)
  dataPaths.push(properties.get('log.dirs') ?? properties.get('log.dir') ?? '', zookeeper.dataDir)
  return {
    http: { host: options.host ?? '127.0.0.1', port: parsePort('--http-port', options.httpPort) },
    zookeeper,
    broker: (address) => {
      if (address !== undefined) {
        const host = address.host === '0.0.0.0' || address.host === '::' ? '127.0.0.1' : address.host
        properties.set('zookeeper.connect', `${host}:${address.port}`)
      }
      return parseBrokerConfig(properties)
    },
  }
}

function checkProfile(profile: string): string {
  if (!profiles.includes(profile)) {
    throw new CliError('INVALID_OPTION', `--profile takes ${profiles.join(' or ')}, not "${profile}"`)
  }
  return profile
}

function welcome(node: PlatformNode, seconds: number, { lowered, dataPaths }: UpChanges): string {
  const address = ({ host, port }: { host: string; port: number }): string =>
    `${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${port}`
  const kafka = address(node.brokerAddress ?? { host: '', port: 0 })
  const lines = [
    '',
    `Odradek is up, ${seconds.toFixed(2)} s after its start.`,
    '',
    `  Kafka      ${kafka}`,
    `  ZooKeeper  ${address(node.zookeeperAddress ?? { host: '', port: 0 })}`,
    `  Metrics    http://${address(node.httpAddress ?? { host: '', port: 0 })}/metrics`,
    `  Data       ${dataPaths.join(', ')}`,
    '',
  ]
  if (lowered.length > 0) {
    lines.push('One broker runs here, so these keys of the profile are lowered to 1:', `  ${lowered.join(', ')}`, '')
  }
  lines.push(
    'Next, from another terminal:',
    `  echo 'hello' | kcat -b ${kafka} -P -t greetings`,
    `  kcat -b ${kafka} -C -t greetings -o beginning -e`,
    '',
    'Ctrl-C stops it; the next start finds everything again.',
    '',
  )
  return lines.join('\n')
}
