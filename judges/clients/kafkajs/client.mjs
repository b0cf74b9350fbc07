// kafkajs. See ../README.md for the commands. Runs in the folder into which the library was installed.
import { createHash, randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'

const require = createRequire(path.join(process.cwd(), 'package.json'))
const kafkajs = require('kafkajs')
const snappy = require('snappyjs')
const lz4 = require('lz4js')
const { hash: xxh32 } = require('lz4js/xxh32.js')
const { CompressionCodecs, CompressionTypes, Kafka, logLevel, Partitioners } = kafkajs

// kafkajs brings gzip alone; the others are plugged in, as its users do.
const xerialMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0])
CompressionCodecs[CompressionTypes.Snappy] = () => ({
  compress: async (encoder) => Buffer.from(snappy.compress(encoder.buffer)),
  async decompress(buffer) {
    if (!buffer.subarray(0, 8).equals(xerialMagic)) return Buffer.from(snappy.uncompress(buffer))
    const chunks = []
    for (let at = 16; at < buffer.length;) {
      const length = buffer.readInt32BE(at)
      chunks.push(Buffer.from(snappy.uncompress(buffer.subarray(at + 4, at + 4 + length))))
      at += 4 + length
    }
    return Buffer.concat(chunks)
  },
})
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: async (encoder) => independentBlocks(Buffer.from(lz4.compress(encoder.buffer))),
  decompress: async (buffer) => Buffer.from(lz4.decompress(buffer)),
})
CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: async (encoder) => zstdCompressSync(encoder.buffer),
  decompress: async (buffer) => zstdDecompressSync(buffer),
})

/** lz4js does not say that its blocks are independent (a frame of ours has one), and Kafka's broker takes no others. */
function independentBlocks(frame) {
  frame[4] |= 0x20
  const hasContentSize = (frame[4] & 0x08) !== 0
  const end = hasContentSize ? 14 : 6
  frame[end] = (xxh32(0, frame, 4, end - 4) >>> 8) & 0xff
  return frame
}

const codecs = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
}

let kafka
let admin
let background
const members = new Map()

function valueOf(prefix, index, size) {
  const name = `${prefix}-${index}|`
  return name.repeat(Math.ceil(size / name.length)).slice(0, size)
}

/** A producer, and the partition that each key went to. */
async function newProducer(idempotent) {
  const partitions = new Map()
  const choose = Partitioners.DefaultPartitioner()
  const producer = kafka.producer({
    idempotent,
    maxInFlightRequests: idempotent ? 1 : undefined,
    createPartitioner: () => (options) => {
      const partition = choose(options)
      partitions.set(String(options.message.key), partition)
      return partition
    },
    retry: { retries: 1000, initialRetryTime: 100, maxRetryTime: 500 },
  })
  await producer.connect()
  return { producer, partitions }
}

function recordOf({ prefix, valueBytes, timestampMs }, index) {
  return {
    key: `${prefix}-${index}`,
    value: valueOf(prefix, index, valueBytes),
    headers: { n: String(index), language: 'ünï' },
    ...(timestampMs === undefined ? {} : { timestamp: String(timestampMs + index) }),
  }
}

async function produce(request) {
  const { producer, partitions } = await newProducer(request.idempotent)
  const step = request.valueBytes > 10_000 ? 1 : 500
  const results = []
  for (let from = 0; from < request.count; from += step) {
    const size = Math.min(step, request.count - from)
    const messages = Array.from({ length: size }, (_, index) => recordOf(request, from + index))
    const answers = await producer.send({
      topic: request.topic,
      acks: -1,
      compression: codecs[request.codec],
      messages,
    })
    const next = new Map(answers.map((answer) => [answer.partition, Number(answer.baseOffset)]))
    for (const { key } of messages) {
      const partition = partitions.get(key)
      const offset = next.get(partition)
      next.set(partition, offset + 1)
      results.push({ partition, offset })
    }
  }
  await producer.disconnect()
  return results
}

function newConsumer(groupId) {
  return kafka.consumer({
    groupId,
    sessionTimeout: 10_000,
    heartbeatInterval: 1000,
    rebalanceTimeout: 10_000,
    maxWaitTimeInMs: 100,
    retry: { retries: 1000, initialRetryTime: 100, maxRetryTime: 500 },
  })
}

/** Reads from `starts` (partition to offset) to the ends that the partitions have now. kafkajs reads only as a group. */
async function readToEnd(topic, starts) {
  const ends = new Map()
  for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
    if (Math.max(starts.get(partition) ?? 0, Number(low)) < Number(high)) ends.set(partition, Number(high))
  }
  const records = []
  if (ends.size === 0) return records
  const consumer = newConsumer(`reader-${randomUUID()}`)
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  const { promise, resolve } = Promise.withResolvers()
  await consumer.run({
    autoCommit: false,
    async eachMessage({ partition, message }) {
      if (!ends.has(partition)) return
      records.push({
        partition,
        offset: Number(message.offset),
        key: message.key.toString(),
        sizeBytes: message.value.length,
        sha256: createHash('sha256').update(message.value).digest('hex'),
        headers: Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, value.toString()])),
        timestampMs: Number(message.timestamp),
      })
      if (Number(message.offset) + 1 >= ends.get(partition)) ends.delete(partition)
      if (ends.size === 0) resolve()
    },
  })
  for (const [partition, offset] of starts) consumer.seek({ topic, partition, offset: String(offset) })
  const late = setTimeout(() => resolve(), 90_000)
  await promise
  clearTimeout(late)
  await consumer.disconnect()
  if (ends.size > 0)
    throw new Error(`${records.length} records after 90 s; ends not reached: ${JSON.stringify([...ends])}`)
  return records
}

async function startsByTime(topic, timestampMs) {
  const found = await admin.fetchTopicOffsetsByTimestamp(topic, timestampMs)
  return new Map(found.map(({ partition, offset }) => [partition, Number(offset)]))
}

class Background {
  constructor(request) {
    this.request = request
    this.acknowledged = []
    this.failed = []
    this.running = true
    this.done = this.run()
  }

  async run() {
    const { producer } = await newProducer(true)
    const startMs = performance.now()
    let next = 0
    while (this.running) {
      const due = Math.floor(((performance.now() - startMs) * this.request.perSecond) / 1000)
      const numbers = Array.from({ length: Math.min(due - next, 1000) }, (_, index) => next + index)
      next += numbers.length
      if (numbers.length === 0) {
        await new Promise((resolve) => setTimeout(resolve, 5))
        continue
      }
      const messages = numbers.map((index) => recordOf(this.request, index))
      try {
        await producer.send({ topic: this.request.topic, acks: -1, messages })
        this.acknowledged.push(...numbers)
      } catch (error) {
        process.stderr.write(`${error.stack}\n`)
        this.failed.push(...numbers)
      }
    }
    await producer.disconnect()
  }

  async stop() {
    this.running = false
    await this.done
    return { acknowledged: this.acknowledged, failed: this.failed }
  }
}

class Member {
  received = []
  assigned = 0

  async start({ group, topic }) {
    this.consumer = newConsumer(group)
    const { GROUP_JOIN, REBALANCING } = this.consumer.events
    this.consumer.on(REBALANCING, () => (this.assigned = 0))
    this.consumer.on(GROUP_JOIN, ({ payload }) => (this.assigned = payload.memberAssignment[topic]?.length ?? 0))
    await this.consumer.connect()
    await this.consumer.subscribe({ topic, fromBeginning: true })
    await this.consumer.run({
      eachMessage: async ({ partition, message }) => {
        this.received.push([partition, Number(message.offset), message.key.toString()])
      },
    })
  }

  async stop() {
    await this.consumer.disconnect()
    return this.received
  }
}

const operations = {
  async connect({ bootstrap }) {
    kafka = new Kafka({
      clientId: 'judge',
      brokers: [bootstrap],
      logLevel: logLevel.WARN,
      logCreator:
        () =>
        ({ log }) =>
          process.stderr.write(`${log.message} ${log.error ?? ''}\n`),
      retry: { retries: 30, initialRetryTime: 100, maxRetryTime: 500 },
    })
    admin = kafka.admin()
    await admin.connect()
    return `kafkajs ${require('kafkajs/package.json').version}`
  },
  async createTopic({ topic, partitions }) {
    const isNew = await admin.createTopics({ topics: [{ topic, numPartitions: partitions, replicationFactor: 1 }] })
    if (!isNew) throw new Error('the topic exists already')
  },
  deleteTopic: ({ topic }) => admin.deleteTopics({ topics: [topic] }),
  topics: () => admin.listTopics(),
  produce,
  consume: ({ topic }) => readToEnd(topic, new Map()),
  consumeFromTime: async ({ topic, timestampMs }) => readToEnd(topic, await startsByTime(topic, timestampMs)),
  producerStart(request) {
    background = new Background(request)
  },
  producerStop: () => background.stop(),
  async memberStart(request) {
    const member = new Member()
    members.set(request.name, member)
    await member.start(request)
  },
  memberState({ name }) {
    const { assigned, received } = members.get(name)
    return { assigned, received: received.length }
  },
  memberStop: ({ name }) => members.get(name).stop(),
}

createInterface({ input: process.stdin }).on('line', async (line) => {
  const { id, op, ...request } = JSON.parse(line)
  let answer
  try {
    answer = { id, result: (await operations[op](request)) ?? null }
  } catch (error) {
    answer = { id, error: `${error.name}: ${error.message}` }
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`)
})
