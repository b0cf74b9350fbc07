// @platformatic/kafka.
import { createRequire } from 'node:module'
import path from 'node:path'
import { streamInChunks } from '../turn.mjs'

const require = createRequire(path.join(process.cwd(), 'package.json'))
const { Consumer, MessagesStreamModes, ProduceAcks, Producer } = require('@platformatic/kafka')

export async function connectProducer({ bootstrap, topic, acks, codec, underWayMax }) {
  const producer = new Producer({
    clientId: 'bench',
    bootstrapBrokers: [bootstrap],
    acks: acks === 'all' ? ProduceAcks.ALL : acks === '1' ? ProduceAcks.LEADER : ProduceAcks.NO_RESPONSE,
    compression: codec,
  })
  const batch = (values) => producer.send({ messages: values.map((value) => ({ topic, value })) })
  return {
    one: (value) => batch([value]),
    batch,
    stream: (next, onDone) => streamInChunks(next, onDone, batch, underWayMax),
    close: () => producer.close(),
  }
}

export async function consume({ bootstrap, topic, count, onRecords }) {
  const consumer = new Consumer({ clientId: 'bench', groupId: `bench-${process.pid}`, bootstrapBrokers: [bootstrap] })
  const stream = await consumer.consume({ topics: [topic], mode: MessagesStreamModes.EARLIEST })
  let left = count
  await new Promise((resolve, reject) => {
    stream.on('error', reject)
    stream.on('data', () => {
      onRecords(1)
      if (--left === 0) resolve()
    })
  })
  await stream.close()
  await consumer.close(true)
}
