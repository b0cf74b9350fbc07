// The two brokers that are compared, each with its ZooKeeper, as processes of their own.
import { rmSync } from 'node:fs'
import path from 'node:path'
import { startApacheKafka, startApacheZooKeeper } from '../../judges/lib/apache.ts'
import type { Daemon } from '../../judges/lib/daemon.ts'
import { temporaryFolder } from '../../judges/lib/folders.ts'
import { freePorts } from '../../judges/lib/free-ports.ts'
import { startOdradek } from '../../judges/lib/odradek.ts'
import { firstMetadataAnswer } from './first-metadata-answer.ts'

export const brokerNames = ['apache', 'odradek'] as const
export type BrokerName = (typeof brokerNames)[number]

export interface RunningBroker {
  readonly name: BrokerName
  readonly bootstrap: string
  /** On the clock of `performance.now`. */
  readonly startedMs: number
  /** From the start of the first process to the first Metadata answer that names a broker and a controller. */
  readonly startMs: number
  readonly processes: readonly Daemon[]
  stop(): Promise<void>
}

/** A broker of ten thousand partitions takes minutes. */
const startTimeoutMs = 400_000
const stopTimeoutMs = 400_000

/** What Apache's own scripts give to Java's machine, and to it with the heap of each server. */
const apacheMachine = [
  '-server',
  '-XX:+UseG1GC',
  '-XX:MaxGCPauseMillis=20',
  '-XX:InitiatingHeapOccupancyPercent=35',
  '-XX:+ExplicitGCInvokesConcurrent',
  '-XX:MaxInlineLevel=15',
  '-Djava.awt.headless=true',
]
const apacheKafkaMachine = ['-Xmx1G', '-Xms1G', ...apacheMachine]
const apacheZooKeeperMachine = ['-Xmx512M', '-Xms512M', ...apacheMachine]

export interface StartBrokerOptions {
  /** Where the data is; by default in a new folder, which goes with the broker. */
  readonly folder?: string
  readonly properties?: Readonly<Record<string, string>>
}

/** Starts both servers of one side at once. */
export async function startBroker(name: BrokerName, options: StartBrokerOptions = {}): Promise<RunningBroker> {
  const folder = options.folder ?? temporaryFolder(`bench-${name}`)
  const [port = 0, zookeeperPort = 0, httpPort = 0] = await freePorts(3)
  const { properties = {} } = options
  const zookeeper = `127.0.0.1:${zookeeperPort}`
  const startedMs = performance.now()
  const answered = firstMetadataAnswer(port, startTimeoutMs)
  const starting =
    name === 'odradek'
      ? [startOdradek({ folder, port, zookeeperPort, httpPort, properties })]
      : [
          startApacheZooKeeper(path.join(folder, 'zookeeper'), zookeeperPort, apacheZooKeeperMachine),
          startApacheKafka({
            folder: path.join(folder, 'kafka'),
            port,
            zookeeper,
            machineOptions: apacheKafkaMachine,
            logDir: path.join(folder, 'logs'),
            properties,
            readyTimeoutMs: startTimeoutMs,
          }),
        ]
  const [atMs, ...processes] = await Promise.all([answered, ...starting])
  return {
    name,
    bootstrap: `127.0.0.1:${port}`,
    startedMs,
    startMs: atMs - startedMs,
    processes,
    async stop() {
      for (const daemon of processes.toReversed()) await daemon.stop(stopTimeoutMs)
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true })
    },
  }
}
