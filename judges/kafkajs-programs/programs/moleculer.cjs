// A service of Moleculer that listens on channels: every message twice until it works, and what never does in a topic of the dead.
const assert = require('node:assert/strict')
const { ServiceBroker } = require('moleculer')
const { Middleware } = require('@moleculer/channels')
const { Kafka, logLevel } = require('kafkajs')
const { until } = require('./until.cjs')

const brokers = [process.env.BOOTSTRAP]

async function main() {
  const broker = new ServiceBroker({
    logger: false,
    middlewares: [
      Middleware({ adapter: { type: 'Kafka', options: { kafka: { brokers, logLevel: logLevel.NOTHING } } } }),
    ],
  })
  const seen = []
  broker.createService({
    name: 'billing',
    channels: {
      'orders.created': {
        group: 'billing',
        maxRetries: 3,
        deadLettering: { enabled: true, queueName: 'orders.dead' },
        kafka: { fromBeginning: true },
        handler({ order }) {
          seen.push(order)
          if (order === 'never' || seen.filter((each) => each === order).length < 2) throw new Error('not yet')
        },
      },
    },
  })
  const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING })
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({
    topics: ['orders.created', 'orders.dead'].map((topic) => ({ topic })),
    waitForLeaders: true,
  })
  await broker.start()
  for (const order of ['one', 'two', 'never']) await broker.sendToChannel('orders.created', { order })

  const dead = []
  const reader = kafka.consumer({ groupId: 'undertaker' })
  await reader.connect()
  await reader.subscribe({ topic: 'orders.dead', fromBeginning: true })
  await reader.run({ eachMessage: async ({ message }) => void dead.push(message) })
  await until('what never works is among the dead', () => dead.length > 0)
  assert.deepEqual(JSON.parse(String(dead[0].value)), { order: 'never' })
  assert.equal(String(dead[0].headers['x-original-channel']), 'orders.created')
  assert.deepEqual(
    Object.groupBy(seen, (order) => order),
    {
      __proto__: null,
      one: ['one', 'one'],
      two: ['two', 'two'],
      never: ['never', 'never', 'never'],
    },
  )
  const committed = async () => {
    const [{ partitions }] = await admin.fetchOffsets({ groupId: 'billing:orders.created', topics: ['orders.created'] })
    return partitions.reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0) === seen.length
  }
  await until('all is committed', committed)
  await Promise.all([reader.disconnect(), admin.disconnect(), broker.stop()])
}

void main()
