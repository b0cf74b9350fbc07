// What node-runtime.test.ts runs in a thread of its own: writes three records, reads them as a member of a group, and is done.
import { parentPort, workerData } from 'node:worker_threads'
import { createConsumer, createProducer } from '../src/node.ts'

const common = { 'bootstrap.servers': workerData as string }
const producer = createProducer(common)
await producer.sendBatch(['one', 'two', 'three'].map((value) => ({ topic: 'threads', value })))
await producer.close()
const consumer = createConsumer({ ...common, 'group.id': 'threads', 'auto.offset.reset': 'earliest' })
consumer.subscribe('threads')
const values: string[] = []
for await (const record of consumer) if (values.push(String(record.value)) === 3) break
await consumer.close()
parentPort?.postMessage(values)
