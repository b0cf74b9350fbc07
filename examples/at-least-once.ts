// At least once, the default: what is done with is committed from time to time, before partitions go to another member, and at the end. After a crash what was not
// committed comes again, so the work must bear to be done twice.
import { createConsumer, createProducer } from '@odradek/client/node'
import { brokers, fresh } from './brokers.ts'

const topic = fresh('at-least-once')
const producer = createProducer(brokers)
await producer.sendBatch(['one', 'two', 'three', 'four'].map((value) => ({ topic, value })))
await producer.close()

const done: string[] = []

/** Works on records until there are none, or until it crashes at one of them. */
async function run(crashAt?: string): Promise<void> {
  const consumer = createConsumer({ ...brokers, 'group.id': topic, 'auto.offset.reset': 'earliest' })
  consumer.subscribe(topic)
  for await (const record of consumer) {
    const value = String(record.value)
    done.push(value)
    // The record in hand does not count as done with: the next one was not asked for.
    if (value === crashAt || value === 'four') break
  }
  await consumer.close()
}

await run('two')
console.log('crashed at two')
await run()
console.log(`done: ${done.join(' ')}`)
