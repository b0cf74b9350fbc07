// An application of NestJS whose controller answers over Kafka, and two clients of one group that ask it. Decorators are called by hand.
import 'reflect-metadata'
import assert from 'node:assert/strict'
import { Controller, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ClientKafka, Ctx, EventPattern, MessagePattern, Payload, RpcException, Transport } from '@nestjs/microservices'
import { firstValueFrom } from 'rxjs'
import { until } from './until.cjs'

const brokers = [process.env.BOOTSTRAP]
const notes = []

class Sums {
  add(numbers) {
    return numbers.reduce((sum, number) => sum + number, 0)
  }
  fail() {
    throw new RpcException('no such sum')
  }
  note(text, context) {
    const { key, headers } = context.getMessage()
    notes.push({ text, topic: context.getTopic(), key: String(key), from: String(headers.from) })
  }
}
Controller()(Sums)
const decorate = (decorator, name) =>
  decorator(Sums.prototype, name, Object.getOwnPropertyDescriptor(Sums.prototype, name))
decorate(MessagePattern('sums.add'), 'add')
decorate(MessagePattern('sums.fail'), 'fail')
decorate(EventPattern('notes'), 'note')
Payload()(Sums.prototype, 'note', 0)
Ctx()(Sums.prototype, 'note', 1)
class App {}
Module({ controllers: [Sums] })(App)

const app = await NestFactory.createMicroservice(App, {
  transport: Transport.KAFKA,
  options: { client: { brokers }, consumer: { groupId: 'sums' }, subscribe: { fromBeginning: true } },
  logger: false,
})
await app.listen()

const clients = []
for (let index = 0; index < 2; index++) {
  const client = new ClientKafka({
    client: { brokers, clientId: `asker-${index}`, logLevel: 0 },
    consumer: { groupId: 'askers', heartbeatInterval: 500 },
  })
  client.subscribeToResponseOf('sums.add')
  client.subscribeToResponseOf('sums.fail')
  await client.connect()
  clients.push(client)
}
// When both have joined, each has partitions of its own for its replies.
const topics = ['sums.add.reply', 'sums.fail.reply']
const places = () => clients.map((client) => topics.map((topic) => client.getConsumerAssignments()[topic]))
await until('each client has partitions of its own', () => {
  const [one, other] = places()
  return one.every(
    (partition, index) => partition !== undefined && partition !== other[index] && other[index] !== undefined,
  )
})

const ask = (client, topic, value) => firstValueFrom(client.send(topic, { key: 'k', value }))
const asked = Array.from({ length: 40 }, (_, index) => ask(clients[index % 2], 'sums.add', [index, 1]))
assert.deepEqual(
  await Promise.all(asked),
  Array.from({ length: 40 }, (_, index) => String(index + 1)),
)
await assert.rejects(ask(clients[0], 'sums.fail', 1), (error) => /no such sum/.test(JSON.stringify(error)))

await firstValueFrom(clients[1].emit('notes', { key: 'n', value: 'remember', headers: { from: 'asker' } }))
await until('the event is handled', () => notes.length === 1)
assert.deepEqual(notes, [{ text: 'remember', topic: 'notes', key: 'n', from: 'asker' }])

await Promise.all(clients.map((client) => client.close()))
await app.close()
