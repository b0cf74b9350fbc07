import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { encodeRecordBatch, ErrorCode } from '@odradek/kafka-protocol'
import type { RecordBatchInput } from '@odradek/kafka-protocol'
import { produceRequest, produceResponse } from '@odradek/kafka-protocol/messages/00-produce'
import { fetchRequest, fetchResponse } from '@odradek/kafka-protocol/messages/01-fetch'
import { createTopicsRequest, createTopicsResponse } from '@odradek/kafka-protocol/messages/19-create-topics'
import { deleteTopicsRequest, deleteTopicsResponse } from '@odradek/kafka-protocol/messages/20-delete-topics'
import { ClusterWorld } from './cluster-world.ts'

async function worldWithTraffic(properties: Readonly<Record<string, string>> = {}): Promise<ClusterWorld> {
  const world = await ClusterWorld.withZooKeeper('metrics')
  await world.startBroker(1, properties)
  await world.ask(createTopicsRequest, createTopicsResponse, {
    topics: [{ name: 't', numPartitions: 1, replicationFactor: 1 }],
    timeoutMs: 5000,
  })
  const records = encodeRecordBatch({ records: [{ value: Buffer.alloc(100), timestampMs: 0 }] })
  await world.ask(
    produceRequest,
    produceResponse,
    { acks: -1, timeoutMs: 1000, topicData: [{ name: 't', partitionData: [{ index: 0, records }] }] },
    { version: 9 },
  )
  const topics = [{ topic: 't', partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1000 }] }]
  await world.ask(fetchRequest, fetchResponse, { maxWaitMs: 0, maxBytes: 1000, topics }, { version: 12 })
  return world
}

/** What /metrics shows. */
function shown(world: ClusterWorld): string {
  return world.machine(1).env.metrics.render()
}

test('docs/metrics.md names every metric that a broker has, with what it says, and no other', async () => {
  const rendered = shown(await worldWithTraffic())
  const kinds = new Map([...rendered.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, kind]) => [name, kind]))
  const rows = [...rendered.matchAll(/^# HELP ((?:kafka|odradek)_\S+) (.*)$/gm)]
    .map(([, name, help]) => `| \`${name}\` | ${kinds.get(name)} | ${help} |`)
    .sort()
  const page = readFileSync(new URL('../../../../docs/metrics.md', import.meta.url), 'utf8')
  const written = page.split('\n').filter((line) => line.startsWith('| `'))
  assert.equal(written.join('\n'), rows.join('\n'), `the table should be:\n${rows.join('\n')}\n`)
})

test('metrics count what clients send and get, by topic and over all', async () => {
  const world = await worldWithTraffic()
  const rendered = shown(world)
  for (const line of [
    'kafka_server_brokertopicmetrics_messagesin_total 1',
    'kafka_server_brokertopicmetrics_messagesin_total{topic="t"} 1',
    'kafka_server_brokertopicmetrics_totalfetchrequests_total{topic="t"} 1',
    'kafka_network_requestmetrics_requests_total{request="Produce",version="9"} 1',
    'kafka_network_requestmetrics_requests_total{request="FetchConsumer",version="12"} 1',
    'kafka_network_requestmetrics_totaltimems_count{request="Produce"} 1',
    'kafka_log_log_logendoffset{topic="t",partition="0"} 1',
    'kafka_log_log_numlogsegments{topic="t",partition="0"} 1',
    'kafka_server_replicamanager_leadercount 1',
    'kafka_controller_kafkacontroller_activecontrollercount 1',
  ]) {
    assert.ok(rendered.split('\n').includes(line), `${line} in\n${rendered}`)
  }
  await world.ask(deleteTopicsRequest, deleteTopicsResponse, { topics: [{ name: 't' }], timeoutMs: 5000 })
  await world.pass(1000)
  assert.doesNotMatch(shown(world), /topic="t"/)
})

test('metrics tell of replicas, elections, checksums, syncs and how busy the broker is', async () => {
  const world = await worldWithTraffic({ 'log.flush.interval.messages': '1' })
  await world.startBroker(2)
  const assignments = [{ partitionIndex: 0, brokerIds: [1, 2] }]
  await world.ask(createTopicsRequest, createTopicsResponse, {
    topics: [{ name: 'both', numPartitions: -1, replicationFactor: -1, assignments }],
    timeoutMs: 5000,
  })
  const records = encodeRecordBatch({ records: [{ value: Buffer.alloc(100), timestampMs: 0 }] })
  records.writeUInt8(7, records.length - 1)
  await world.ask(
    produceRequest,
    produceResponse,
    { acks: 1, timeoutMs: 1000, topicData: [{ name: 't', partitionData: [{ index: 0, records }] }] },
    { version: 9 },
  )
  world.machine(2).crashProcess()
  await world.pass(20_000)
  const rendered = shown(world).split('\n')
  for (const line of [
    'kafka_server_replicamanager_isrshrinks_total 1',
    'kafka_server_replicamanager_isrexpands_total 0',
    'kafka_controller_controllerstats_uncleanleaderelections_total 0',
    'kafka_server_brokertopicmetrics_invalidmessagecrcrecords_total 1',
    'kafka_controller_kafkacontroller_activebrokercount 1',
    'kafka_controller_kafkacontroller_preferredreplicaimbalancecount 0',
    'kafka_server_group_coordinator_metrics_group_count{protocol="consumer"} 0',
    'kafka_network_requestchannel_requestqueuesize 0',
    'kafka_network_socketserver_networkprocessoravgidle_percent 1',
  ]) {
    assert.ok(rendered.includes(line), `${line} in\n${rendered.join('\n')}`)
  }
  for (const name of [
    'kafka_controller_controllerstats_leaderelectionrateandtimems',
    'kafka_controller_controllerstats_topicchangerateandtimems',
    'kafka_log_logflushstats_logflushrateandtimems',
  ]) {
    const count = rendered.find((line) => line.startsWith(`${name}_count `))?.split(' ')[1]
    assert.ok(Number(count) > 0, name)
  }
})

test('batches that are refused are counted by what is wrong with them', async () => {
  const world = await worldWithTraffic()
  await world.ask(createTopicsRequest, createTopicsResponse, {
    topics: [
      {
        name: 'compacted',
        numPartitions: 1,
        replicationFactor: 1,
        configs: [{ name: 'cleanup.policy', value: 'compact' }],
      },
    ],
    timeoutMs: 5000,
  })
  const batch = (input: Partial<RecordBatchInput> = {}): Buffer =>
    encodeRecordBatch({ records: [{ value: Buffer.alloc(10), timestampMs: 0 }], ...input })
  for (const [name, records] of [
    ['t', batch({ producerId: 7, producerEpoch: 0, baseSequence: -1 })],
    ['compacted', batch()],
  ] as const) {
    const { responses } = await world.ask(
      produceRequest,
      produceResponse,
      { acks: 1, timeoutMs: 1000, topicData: [{ name, partitionData: [{ index: 0, records }] }] },
      { version: 9 },
    )
    assert.equal(responses[0]?.partitionResponses[0]?.errorCode, ErrorCode.INVALID_RECORD)
  }
  const rendered = shown(world).split('\n')
  for (const line of [
    'kafka_server_brokertopicmetrics_invalidoffsetorsequencerecords_total 1',
    'kafka_server_brokertopicmetrics_nokeycompactedtopicrecords_total 1',
  ]) {
    assert.ok(rendered.includes(line), `${line} in\n${rendered.join('\n')}`)
  }
})

test('a slow request is written to the log with where its time went', async () => {
  const world = await worldWithTraffic({ 'odradek.slow.request.ms': '1' })
  const line = world.logged.find((text) => text.includes('A request took long') && text.includes('CreateTopics'))
  assert.ok(line !== undefined)
  for (const field of ['totalMs', 'queueMs', 'localMs', 'remoteMs', 'throttleMs', 'sendMs'])
    assert.match(line, new RegExp(field))
})
