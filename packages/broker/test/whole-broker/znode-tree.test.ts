import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { ErrorCode } from '@odradek/kafka-protocol'
import { createTopicsRequest, createTopicsResponse } from '@odradek/kafka-protocol/messages/19-create-topics'
import type { DumpedZnode } from './cluster-world.ts'
import { ClusterWorld } from './cluster-world.ts'

type Tree = Readonly<Record<string, DumpedZnode>>

const real = JSON.parse(readFileSync(new URL('../fixtures/znodes-kafka-3.9.json', import.meta.url), 'utf8')) as {
  readonly started: Tree
  readonly topicCreated: Tree
}

/** Of features that were switched on in the broker whose tree it is: an authorizer and delegation tokens. */
const switchedOff = ['/kafka-acl', '/delegation_token']

/** What differs from run to run, and by where and how the broker was set up. */
const ofThisRun = new Set([
  'timestamp',
  'topic_id',
  'id',
  'endpoints',
  'host',
  'port',
  'listener_security_protocol_map',
  'rack',
])

function comparable(tree: Iterable<[string, DumpedZnode]>): Record<string, unknown> {
  const entries = [...tree]
    .filter(([path]) => path !== '/' && !switchedOff.some((prefix) => path.startsWith(prefix)))
    .map(([path, { data, ...rest }]): [string, unknown] => {
      const parsed: unknown = data?.startsWith('{') === true ? JSON.parse(data) : data
      const fields = typeof parsed === 'object' && parsed !== null ? withoutOwn(parsed) : parsed
      return [path, { ...rest, data: fields }]
    })
  return Object.fromEntries(entries.sort(([left], [right]) => (left < right ? -1 : 1)))
}

function withoutOwn(fields: object): object {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, ofThisRun.has(name) ? `a ${name}` : (value as unknown)]),
  )
}

test('the znodes of a broker that has started, and of a topic, are those of Apache Kafka 3.9', async () => {
  const world = await ClusterWorld.withZooKeeper('znodes')
  await world.startBroker(1, { 'broker.rack': 'r1' })
  assert.deepEqual(comparable(await world.dump()), comparable(Object.entries(real.started)))

  const { topics } = await world.ask(createTopicsRequest, createTopicsResponse, {
    topics: [
      { name: 't1', numPartitions: 2, replicationFactor: 1, configs: [{ name: 'retention.ms', value: '3600000' }] },
    ],
    timeoutMs: 5000,
  })
  assert.deepEqual(
    topics.map(({ errorCode }) => errorCode),
    [ErrorCode.NONE],
  )
  assert.deepEqual(comparable(await world.dump()), comparable(Object.entries(real.topicCreated)))
})
