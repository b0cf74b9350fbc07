// Codecs that programs register: the face has its own, kafkajs beside it uses these. Each reads what the other has written.
const assert = require('node:assert/strict')
const SnappyCodec = require('kafkajs-snappy')
const LZ4 = require('@2l/kafkajs-lz4')
const face = require('kafkajs')
const original = require('kafkajs-original')
const { until } = require('./until.cjs')

const texts = Array.from({ length: 200 }, (_, index) => `${index} ${'text that repeats '.repeat(20)}`)

async function main() {
  for (const { CompressionCodecs, CompressionTypes } of [face, original]) {
    CompressionCodecs[CompressionTypes.Snappy] = SnappyCodec
    CompressionCodecs[CompressionTypes.LZ4] = new (LZ4.default ?? LZ4)().codec
  }
  const kafkas = { face, original }
  for (const codec of ['GZIP', 'Snappy', 'LZ4']) {
    for (const [writer, reader] of [
      ['face', 'original'],
      ['original', 'face'],
    ]) {
      const topic = `${codec}-by-${writer}`
      const clientOf = ({ Kafka, logLevel }) =>
        new Kafka({ brokers: [process.env.BOOTSTRAP], logLevel: logLevel.NOTHING })
      const producer = clientOf(kafkas[writer]).producer()
      await producer.connect()
      const messages = texts.map((value) => ({ value, partition: 0 }))
      await producer.send({ topic, compression: face.CompressionTypes[codec], messages })
      const read = []
      const consumer = clientOf(kafkas[reader]).consumer({ groupId: topic })
      await consumer.connect()
      await consumer.subscribe({ topic, fromBeginning: true })
      await consumer.run({ eachMessage: async ({ message }) => void read.push(String(message.value)) })
      await until(
        `all that ${writer} has written with ${codec} is read by ${reader}`,
        () => read.length === texts.length,
      )
      assert.deepEqual(read, texts)
      await Promise.all([producer.disconnect(), consumer.disconnect()])
    }
  }
}

void main()
