// One group with a member of kafkajs and one of `@odradek/kafkajs`: each leads once, and divides the partitions as the other would.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import path from 'node:path'
import { Kafka, logLevel } from '../../packages/kafkajs/src/index.ts'
import type { Consumer } from '../../packages/kafkajs/src/index.ts'
import type { Report } from '../lib/report.ts'
import { pollUntil } from '../lib/poll-until.ts'

const topic = 'shared-orders'
const partitions = 4
const keys = Array.from({ length: 1000 }, (_, index) => `key-${index}`)
const timeoutMs = 30_000

interface Member {
  readonly consumer: Consumer
  assigned: readonly number[]
  leads: boolean
}

/** `theirs` is the folder in whose `node_modules` kafkajs is. */
export async function judgeMixedGroup(report: Report, bootstrap: string, theirs: string): Promise<void> {
  const require = createRequire(path.join(theirs, 'package.json'))
  const kafkajs = require('kafkajs') as { Kafka: typeof Kafka }
  const config = { brokers: [bootstrap], logLevel: logLevel.NOTHING }
  const kafkas = {
    theirs: new kafkajs.Kafka({ ...config, clientId: 'theirs' }),
    ours: new Kafka({ ...config, clientId: 'ours' }),
  }
  const read = new Map<string, number>()
  const join = async (kafka: Kafka): Promise<Member> => {
    const consumer = kafka.consumer({ groupId: 'shared', heartbeatInterval: 500, maxWaitTimeInMs: 200 })
    const member: Member = { consumer, assigned: [], leads: false }
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      member.assigned = payload.memberAssignment[topic] ?? []
      member.leads = payload.isLeader
    })
    await consumer.connect()
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    void consumer.run({
      eachMessage: async ({ message }) => {
        const value = String(message.value)
        read.set(value, (read.get(value) ?? 0) + 1)
      },
    })
    return member
  }
  const until = async (is: () => boolean): Promise<void> => {
    await pollUntil('what the group is to come to', timeoutMs, () => (is() ? true : undefined))
  }
  const isShared = (one: Member, other: Member): boolean =>
    one.assigned.length === 2 && [...one.assigned, ...other.assigned].toSorted((a, b) => a - b).join() === '0,1,2,3'

  const admin = kafkas.ours.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions: partitions }] })
  await report.check(
    'both give a thousand keys to the same partitions, and all is read once by the group of both',
    async () => {
      const members = { theirs: await join(kafkas.theirs), ours: await join(kafkas.ours) }
      await until(() => isShared(members.theirs, members.ours))
      const places: string[] = []
      for (const name of ['theirs', 'ours'] as const) {
        const producer = kafkas[name].producer()
        await producer.connect()
        const before = await admin.fetchTopicOffsets(topic)
        const messages = keys.map((key) => ({ key, value: `${name} ${key}` }))
        await producer.send({ topic, messages })
        const after = await admin.fetchTopicOffsets(topic)
        places.push(after.map(({ offset }, index) => Number(offset) - Number(before[index]?.offset)).join())
        await producer.disconnect()
      }
      assert.equal(places[0], places[1])
      await until(() => read.size === 2 * keys.length)
      assert.ok([...read.values()].every((times) => times === 1))
      await members.theirs.consumer.disconnect()
      await until(() => members.ours.assigned.length === partitions)
      assert.equal(members.ours.leads, true)
      members.theirs = await join(kafkas.theirs)
      await until(() => isShared(members.theirs, members.ours))
      assert.equal(members.ours.leads, true)
      await members.ours.consumer.disconnect()
      await until(() => members.theirs.assigned.length === partitions && members.theirs.leads)
      const again = await join(kafkas.ours)
      await until(() => isShared(members.theirs, again))
      assert.equal(members.theirs.leads, true)
      await Promise.all([again.consumer.disconnect(), members.theirs.consumer.disconnect()])
      assert.equal(read.size, 2 * keys.length)
    },
  )
  await admin.disconnect()
}
