import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Daemon } from '../../judges/lib/daemon.ts'
import { root, temporaryFolder } from '../../judges/lib/folders.ts'
import { freePorts } from '../../judges/lib/free-ports.ts'
import type { TargetKind } from '../../judges/lib/judge.ts'
import { classpath } from '../../judges/lib/maven.ts'
import { pause } from '../../judges/lib/poll-until.ts'
import { memoryMiB } from '../lib/memory.ts'
import { LoadConnection } from './load-connection.ts'

/** Ticks of `/proc/PID/stat` in a second. */
const ticksPerSecond = 100
/** After this another attempt is made. */
const attemptMs = 250
/** What Apache's own zkServer.sh gives. */
const apacheHeap = '-Xmx1000m'

const logback = `<configuration>
  <appender name="out" class="ch.qos.logback.core.ConsoleAppender"><encoder><pattern>%d %p %m%n</pattern></encoder></appender>
  <root level="INFO"><appender-ref ref="out"/></root>
</configuration>
`

export interface RunningServer {
  readonly name: TargetKind
  readonly port: number
  /** From the start of the process to the first session. */
  readonly startMs: number
  readonly pid: number
  /** Processor time so far, of all threads. */
  cpuMs(): number
  memoryMiB(): { now: number; peak: number }
  /** Stops the process and leaves its data. */
  stop(): Promise<void>
  /** A new process on the same data. */
  restart(): Promise<RunningServer>
  /** Stops it, and removes its data. */
  remove(): Promise<void>
}

/** A server of its own on an empty directory, of Apache's or ours. */
export async function startServer(name: TargetKind): Promise<RunningServer> {
  const folder = temporaryFolder(`bench-zookeeper-${name}`)
  const [port = 0] = await freePorts(1)
  const lines = [
    'tickTime=2000',
    `dataDir=${path.join(folder, 'data')}`,
    'clientPortAddress=127.0.0.1',
    `clientPort=${port}`,
    'maxClientCnxns=0',
    'admin.enableServer=false',
  ]
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'zoo.cfg'), `${lines.join('\n')}\n`)
  writeFileSync(path.join(folder, 'logback.xml'), logback)
  return start(name, folder, port)
}

async function start(name: TargetKind, folder: string, port: number): Promise<RunningServer> {
  const config = path.join(folder, 'zoo.cfg')
  const options = name === 'apache' ? await apache(folder, config) : ours(config)
  const startedMs = performance.now()
  const daemon = Daemon.start({ name, ...options, cwd: root, logFile: path.join(folder, `${name}.log`) })
  const connection = await firstSession(daemon, port)
  const startMs = performance.now() - startedMs
  connection.close()
  return {
    name,
    port,
    startMs,
    pid: daemon.pid,
    cpuMs: () => cpuMsOf(daemon.pid),
    memoryMiB: () => memoryMiB([daemon]),
    stop: async () => void (await daemon.stop()),
    async restart() {
      await daemon.stop()
      return start(name, folder, port)
    },
    async remove() {
      await daemon.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function apache(folder: string, config: string): Promise<{ command: string; args: string[] }> {
  const main = 'org.apache.zookeeper.server.quorum.QuorumPeerMain'
  const logging = `-Dlogback.configurationFile=${path.join(folder, 'logback.xml')}`
  return { command: 'java', args: [apacheHeap, logging, '-cp', await classpath('zookeeper-3.9.5'), main, config] }
}

function ours(config: string): { command: string; args: string[] } {
  return { command: path.join(root, 'bin', 'odradek'), args: ['zookeeper', '--config', config] }
}

async function firstSession(daemon: Daemon, port: number): Promise<LoadConnection> {
  const endMs = performance.now() + 120_000
  while (performance.now() < endMs && daemon.isAlive) {
    try {
      return await LoadConnection.open(port, attemptMs)
    } catch {
      await pause(2)
    }
  }
  throw new Error(`${daemon.name} does not serve:\n${daemon.output}`)
}

/** Fields 14 and 15 of `/proc/PID/stat`: user and system time. */
function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond
}
