import { rmSync } from 'node:fs'
import { temporaryFolder } from '../../judges/lib/folders.ts'
import { mustRun } from '../../judges/lib/run-command.ts'
import { startBroker } from './brokers.ts'
import type { BrokerName } from './brokers.ts'
import { dropCaches } from './drop-caches.ts'
import { memoryMiB } from './memory.ts'

export interface ManyPartitions {
  /** To make the topics and to put one record into each partition, seconds. */
  readonly fillSeconds: number
  /** From the start of the processes, with nothing of the data in memory, until every partition has answered where it ends. */
  readonly startMs: number
  /** Of both servers, then. */
  readonly memoryMiB: number
}

const topics = 10

/** A broker with many partitions: made, closed in good order, and started again. */
export async function measureManyPartitions(
  program: string,
  name: BrokerName,
  partitions: number,
): Promise<ManyPartitions> {
  const folder = temporaryFolder(`bench-many-${name}`)
  const work = async (what: 'fill' | 'ready', bootstrap: string): Promise<number> => {
    const perTopic = String(partitions / topics)
    const options = [
      '-work',
      what,
      '-brokers',
      `${name}=${bootstrap}`,
      '-topics',
      String(topics),
      '-partitions',
      perTopic,
    ]
    const { seconds } = JSON.parse(await mustRun(program, options, { timeoutMs: 600_000 })) as { seconds: number }
    return seconds
  }
  try {
    const first = await startBroker(name, { folder })
    const fillSeconds = await work('fill', first.bootstrap)
    await first.stop()
    dropCaches()
    const second = await startBroker(name, { folder })
    await work('ready', second.bootstrap)
    const startMs = performance.now() - second.startedMs
    const { now } = memoryMiB(second.processes)
    await second.stop()
    return { fillSeconds, startMs, memoryMiB: now }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
