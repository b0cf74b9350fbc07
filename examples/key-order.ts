// Many records at the same time, those of one key in their order: what waits for one customer holds up no other.
import { createConsumer, createProducer } from '@odradek/client/node'
import { brokers, fresh } from './brokers.ts'

const topic = fresh('key-order')
const customers = ['ada', 'grace', 'edsger', 'barbara']
const perCustomer = 5
const producer = createProducer(brokers)
for (let number = 1; number <= perCustomer; number++) {
  await producer.sendBatch(customers.map((key) => ({ topic, key, value: String(number) })))
}
await producer.close()

const seen = new Map<string, string[]>(customers.map((customer) => [customer, []]))
let [underWay, underWayMost, left] = [0, 0, customers.length * perCustomer]
const stop = new AbortController()
const consumer = createConsumer({ ...brokers, 'group.id': topic, 'auto.offset.reset': 'earliest' })
consumer.subscribe(topic)
await consumer.run({
  concurrencyPerPartition: 4,
  signal: stop.signal,
  async eachRecord(record) {
    underWayMost = Math.max(underWayMost, ++underWay)
    await new Promise((resolve) => setTimeout(resolve, 20 * Math.random()))
    seen.get(String(record.key))?.push(String(record.value))
    underWay--
    if (--left === 0) stop.abort()
  },
})
await consumer.close()
for (const [customer, numbers] of seen) console.log(`${customer}: ${numbers.join(' ')}`)
console.log(`at the same time: ${underWayMost > 1 ? 'more than one' : 'one'}`)
