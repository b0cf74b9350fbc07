// The two brokers that are compared, each with its ZooKeeper, as processes of their own.
import { rmSync } from 'node:fs'
import path from 'node:path'
import { startApacheKafka, startApacheZooKeeper } from '../../judges/lib/apache.ts'
import type { Daemon } from '../../judges/lib/daemon.ts'
import { temporaryFolder } from '../../judges/lib/folders.ts'
import { freePorts } from '../../judges/lib/free-ports.ts'
import { startOdradek } from '../../judges/lib/odradek.ts'
import { firstMetadataAnswer } from './first-metadata-answer.ts'

export type BrokerName = 'apache' | 'odradek'

export interface RunningBroker {
  readonly name: BrokerName
  readonly bootstrap: string
  /** From the start of the first process to the first Metadata answer that names a broker and a controller. */
  readonly startMs: number
  readonly processes: readonly Daemon[]
  stop(): Promise<void>
}

/** Apache's own default. */
const apacheHeap = '-Xmx1g'

/** Starts both servers of one side at once, in new data directories. */
export async function startBroker(name: BrokerName): Promise<RunningBroker> {
  const folder = temporaryFolder(`bench-${name}`)
  const [port = 0, zookeeperPort = 0, httpPort = 0] = await freePorts(3)
  const zookeeper = `127.0.0.1:${zookeeperPort}`
  const startedMs = performance.now()
  const answered = firstMetadataAnswer(port, 120_000)
  const starting =
    name === 'odradek'
      ? [startOdradek({ folder, port, zookeeperPort, httpPort })]
      : [
          startApacheZooKeeper(path.join(folder, 'zookeeper'), zookeeperPort),
          startApacheKafka({
            folder: path.join(folder, 'kafka'),
            port,
            zookeeper,
            heap: apacheHeap,
            logDir: path.join(folder, 'logs'),
          }),
        ]
  const [atMs, ...processes] = await Promise.all([answered, ...starting])
  return {
    name,
    bootstrap: `127.0.0.1:${port}`,
    startMs: atMs - startedMs,
    processes,
    async stop() {
      for (const daemon of processes.toReversed()) await daemon.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
