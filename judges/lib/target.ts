// One broker with its ZooKeeper, ours or Apache's, that a judge may stop, kill and start again.
import { rmSync } from 'node:fs'
import path from 'node:path'
import { startApacheKafka, startApacheZooKeeper } from './apache.ts'
import type { Daemon } from './daemon.ts'
import { temporaryFolder } from './folders.ts'
import { freePorts } from './free-ports.ts'
import type { TargetKind } from './judge.ts'
import { startOdradek } from './odradek.ts'
import { pause } from './poll-until.ts'

export interface Target {
  readonly kind: TargetKind
  /** host:port, the same after every restart. */
  readonly bootstrap: string
  readonly zookeeper: string
  /** The broker's log directory. */
  readonly logDir: string
  /** The process that serves `bootstrap`. */
  readonly process: Daemon
  /** What our broker shows at /metrics; Apache's has no such page. */
  metrics(): Promise<string>
  /** Stops the broker in good order and starts it again. */
  restart(): Promise<void>
  /** `kill -9`. */
  crash(): Promise<void>
  /** Starts the broker after `crash`. */
  start(): Promise<void>
  /** Stops everything, in good order, and keeps the data until `remove`. */
  stop(): Promise<void>
  remove(): void
}

export function startTarget(kind: TargetKind, properties: Readonly<Record<string, string>> = {}): Promise<Target> {
  return kind === 'apache' ? startApacheTarget(properties) : startOdradekTarget(properties)
}

async function startOdradekTarget(properties: Readonly<Record<string, string>>): Promise<Target> {
  const folder = temporaryFolder('judge')
  const [port = 0, zookeeperPort = 0, httpPort = 0] = await freePorts(3)
  const start = (): Promise<Daemon> => startOdradek({ folder, port, zookeeperPort, httpPort, properties })
  let daemon = await start()
  return {
    kind: 'odradek',
    bootstrap: `127.0.0.1:${port}`,
    zookeeper: `127.0.0.1:${zookeeperPort}`,
    logDir: path.join(folder, 'data', 'kafka'),
    get process() {
      return daemon
    },
    metrics: async () => (await fetch(`http://127.0.0.1:${httpPort}/metrics`)).text(),
    async restart() {
      await mustStop(daemon)
      daemon = await start()
    },
    crash: () => daemon.crash(),
    async start() {
      daemon = await start()
    },
    stop: () => mustStop(daemon),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Apache's broker refuses to start while the session of its former self lives: session timeout and two ticks. */
const apacheSessionMs = 7500
/** Apache's broker says that it has started before it has heard from the controller who leads what. */
const apacheMetadataMs = 1500

async function startApacheTarget(properties: Readonly<Record<string, string>>): Promise<Target> {
  const folder = temporaryFolder('judge-apache')
  const [port = 0, zookeeperPort = 0] = await freePorts(2)
  const zookeeper = await startApacheZooKeeper(path.join(folder, 'zookeeper'), zookeeperPort)
  const logDir = path.join(folder, 'kafka-logs')
  const start = (): Promise<Daemon> =>
    startApacheKafka({
      folder: path.join(folder, 'kafka'),
      port,
      zookeeper: `127.0.0.1:${zookeeperPort}`,
      logDir,
      properties,
    })
  let daemon = await start()
  return {
    kind: 'apache',
    bootstrap: `127.0.0.1:${port}`,
    zookeeper: `127.0.0.1:${zookeeperPort}`,
    logDir,
    get process() {
      return daemon
    },
    metrics: () => Promise.resolve(''),
    async restart() {
      await daemon.stop()
      daemon = await start()
      await pause(apacheMetadataMs)
    },
    crash: () => daemon.crash(),
    async start() {
      await pause(apacheSessionMs)
      daemon = await start()
      await pause(apacheMetadataMs)
    },
    async stop() {
      await daemon.stop()
      await zookeeper.stop()
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

async function mustStop(daemon: Daemon): Promise<void> {
  const code = await daemon.stop()
  if (code !== 0) throw new Error(`${daemon.name} did not stop in good order: exit code ${code}`)
}
