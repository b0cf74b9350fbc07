// Ours.
import { createConsumer, createProducer } from '@odradek/client/node'
import { turn } from '../turn.mjs'

export async function connectProducer({ bootstrap, topic, acks, codec, underWayMax }) {
  const producer = createProducer({
    'bootstrap.servers': bootstrap,
    acks,
    'compression.type': codec,
    'batch.size': 1_000_000,
  })
  return {
    one: (value) => producer.send({ topic, value }),
    batch: (values) => producer.sendBatch(values.map((value) => ({ topic, value }))),
    async stream(next, onDone) {
      let underWay = 0
      let wake
      const settled = (error) => {
        if (error !== undefined) throw error
        underWay--
        onDone(1)
        if (wake !== undefined && underWay < underWayMax) {
          wake()
          wake = undefined
        }
      }
      for (let value = next(), count = 1; value !== undefined; value = next(), count++) {
        underWay++
        producer.send({ topic, value }, settled)
        if (underWay >= underWayMax) await new Promise((resolve) => (wake = resolve))
        else if (count % 500 === 0) await turn()
      }
      await producer.flush()
    },
    close: () => producer.close(),
  }
}

export async function consume({ bootstrap, topic, count, onRecords }) {
  const consumer = createConsumer({
    'bootstrap.servers': bootstrap,
    'group.id': `bench-${process.pid}`,
    'auto.offset.reset': 'earliest',
  })
  consumer.subscribe(topic)
  let left = count
  for await (const { records } of consumer.batches()) {
    onRecords(records.length)
    left -= records.length
    if (left <= 0) break
  }
  await consumer.close()
}
