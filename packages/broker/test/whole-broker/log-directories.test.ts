import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeRecordBatch, errorOf } from '@odradek/kafka-protocol'
import { produceRequest, produceResponse } from '@odradek/kafka-protocol/messages/00-produce'
import { fetchRequest, fetchResponse } from '@odradek/kafka-protocol/messages/01-fetch'
import { metadataRequest, metadataResponse } from '@odradek/kafka-protocol/messages/03-metadata'
import { createTopicsRequest, createTopicsResponse } from '@odradek/kafka-protocol/messages/19-create-topics'
import { deleteTopicsRequest, deleteTopicsResponse } from '@odradek/kafka-protocol/messages/20-delete-topics'
import {
  alterReplicaLogDirsRequest,
  alterReplicaLogDirsResponse,
} from '@odradek/kafka-protocol/messages/34-alter-replica-log-dirs'
import { describeLogDirsRequest, describeLogDirsResponse } from '@odradek/kafka-protocol/messages/35-describe-log-dirs'
import {
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
} from '@odradek/kafka-protocol/messages/44-incremental-alter-configs'
import { ClusterWorld } from './cluster-world.ts'

const twoDirectories = { 'log.dirs': '/logs-a,/logs-b' }

async function worldWith(topics: Readonly<Record<string, number>>): Promise<ClusterWorld> {
  const world = await ClusterWorld.withZooKeeper('log directories')
  await world.startBroker(1, twoDirectories)
  await create(world, topics)
  return world
}

async function create(world: ClusterWorld, topics: Readonly<Record<string, number>>): Promise<void> {
  await world.ask(createTopicsRequest, createTopicsResponse, {
    topics: Object.entries(topics).map(([name, numPartitions]) => ({ name, numPartitions, replicationFactor: 1 })),
    timeoutMs: 5000,
  })
}

/** Three records of 100 bytes; the name of the error, and how large the batch is. */
async function produce(
  world: ClusterWorld,
  topic: string,
  partition = 0,
): Promise<{ error: string; sizeBytes: number }> {
  const records = encodeRecordBatch({
    records: [1, 2, 3].map((timestampMs) => ({ value: Buffer.alloc(100), timestampMs })),
  })
  const sizeBytes = records.length
  const { responses } = await world.ask(
    produceRequest,
    produceResponse,
    { acks: -1, timeoutMs: 1000, topicData: [{ name: topic, partitionData: [{ index: partition, records }] }] },
    { version: 9 },
  )
  return { error: errorOf(responses[0]?.partitionResponses[0]?.errorCode ?? -1).name, sizeBytes }
}

/** Each directory with `partition size lag`, and `future` behind those that are to be. */
async function describe(
  world: ClusterWorld,
  topics: { topic: string; partitions: number[] }[] | null = null,
  version = 4,
): Promise<string[]> {
  const { errorCode, results } = await world.ask(
    describeLogDirsRequest,
    describeLogDirsResponse,
    { topics },
    { version },
  )
  assert.equal(errorCode, 0)
  return results.map(({ errorCode: code, logDir, topics: found, totalBytes, usableBytes }) => {
    if (code !== 0) return `${logDir}: ${errorOf(code).name}`
    assert.ok(version < 4 ? totalBytes === -1n : totalBytes >= usableBytes && usableBytes > 0n)
    const replicas = found.flatMap(({ name, partitions }) =>
      partitions.map(
        ({ partitionIndex, partitionSize, offsetLag, isFutureKey }) =>
          `${name}-${partitionIndex} ${partitionSize} ${offsetLag}${isFutureKey ? ' future' : ''}`,
      ),
    )
    return `${logDir}: ${replicas.sort().join()}`
  })
}

async function move(world: ClusterWorld, path: string, name: string): Promise<string> {
  const { results } = await world.ask(alterReplicaLogDirsRequest, alterReplicaLogDirsResponse, {
    dirs: [{ path, topics: [{ name, partitions: [0] }] }],
  })
  return results
    .flatMap(({ partitions }) => partitions)
    .map(({ errorCode }) => errorOf(errorCode).name)
    .join()
}

async function setMoveRate(world: ClusterWorld, value: string): Promise<void> {
  const configs = [{ name: 'replica.alter.log.dirs.io.max.bytes.per.second', configOperation: 0, value }]
  await world.ask(incrementalAlterConfigsRequest, incrementalAlterConfigsResponse, {
    resources: [{ resourceType: 4, resourceName: '1', configs }],
    validateOnly: false,
  })
  await world.pass(1000)
}

async function leaders(world: ClusterWorld, topic: string): Promise<string[]> {
  const { topics } = await world.ask(metadataRequest, metadataResponse, { topics: [{ name: topic }] })
  return topics.flatMap(({ partitions }) =>
    partitions
      .toSorted((a, b) => a.partitionIndex - b.partitionIndex)
      .map(({ leaderId, errorCode }) => `${leaderId} ${errorOf(errorCode).name}`),
  )
}

test('DescribeLogDirs shows what lies in which directory, and how large it is', async () => {
  const world = await worldWith({ t: 2 })
  const { sizeBytes } = await produce(world, 't')
  assert.deepEqual(await describe(world), [`/logs-a: t-0 ${sizeBytes} 0`, '/logs-b: t-1 0 0'])
  assert.deepEqual(await describe(world, [{ topic: 't', partitions: [1, 5] }], 1), ['/logs-a: ', '/logs-b: t-1 0 0'])
  assert.deepEqual(await describe(world, []), ['/logs-a: ', '/logs-b: '])
})

test('AlterReplicaLogDirs moves a replica while it serves, at the rate that is set, and places those that are to come', async () => {
  const world = await worldWith({ t: 1 })
  assert.equal(await move(world, '/logs-a', 't'), 'NONE')
  assert.equal(await move(world, '/elsewhere', 't'), 'LOG_DIR_NOT_FOUND')
  assert.equal(await move(world, '/logs-b', 't'.repeat(240)), 'INVALID_TOPIC_EXCEPTION')
  assert.equal(await move(world, '/logs-a', 'later'), 'UNKNOWN_TOPIC_OR_PARTITION')
  let sizeBytes = 0
  for (let n = 0; n < 30; n++) ({ sizeBytes } = await produce(world, 't'))
  await setMoveRate(world, '1000')
  assert.equal(await move(world, '/logs-b', 't'), 'NONE')
  await world.pass(500)
  const copied = Math.floor(4096 / sizeBytes)
  assert.deepEqual(await describe(world), [
    `/logs-a: t-0 ${sizeBytes * 30} 0`,
    `/logs-b: t-0 ${sizeBytes * copied} ${(30 - copied) * 3} future`,
  ])
  assert.ok(
    world
      .machine(1)
      .env.metrics.render()
      .includes(`kafka_server_replicaalterlogdirsmanager_maxlag ${(30 - copied) * 3}\n`),
  )
  // Back, and there again.
  assert.equal(await move(world, '/logs-a', 't'), 'NONE')
  assert.deepEqual(await describe(world), [`/logs-a: t-0 ${sizeBytes * 30} 0`, '/logs-b: '])
  assert.equal(await move(world, '/logs-b', 't'), 'NONE')
  assert.equal((await produce(world, 't')).error, 'NONE')
  await setMoveRate(world, '1000000')
  await world.pass(2000)
  assert.deepEqual(await describe(world), ['/logs-a: ', `/logs-b: t-0 ${sizeBytes * 31} 0`])
  assert.equal((await produce(world, 't')).error, 'NONE')
  const { responses } = await world.ask(
    fetchRequest,
    fetchResponse,
    {
      maxWaitMs: 100,
      minBytes: 1,
      topics: [{ topic: 't', partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1e6 }] }],
    },
    { version: 11 },
  )
  assert.equal(responses[0]?.partitions[0]?.records?.length, sizeBytes * 32)
  await create(world, { later: 1 })
  assert.deepEqual((await describe(world))[0], '/logs-a: later-0 0 0')
})

test('a log directory that fails takes its partitions offline, as the controller hears, and no others; it is back after a restart with what it had', async () => {
  const world = await worldWith({ t: 2, half: 2 })
  const { sizeBytes } = await produce(world, 't', 1)
  await produce(world, 't', 0)
  await world.stopBroker(1)
  await world.startBroker(1, twoDirectories)
  await world.pass(1000)
  const { disk } = world.machine(1).env
  disk.renameSync('/logs-b', '/away')
  disk.writeFileAtomicSync('/logs-b', Buffer.from('a file where a directory should be'))
  await produce(world, 't', 1)
  await world.pass(10_000)
  assert.deepEqual(await describe(world), [`/logs-a: half-0 0 0,t-0 ${sizeBytes} 0`, '/logs-b: KAFKA_STORAGE_ERROR'])
  assert.deepEqual(await leaders(world, 't'), ['1 NONE', '-1 LEADER_NOT_AVAILABLE'])
  assert.equal((await produce(world, 't', 1)).error, 'KAFKA_STORAGE_ERROR')
  assert.equal((await produce(world, 't', 0)).error, 'NONE')
  // The controller has read and removed what the broker wrote there.
  const events = [...(await world.dump()).keys()].filter((path) => path.startsWith('/log_dir_event_notification/'))
  assert.deepEqual(events, [])
  await create(world, { u: 2 })
  assert.deepEqual((await describe(world))[0], `/logs-a: half-0 0 0,t-0 ${2 * sizeBytes} 0,u-0 0 0,u-1 0 0`)

  const { responses } = await world.ask(
    deleteTopicsRequest,
    deleteTopicsResponse,
    { topicNames: ['half'], timeoutMs: 5000 },
    { version: 5 },
  )
  assert.deepEqual(
    responses.map(({ errorCode }) => errorOf(errorCode).name),
    ['NONE'],
  )

  // What cannot be deleted yet is kept. While its directory is away a log must not begin anew in the other one.
  await world.stopBroker(1)
  await world.startBroker(1, twoDirectories)
  const [left = ''] = await describe(world)
  assert.equal(left.replace('half-0 0 -1,', ''), `/logs-a: t-0 ${2 * sizeBytes} 0,u-0 0 0,u-1 0 0`)
  assert.deepEqual(await leaders(world, 't'), ['1 NONE', '-1 LEADER_NOT_AVAILABLE'])
  assert.deepEqual(await leaders(world, 'u'), ['1 NONE', '1 NONE'])

  await world.stopBroker(1)
  const repaired = world.machine(1).restart().disk
  repaired.removeFileSync('/logs-b')
  repaired.renameSync('/away', '/logs-b')
  await world.startBroker(1, twoDirectories)
  await world.pass(5000)
  assert.deepEqual(await leaders(world, 't'), ['1 NONE', '1 NONE'])
  assert.equal((await produce(world, 't', 1)).error, 'NONE')
  assert.deepEqual(await describe(world), [
    `/logs-a: t-0 ${2 * sizeBytes} 0,u-0 0 0,u-1 0 0`,
    `/logs-b: t-1 ${2 * sizeBytes} 0`,
  ])
})
