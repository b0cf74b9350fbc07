// kafkajs; lz4 by lz4js, as kafkajs brings gzip alone.
import { createRequire } from 'node:module'
import path from 'node:path'
import { streamInChunks } from '../turn.mjs'

const require = createRequire(path.join(process.cwd(), 'package.json'))
const { CompressionCodecs, CompressionTypes, Kafka, logLevel, Partitioners } = require('kafkajs')
const lz4 = require('lz4js')
const { hash: xxh32 } = require('lz4js/xxh32.js')

CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: async (encoder) => independentBlocks(Buffer.from(lz4.compress(encoder.buffer))),
  decompress: async (buffer) => Buffer.from(lz4.decompress(buffer)),
})

/** lz4js does not say that its blocks are independent, and Kafka's brokers take no others. */
function independentBlocks(frame) {
  frame[4] |= 0x20
  const end = (frame[4] & 0x08) === 0 ? 6 : 14
  frame[end] = (xxh32(0, frame, 4, end - 4) >>> 8) & 0xff
  return frame
}

const kafka = (bootstrap) => new Kafka({ brokers: [bootstrap], logLevel: logLevel.NOTHING })

export async function connectProducer({ bootstrap, topic, acks, codec, underWayMax }) {
  const producer = kafka(bootstrap).producer({ createPartitioner: Partitioners.DefaultPartitioner })
  await producer.connect()
  const options = {
    topic,
    acks: acks === 'all' ? -1 : Number(acks),
    compression: codec === 'lz4' ? CompressionTypes.LZ4 : CompressionTypes.None,
  }
  const batch = (values) => producer.send({ ...options, messages: values.map((value) => ({ value })) })
  return {
    one: (value) => batch([value]),
    batch,
    stream: (next, onDone) => streamInChunks(next, onDone, batch, underWayMax),
    close: () => producer.disconnect(),
  }
}

export async function consume({ bootstrap, topic, count, onRecords }) {
  const consumer = kafka(bootstrap).consumer({ groupId: `bench-${process.pid}` })
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  let left = count
  await new Promise((resolve) => {
    void consumer.run({
      eachBatch: async ({ batch }) => {
        onRecords(batch.messages.length)
        left -= batch.messages.length
        if (left <= 0) resolve()
      },
    })
  })
  await consumer.disconnect()
}
