// A ZooKeeper server as a process, Apache's or ours, with the same zoo.cfg and so on the same data directory.
import { mkdirSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { Daemon } from '../lib/daemon.ts'
import { root } from '../lib/folders.ts'
import type { TargetKind } from '../lib/judge.ts'
import { classpath } from '../lib/maven.ts'
import { pollUntil } from '../lib/poll-until.ts'

const logback = `<configuration>
  <appender name="out" class="ch.qos.logback.core.ConsoleAppender"><encoder><pattern>%d %p %m%n</pattern></encoder></appender>
  <root level="INFO"><appender-ref ref="out"/></root>
</configuration>
`

export interface ZooKeeperOptions {
  /** Data and logs are here. */
  readonly folder: string
  readonly port: number
  /** More lines for zoo.cfg. */
  readonly lines?: readonly string[]
  /** For Apache's only. */
  readonly javaOptions?: readonly string[]
}

/** Starts Apache ZooKeeper 3.9.5 or ours; resolves when it serves. */
export async function startZooKeeper(kind: TargetKind, options: ZooKeeperOptions): Promise<Daemon> {
  const { folder, port } = options
  mkdirSync(folder, { recursive: true })
  const config = path.join(folder, 'zoo.cfg')
  const lines = [
    'tickTime=2000',
    `dataDir=${path.join(folder, 'data')}`,
    'clientPortAddress=127.0.0.1',
    `clientPort=${port}`,
    'maxClientCnxns=0',
    'admin.enableServer=false',
    '4lw.commands.whitelist=*',
    ...(options.lines ?? []),
  ]
  writeFileSync(config, `${lines.join('\n')}\n`)
  const daemon =
    kind === 'apache' ? await startApache(folder, config, options.javaOptions ?? []) : startOurs(folder, config)
  await pollUntil(`${daemon.name} serves`, 60_000, async () => {
    return (await command(port, 'srvr')).includes('Mode:') || undefined
  })
  return daemon
}

async function startApache(folder: string, config: string, javaOptions: readonly string[]): Promise<Daemon> {
  const logging = path.join(folder, 'logback.xml')
  writeFileSync(logging, logback)
  return Daemon.start({
    name: 'apache-zookeeper',
    command: 'java',
    args: [
      '-Xmx512m',
      '-XX:+UseSerialGC',
      `-Dlogback.configurationFile=${logging}`,
      ...javaOptions,
      '-cp',
      await classpath('zookeeper-3.9.5'),
      'org.apache.zookeeper.server.quorum.QuorumPeerMain',
      config,
    ],
    cwd: folder,
    logFile: path.join(folder, 'apache-zookeeper.log'),
  })
}

function startOurs(folder: string, config: string): Daemon {
  return Daemon.start({
    name: 'odradek-zookeeper',
    command: path.join(root, 'bin', 'odradek'),
    args: ['zookeeper', '--config', config],
    cwd: root,
    logFile: path.join(folder, 'odradek-zookeeper.log'),
  })
}

/** The answer to a four-letter word; empty while nothing listens. */
export function command(port: number, word: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = net.connect(port, '127.0.0.1', () => socket.write(word))
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()))
    socket.on('error', () => resolve(''))
    socket.on('close', () => resolve(answer))
    socket.setTimeout(2000, () => socket.destroy())
  })
}
