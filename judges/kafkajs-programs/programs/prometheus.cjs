// The exporter makes its metrics of the events of producer, consumer and admin.
const assert = require('node:assert/strict')
const { Registry } = require('prom-client')
const {
  monitorKafkaJSAdmin,
  monitorKafkaJSConsumer,
  monitorKafkaJSProducer,
} = require('@christiangalsterer/kafkajs-prometheus-exporter')
const { Kafka, logLevel } = require('kafkajs')
const { until } = require('./until.cjs')

const topic = 'measured'

async function main() {
  const kafka = new Kafka({ brokers: [process.env.BOOTSTRAP], clientId: 'measurer', logLevel: logLevel.NOTHING })
  const register = new Registry()
  const producer = kafka.producer()
  const consumer = kafka.consumer({ groupId: 'measurers', heartbeatInterval: 100, maxWaitTimeInMs: 100 })
  const admin = kafka.admin()
  monitorKafkaJSAdmin(admin, register)
  monitorKafkaJSProducer(producer, register)
  monitorKafkaJSConsumer(consumer, register)
  await Promise.all([producer, consumer, admin].map((each) => each.connect()))
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] })
  await producer.send({ topic, messages: [{ value: 'a' }, { value: 'b' }] })
  let count = 0
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({ eachMessage: async () => void count++ })
  const sumOf = async (name) => {
    const metric = await register.getSingleMetric(name).get()
    return metric.values.reduce((sum, { value }) => sum + value, 0)
  }
  await until(
    'messages and a heartbeat',
    async () => count === 2 && (await sumOf('kafka_consumer_heartbeat_total')) > 0,
  )
  for (const owner of ['admin', 'producer', 'consumer']) {
    assert.equal(await sumOf(`kafka_${owner}_connection_count`), owner === 'consumer' ? 2 : 1, owner)
    for (const name of ['request_total', 'request_size_total', 'request_duration_seconds']) {
      assert.ok((await sumOf(`kafka_${owner}_${name}`)) > 0, `${owner} ${name}`)
    }
  }
  assert.equal(await sumOf('kafka_consumer_batch_size_total'), 2)
  for (const name of ['fetch_total', 'fetch_latency', 'batch_duration_seconds']) {
    assert.ok((await sumOf(`kafka_consumer_${name}`)) > 0, name)
  }
  const text = await register.metrics()
  assert.match(text, /kafka_producer_request_total\{broker="[^"]+"\} [1-9]/)
  await Promise.all([producer, consumer, admin].map((each) => each.disconnect()))
  assert.equal(await sumOf('kafka_producer_connection_count'), 0)
}

void main()
