// Apache Kafka 4.3.1 in KRaft mode, broker and controller in one process: what groups of the consumer protocol are compared with.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import path from 'node:path'
import { Daemon } from './daemon.ts'
import { temporaryFolder } from './folders.ts'
import { freePorts } from './free-ports.ts'
import { classpath } from './maven.ts'
import { pollUntil } from './poll-until.ts'
import { mustRun } from './run-command.ts'

export interface KraftTarget {
  readonly bootstrap: string
  stop(): Promise<void>
  remove(): void
}

export interface KraftOptions {
  /** A class path beside the broker's own. */
  readonly classes?: string
  readonly jvmOptions?: readonly string[]
  /** For a quorum whose voters change: `--standalone` makes the first of them, `--no-initial-controllers` one that joins. */
  readonly formatOptions?: readonly string[]
}

/** Starts it with its data in a folder of its own; resolves when it serves. */
export async function startKraftTarget(
  properties: Readonly<Record<string, string>> = {},
  { classes, jvmOptions = [], formatOptions = [] }: KraftOptions = {},
): Promise<KraftTarget> {
  const own = await classpath('kafka-4.3.1')
  const libraries = classes === undefined ? own : `${classes}${path.delimiter}${own}`
  const folder = temporaryFolder('judge-kraft')
  const [port = 0, controllerPort = 0] = await freePorts(2)
  const config = path.join(folder, 'server.properties')
  const all = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    ...(formatOptions.length > 0 ? {} : { 'controller.quorum.voters': `1@127.0.0.1:${controllerPort}` }),
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': path.join(folder, 'logs'),
    'num.partitions': '1',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '5',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
    ...properties,
  }
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    config,
    Object.entries(all)
      .map(([key, value]) => `${key}=${value}`)
      .join('\n'),
  )
  const java = ['-Xmx512m', '-XX:+UseSerialGC', ...jvmOptions, '-cp', libraries]
  const format = ['format', '-t', 'MkU3OEVBNTcwNTJENDM2Qg', '-c', config, ...formatOptions]
  await mustRun('java', [...java, 'kafka.tools.StorageTool', ...format], { timeoutMs: 120_000 })
  const daemon = Daemon.start({
    name: 'apache-kraft',
    command: 'java',
    args: [...java, 'kafka.Kafka', config],
    cwd: folder,
    logFile: path.join(folder, 'apache-kraft.log'),
  })
  // The first listener, which the properties given may have moved.
  const servedPort = Number(/:(\d+)/.exec(all.listeners)?.[1])
  await pollUntil<boolean>('Apache Kafka 4.3.1 serves', 120_000, () => canConnect(servedPort))
  return {
    bootstrap: `127.0.0.1:${servedPort}`,
    async stop() {
      await daemon.stop()
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', reject)
  })
}
