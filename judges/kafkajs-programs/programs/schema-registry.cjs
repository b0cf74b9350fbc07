// Avro records whose schema is in a registry; the registry is a few lines of HTTP here.
const assert = require('node:assert/strict')
const { createServer } = require('node:http')
const { once } = require('node:events')
const { SchemaRegistry, SchemaType } = require('@kafkajs/confluent-schema-registry')
const { Kafka, logLevel } = require('kafkajs')
const { until } = require('./until.cjs')

const topic = 'orders-in-avro'
const schema = {
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [
    { name: 'item', type: 'string' },
    { name: 'count', type: 'int' },
  ],
}

/** Knows one schema, under id 7. */
function serve() {
  let known
  return createServer(async (request, response) => {
    const chunks = await request.toArray()
    const body = chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString())
    if (request.method === 'POST') known = body.schema
    const isThere = request.method !== 'GET' || request.url === '/schemas/ids/7'
    response.writeHead(isThere ? 200 : 404, { 'content-type': 'application/json' })
    response.end(JSON.stringify(isThere ? { id: 7, schema: known } : { error_code: 40401, message: 'not found' }))
  })
}

async function main() {
  const server = serve().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const registry = new SchemaRegistry({ host: `http://127.0.0.1:${server.address().port}` })
  const { id } = await registry.register({ type: SchemaType.AVRO, schema: JSON.stringify(schema) })
  assert.equal(id, 7)

  const kafka = new Kafka({ brokers: [process.env.BOOTSTRAP], logLevel: logLevel.NOTHING })
  const producer = kafka.producer()
  await producer.connect()
  const orders = [
    { item: 'apples', count: 2 },
    { item: 'pears', count: 3 },
  ]
  const values = await Promise.all(orders.map((order) => registry.encode(id, order)))
  await producer.send({ topic, messages: values.map((value) => ({ value, partition: 0 })) })
  const read = []
  const consumer = kafka.consumer({ groupId: 'avro-readers' })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    eachMessage: async ({ message }) => void read.push({ ...(await registry.decode(message.value)) }),
  })
  await until('both orders', () => read.length === 2)
  assert.deepEqual(read, orders)
  await Promise.all([producer.disconnect(), consumer.disconnect()])
  server.close()
}

void main()
