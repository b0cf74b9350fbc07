// A consumer that is far behind: what waits for it stays with the broker, its memory within what its configuration says.
import assert from 'node:assert/strict'
import path from 'node:path'
import { createProducer } from '@odradek/client/node'
import { root } from '../lib/folders.ts'
import type { JudgeContext } from '../lib/judge.ts'
import { mustRun } from '../lib/run-command.ts'
import { startTarget } from '../lib/target.ts'

const sizeBytes = 1024
const mebibytes = 512
/** A process of Node with the client, 16 MiB of buffers, and what its collector has not collected yet. */
const peakMiBMax = 300
const topic = 'behind'
const slowMs = 10_000

export async function judge({ report, target: kind }: JudgeContext): Promise<void> {
  const target = await startTarget(kind, { 'num.partitions': '4' })
  const { bootstrap } = target
  const count = (mebibytes * 2 ** 20) / sizeBytes
  try {
    await report.check(`a topic with ${mebibytes} MiB`, () => fill(bootstrap, count))
    await report.check(
      `a consumer that is ${mebibytes} MiB behind and slow, then fast, stays below ${peakMiBMax} MiB`,
      async () => {
        const program = path.join(root, 'judges', 'client-memory', 'slow-consumer.ts')
        const job = JSON.stringify({ bootstrap, topic, count, slowMs })
        const args = ['--conditions=source', '--disable-warning=ExperimentalWarning', program, job]
        const { seen, peakMiB } = JSON.parse(await mustRun(process.execPath, args, { timeoutMs: 300_000 })) as {
          seen: number
          peakMiB: number
        }
        report.note(`${seen} records, at most ${peakMiB.toFixed(0)} MiB`)
        assert.ok(seen >= count)
        assert.ok(peakMiB < peakMiBMax, `${peakMiB} MiB`)
      },
    )
  } finally {
    await target.stop()
    target.remove()
  }
}

async function fill(bootstrap: string, count: number): Promise<void> {
  const producer = createProducer({ 'bootstrap.servers': bootstrap, 'batch.size': 500_000, 'linger.ms': 5 })
  const value = Buffer.alloc(sizeBytes, 'odradek')
  const failures: Error[] = []
  for (let sent = 0; sent < count; sent++) {
    const hasRoom = producer.send({ topic, value }, (error) => {
      if (error !== undefined) failures.push(error)
    })
    if (!hasRoom) await producer.drained()
  }
  await producer.close()
  assert.deepEqual(failures.slice(0, 3), [])
}
