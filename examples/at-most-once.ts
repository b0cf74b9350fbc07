// At most once: the position is committed before the work is done. A crash loses the record that was being worked on; none is ever worked on twice.
import { createConsumer, createProducer } from '@odradek/client/node'
import { brokers, fresh } from './brokers.ts'

const topic = fresh('at-most-once')
const producer = createProducer(brokers)
await producer.sendBatch(['one', 'two', 'three', 'four'].map((value) => ({ topic, value })))
await producer.close()

const done: string[] = []

/** Works on records until there are none, or until it crashes at one of them. */
async function run(crashAt?: string): Promise<void> {
  const consumer = createConsumer({
    ...brokers,
    'group.id': topic,
    'auto.offset.reset': 'earliest',
    'enable.auto.commit': false,
  })
  consumer.subscribe(topic)
  for await (const record of consumer) {
    await consumer.commitRecord(record)
    const value = String(record.value)
    if (value === crashAt) break
    done.push(value)
    if (value === 'four') break
  }
  await consumer.close()
}

await run('two')
console.log('crashed at two')
await run()
console.log(`done: ${done.join(' ')}`)
