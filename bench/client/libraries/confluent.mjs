// @confluentinc/kafka-javascript: its callbacks, which are faster than its promises.
import { createRequire } from 'node:module'
import path from 'node:path'
import { turn } from '../turn.mjs'

const require = createRequire(path.join(process.cwd(), 'package.json'))
const { KafkaConsumer, Producer } = require('@confluentinc/kafka-javascript')

const connected = (client) =>
  new Promise((resolve, reject) => {
    client.connect({}, (error) => (error ? reject(error) : resolve()))
  })

export async function connectProducer({ bootstrap, topic, acks, codec, isAwaited, underWayMax }) {
  const producer = new Producer({
    'bootstrap.servers': bootstrap,
    'request.required.acks': acks === 'all' ? -1 : Number(acks),
    'compression.codec': codec,
    'linger.ms': isAwaited ? 0 : 5,
    dr_cb: true,
  })
  producer.setPollInterval(1)
  await connected(producer)
  producer.setPollInBackground?.(true)
  producer.on('delivery-report', (error, { opaque }) => {
    if (error) throw error
    opaque()
  })
  const one = (value) => new Promise((resolve) => void producer.produce(topic, null, value, null, undefined, resolve))
  return {
    one,
    batch: (values) => Promise.all(values.map(one)),
    async stream(next, onDone) {
      let underWay = 0
      const settled = () => {
        underWay--
        onDone(1)
      }
      for (let value = next(), count = 1; value !== undefined; value = next(), count++) {
        underWay++
        producer.produce(topic, null, value, null, undefined, settled)
        if (count % 500 === 0) await turn()
        while (underWay >= underWayMax) await turn()
      }
      while (underWay > 0) await turn()
    },
    close: () => new Promise((resolve) => void producer.disconnect(5000, resolve)),
  }
}

export async function consume({ bootstrap, topic, count, onRecords }) {
  const consumer = new KafkaConsumer(
    { 'bootstrap.servers': bootstrap, 'group.id': `bench-${process.pid}` },
    { 'auto.offset.reset': 'earliest' },
  )
  await connected(consumer)
  consumer.subscribe([topic])
  let left = count
  while (left > 0) {
    const messages = await new Promise((resolve, reject) => {
      consumer.consume(1000, (error, found) => (error ? reject(error) : resolve(found)))
    })
    if (messages.length > 0) onRecords(messages.length)
    left -= messages.length
  }
  await new Promise((resolve) => void consumer.disconnect(resolve))
}
