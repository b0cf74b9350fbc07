// Reads a topic from its beginning: slowly at first, then as fast as it can. Prints the most memory that this process has had, in MiB. `node slow-consumer.ts JSON`
import { createConsumer } from '@odradek/client/node'
import { pause } from '../lib/poll-until.ts'

const { bootstrap, topic, count, slowMs } = JSON.parse(process.argv[2] ?? '{}') as {
  readonly bootstrap: string
  readonly topic: string
  readonly count: number
  readonly slowMs: number
}
const consumer = createConsumer({
  'bootstrap.servers': bootstrap,
  'group.id': 'behind',
  'auto.offset.reset': 'earliest',
  'buffered.bytes.max': 16 * 1024 * 1024,
})
consumer.subscribe(topic)
const slowUntilMs = performance.now() + slowMs
let seen = 0
for await (const { records } of consumer.batches()) {
  seen += records.length
  if (performance.now() < slowUntilMs) await pause(200)
  if (seen >= count) break
}
await consumer.close()
process.stdout.write(`${JSON.stringify({ seen, peakMiB: process.resourceUsage().maxRSS / 1024 })}\n`)
