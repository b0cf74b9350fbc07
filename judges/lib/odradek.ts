// Our own servers as processes, started as a user starts them.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { brokerProperties } from './apache.ts'
import { Daemon } from './daemon.ts'
import { root } from './folders.ts'

/** A start takes a second; longer than this, the server has failed its users. */
const readyTimeoutMs = 60_000

function startCommand(name: string, folder: string, args: readonly string[], wrapper: readonly string[] = []): Daemon {
  mkdirSync(folder, { recursive: true })
  const launcher = path.join(root, 'bin', 'odradek')
  const [command = launcher, ...rest] = [...wrapper, launcher, ...args]
  return Daemon.start({
    name,
    command,
    args: rest,
    cwd: root,
    logFile: path.join(folder, `${name}.log`),
  })
}

function writeProperties(file: string, properties: Readonly<Record<string, string>>): void {
  mkdirSync(path.dirname(file), { recursive: true })
  const lines = Object.entries(properties).map(([key, value]) => `${key}=${value}`)
  writeFileSync(file, `${lines.join('\n')}\n`)
}

/** Keys of the judges' zoo.cfg. */
function zooKeeperProperties(port: number, dataDir: string): Record<string, string> {
  return {
    tickTime: '500',
    dataDir,
    clientPortAddress: '127.0.0.1',
    clientPort: String(port),
    maxClientCnxns: '0',
    '4lw.commands.whitelist': '*',
  }
}

export interface OdradekUpOptions {
  readonly folder: string
  readonly port: number
  readonly zookeeperPort: number
  readonly httpPort: number
  readonly properties?: Readonly<Record<string, string>>
}

/** `odradek up`: both servers in one process; resolves when they serve. */
export async function startOdradek(options: OdradekUpOptions): Promise<Daemon> {
  const config = path.join(options.folder, 'config')
  const data = path.join(options.folder, 'data')
  const zookeeper = `127.0.0.1:${options.zookeeperPort}`
  writeProperties(
    path.join(config, 'zoo.cfg'),
    zooKeeperProperties(options.zookeeperPort, path.join(data, 'zookeeper')),
  )
  writeProperties(path.join(config, 'server.properties'), {
    ...brokerProperties({ port: options.port, zookeeper, logDir: path.join(data, 'kafka') }),
    ...options.properties,
  })
  const daemon = startCommand('odradek', options.folder, [
    'up',
    '--config',
    config,
    '--data',
    data,
    '--http-port',
    String(options.httpPort),
    '--log-level',
    'info',
  ])
  await daemon.waitForOutput(/Odradek is up/, readyTimeoutMs)
  return daemon
}

/** `odradek zookeeper`: our ZooKeeper server by itself. */
export async function startOdradekZooKeeper(folder: string, port: number): Promise<Daemon> {
  const config = path.join(folder, 'zoo.cfg')
  writeProperties(config, zooKeeperProperties(port, path.join(folder, 'data')))
  const daemon = startCommand('odradek-zookeeper', folder, ['zookeeper', '--config', config])
  await daemon.waitForOutput(/ZooKeeper serves/, readyTimeoutMs)
  return daemon
}

export interface OdradekBrokerOptions {
  readonly folder: string
  readonly port: number
  readonly zookeeper: string
  readonly logDir: string
  readonly properties?: Readonly<Record<string, string>>
  /** A command that runs the rest of its arguments as a command, with other limits for example. */
  readonly wrapper?: readonly string[]
}

/** `odradek broker`: our broker by itself. */
export async function startOdradekBroker(options: OdradekBrokerOptions): Promise<Daemon> {
  const config = path.join(options.folder, 'server.properties')
  writeProperties(config, { ...brokerProperties(options), ...options.properties })
  const daemon = startCommand('odradek-broker', options.folder, ['broker', '--config', config], options.wrapper)
  await daemon.waitForOutput(/Kafka broker \d+ serves/, readyTimeoutMs)
  return daemon
}
