import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BrokerConnection } from '@odradek/client'
import type { Input, Message } from '@odradek/kafka-protocol'
import { encodeRecordBatch, errorOf } from '@odradek/kafka-protocol'
import { produceRequest, produceResponse } from '@odradek/kafka-protocol/messages/00-produce'
import type { ProduceRequest } from '@odradek/kafka-protocol/messages/00-produce'
import { fetchRequest, fetchResponse } from '@odradek/kafka-protocol/messages/01-fetch'
import { findCoordinatorRequest, findCoordinatorResponse } from '@odradek/kafka-protocol/messages/10-find-coordinator'
import { joinGroupRequest, joinGroupResponse } from '@odradek/kafka-protocol/messages/11-join-group'
import { createTopicsRequest, createTopicsResponse } from '@odradek/kafka-protocol/messages/19-create-topics'
import { deleteRecordsRequest, deleteRecordsResponse } from '@odradek/kafka-protocol/messages/21-delete-records'
import {
  alterClientQuotasRequest,
  alterClientQuotasResponse,
} from '@odradek/kafka-protocol/messages/49-alter-client-quotas'
import { BROKER_PORT, ClusterWorld } from './cluster-world.ts'

const MONTH_MS = 24 * 86_400_000
const records = encodeRecordBatch({ records: [{ value: Buffer.alloc(10_000) }] })
const produceTo = (name: string): Input<ProduceRequest> => ({
  acks: -1,
  timeoutMs: MONTH_MS,
  topicData: [{ name, partitionData: [{ index: 0, records }] }],
})

/** A request that is under way, on a connection of its own. */
async function begin<Request, Response>(
  world: ClusterWorld,
  request: Message<Request>,
  response: Message<Response>,
  version: number,
  value: Input<Request>,
): Promise<{ readonly answer: Promise<Response | string> }> {
  const { env } = world.simulation.machine('client')
  const connection = await world.simulation.runUntil(
    BrokerConnection.connect(env, {
      host: 'broker-1',
      port: BROKER_PORT,
      clientId: 'waits',
      requestTimeoutMs: MONTH_MS,
    }),
  )
  const answer = connection
    .send(request, response, version, value)
    .catch((error: unknown) => (error instanceof Error ? error.message : String(error)))
  return { answer }
}

test('a broker that stops answers every request that waits, and leaves no timer behind', async () => {
  const world = await ClusterWorld.withZooKeeper('drain')
  await world.startBroker(1, { 'offsets.topic.replication.factor': '1', 'controlled.shutdown.enable': 'false' })
  // It follows nobody: what needs its acknowledgement waits.
  await world.startBroker(2)
  await world.ask(createTopicsRequest, createTopicsResponse, {
    topics: [
      { name: 'quiet', numPartitions: -1, replicationFactor: -1, assignments: [{ partitionIndex: 0, brokerIds: [1] }] },
      { name: 'here', numPartitions: -1, replicationFactor: -1, assignments: [{ partitionIndex: 0, brokerIds: [1] }] },
      {
        name: 'both',
        numPartitions: -1,
        replicationFactor: -1,
        assignments: [{ partitionIndex: 0, brokerIds: [1, 2] }],
      },
    ],
    timeoutMs: 5000,
  })
  await world.ask(findCoordinatorRequest, findCoordinatorResponse, { coordinatorKeys: ['g'] })
  await world.pass(1000)
  await world.ask(alterClientQuotasRequest, alterClientQuotasResponse, {
    entries: [
      {
        entity: [{ entityType: 'client-id', entityName: 'test' }],
        ops: [{ key: 'producer_byte_rate', value: 1, remove: false }],
      },
    ],
  })
  const fetch = await begin(world, fetchRequest, fetchResponse, 12, {
    maxWaitMs: MONTH_MS,
    minBytes: 1,
    topics: [{ topic: 'quiet', partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1000 }] }],
  })
  const produce = await begin(world, produceRequest, produceResponse, 12, produceTo('both'))
  const deletion = await begin(world, deleteRecordsRequest, deleteRecordsResponse, 2, {
    topics: [{ name: 'both', partitions: [{ partitionIndex: 0, offset: 0n }] }],
    timeoutMs: MONTH_MS,
  })
  const join = await begin(world, joinGroupRequest, joinGroupResponse, 3, {
    groupId: 'g',
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: MONTH_MS,
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: Buffer.alloc(0) }],
  })
  // Its connection is not read for hours now.
  const throttled = await world.ask(produceRequest, produceResponse, produceTo('here'), { version: 12 })
  assert.ok(throttled.throttleTimeMs > 1000)
  await world.pass(500)
  const stopped = world.broker(1).shutdown()
  const all = await world.simulation.runUntil(
    Promise.all([fetch.answer, produce.answer, deletion.answer, join.answer, stopped]),
  )
  const codeOf = (answer: unknown): string => {
    const codes = [
      ...JSON.stringify(answer, (_key, value: unknown) => (typeof value === 'bigint' ? 0 : value)).matchAll(
        /"errorCode":(\d+)/g,
      ),
    ]
    return codes.length === 0 ? String(answer) : codes.map(([, code]) => errorOf(Number(code)).name).join()
  }
  assert.deepEqual(all.slice(0, 4).map(codeOf), [
    // Of the answer and of the partition.
    'NONE,NONE',
    'REQUEST_TIMED_OUT',
    'REQUEST_TIMED_OUT',
    'COORDINATOR_NOT_AVAILABLE',
  ])
  assert.deepEqual(world.machine(1).pendingTimersMs, [])
})
