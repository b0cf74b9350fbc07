// Exactly once from topic to topic: the results and the position that they come from are committed in one transaction. A crash in between aborts both.
// Needs a broker with transactions.
import { createConsumer, createProducer } from '@odradek/client/node'
import { brokers, fresh } from './brokers.ts'

const input = fresh('orders')
const output = fresh('invoices')
const values = ['one', 'two', 'three', 'four']
const setup = createProducer(brokers)
await setup.partitionsFor(output)
await setup.sendBatch(values.map((value) => ({ topic: input, value })))
await setup.close()

/** Turns orders into invoices; fails once it has sent what it made of the order `failAt`. */
async function run(failAt?: string): Promise<void> {
  const consumer = createConsumer({
    ...brokers,
    'group.id': input,
    'auto.offset.reset': 'earliest',
    'enable.auto.commit': false,
    'isolation.level': 'read_committed',
    'max.poll.records': 2,
  })
  const producer = createProducer({ ...brokers, 'transactional.id': input })
  consumer.subscribe(input)
  try {
    for await (const { topic, partition, records, nextOffset } of consumer.batches()) {
      await producer.transaction(async (transaction) => {
        await transaction.sendBatch(records.map(({ value }) => ({ topic: output, value: `invoice ${String(value)}` })))
        if (records.some(({ value }) => String(value) === failAt)) throw new Error(`crashed at ${failAt}`)
        const offsets = [{ topic, partition, offset: nextOffset }]
        await transaction.sendOffsetsToTransaction(offsets, consumer.groupMetadata())
      })
      if (nextOffset >= values.length) break
    }
  } finally {
    await consumer.close()
    await producer.close()
  }
}

await run('three').catch((error: unknown) => console.log((error as Error).message))
await run()

const reader = createConsumer({ ...brokers, 'auto.offset.reset': 'earliest', 'isolation.level': 'read_committed' })
reader.assign([{ topic: output, partition: 0 }])
const invoices: string[] = []
for await (const record of reader) {
  invoices.push(String(record.value))
  if (invoices.length === values.length) break
}
await reader.close()
console.log(`committed: ${invoices.join(', ')}`)
