// A record that cannot be worked on goes to a topic of its own, with headers that say where it came from and what went wrong; the others go on.
import { createConsumer, createProducer } from '@odradek/client/node'
import { brokers, fresh } from './brokers.ts'

const topic = fresh('amounts')
const deadLetters = `${topic}-dead`
const producer = createProducer(brokers)
await producer.sendBatch(['17', 'many', '25'].map((value) => ({ topic, value })))

let sum = 0
const stop = new AbortController()
const consumer = createConsumer({ ...brokers, 'group.id': topic, 'auto.offset.reset': 'earliest' })
consumer.subscribe(topic)
await consumer.run({
  signal: stop.signal,
  onError: { topic: deadLetters, send: (record) => producer.send(record) },
  eachRecord({ value, offset }) {
    const amount = Number(String(value))
    if (Number.isNaN(amount)) throw new Error(`'${String(value)}' is no amount`)
    sum += amount
    if (offset === 2) stop.abort()
  },
})
await consumer.close()
await producer.close()
console.log(`sum: ${sum}`)

const reader = createConsumer({ ...brokers, 'auto.offset.reset': 'earliest' })
reader.assign([{ topic: deadLetters, partition: 0 }])
for await (const { value, headers } of reader) {
  const why = headers.find(({ key }) => key === 'dead-letter.error.message')?.value
  console.log(`dead: ${String(value)}, since ${String(why)}`)
  break
}
await reader.close()
