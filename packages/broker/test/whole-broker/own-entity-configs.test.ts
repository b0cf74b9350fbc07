import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorOf } from '@odradek/kafka-protocol'
import { findCoordinatorRequest, findCoordinatorResponse } from '@odradek/kafka-protocol/messages/10-find-coordinator'
import { createTopicsRequest, createTopicsResponse } from '@odradek/kafka-protocol/messages/19-create-topics'
import { describeConfigsRequest, describeConfigsResponse } from '@odradek/kafka-protocol/messages/32-describe-configs'
import {
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
} from '@odradek/kafka-protocol/messages/44-incremental-alter-configs'
import {
  consumerGroupHeartbeatRequest,
  consumerGroupHeartbeatResponse,
} from '@odradek/kafka-protocol/messages/68-consumer-group-heartbeat'
import {
  getTelemetrySubscriptionsRequest,
  getTelemetrySubscriptionsResponse,
} from '@odradek/kafka-protocol/messages/71-get-telemetry-subscriptions'
import {
  listConfigResourcesRequest,
  listConfigResourcesResponse,
} from '@odradek/kafka-protocol/messages/74-list-config-resources'
import { ClusterWorld } from './cluster-world.ts'

const CLIENT_METRICS = 16
const GROUP = 32
const noId = 'AAAAAAAAAAAAAAAAAAAAAA'

async function set(world: ClusterWorld, resourceType: number, resourceName: string, text: string): Promise<string> {
  const [name = '', value = ''] = text.split('=')
  const configs = [{ name, configOperation: value === '' ? 1 : 0, value: value === '' ? null : value }]
  const { responses } = await world.ask(incrementalAlterConfigsRequest, incrementalAlterConfigsResponse, {
    resources: [{ resourceType, resourceName, configs }],
    validateOnly: false,
  })
  return responses.map(({ errorCode }) => (errorCode === 0 ? 'NONE' : errorOf(errorCode).name)).join()
}

async function valueOf(world: ClusterWorld, resourceType: number, resourceName: string, key: string): Promise<unknown> {
  const { results } = await world.ask(describeConfigsRequest, describeConfigsResponse, {
    resources: [{ resourceType, resourceName, configurationKeys: [key] }],
  })
  return results
    .flatMap(({ configs }) => configs.map(({ value, configSource }) => `${value} from ${configSource}`))
    .join()
}

async function resources(world: ClusterWorld, type: number): Promise<string[]> {
  const { configResources } = await world.ask(listConfigResourcesRequest, listConfigResourcesResponse, {
    resourceTypes: [type],
  })
  return configResources.map(({ resourceName }) => resourceName)
}

test('a group has a configuration of its own, which its members are told', async () => {
  const world = await ClusterWorld.withZooKeeper('group configuration')
  await world.startBroker(1, { 'offsets.topic.replication.factor': '1' })
  const topics = [{ name: 't', numPartitions: 2, replicationFactor: 1 }]
  await world.ask(createTopicsRequest, createTopicsResponse, { topics, timeoutMs: 5000 })
  assert.equal(await valueOf(world, GROUP, 'g/1', 'consumer.heartbeat.interval.ms'), '5000 from 5')
  assert.equal(await set(world, GROUP, 'g/1', 'consumer.heartbeat.interval.ms=7000'), 'NONE')
  assert.equal(await valueOf(world, GROUP, 'g/1', 'consumer.heartbeat.interval.ms'), '7000 from 8')
  for (const wrong of [
    'consumer.heartbeat.interval.ms=1',
    'consumer.heartbeat.interval.ms=60000',
    'consumer.session.timeout.ms=soon',
    'no.such.key=1',
  ]) {
    assert.equal(await set(world, GROUP, 'g/1', wrong), 'INVALID_CONFIG', wrong)
  }
  assert.deepEqual(await resources(world, GROUP), ['g/1'])
  await world.ask(findCoordinatorRequest, findCoordinatorResponse, { key: 'g/1' }, { version: 2 })
  await world.pass(3000)
  const reply = await world.ask(consumerGroupHeartbeatRequest, consumerGroupHeartbeatResponse, {
    groupId: 'g/1',
    memberId: 'm',
    memberEpoch: 0,
    rebalanceTimeoutMs: 1000,
    subscribedTopicNames: ['t'],
    topicPartitions: [],
  })
  assert.equal(reply.errorMessage, null)
  assert.equal(reply.heartbeatIntervalMs, 7000)
  assert.deepEqual(
    reply.assignment?.topicPartitions.map(({ partitions }) => partitions),
    [[0, 1]],
  )
  assert.equal(await set(world, GROUP, 'g/1', 'consumer.heartbeat.interval.ms'), 'NONE')
  assert.deepEqual(await resources(world, GROUP), [])
})

test('a subscription to metrics of clients is kept in ZooKeeper, and clients are told of it', async () => {
  const world = await ClusterWorld.withZooKeeper('client metrics')
  await world.startBroker(1)
  assert.equal(await set(world, CLIENT_METRICS, 'all consumers', 'metrics=org.apache.kafka.consumer.'), 'NONE')
  assert.equal(await set(world, CLIENT_METRICS, 'all consumers', 'interval.ms=1000'), 'NONE')
  assert.equal(await set(world, CLIENT_METRICS, 'all consumers', 'interval.ms=1'), 'INVALID_REQUEST')
  assert.equal(await set(world, CLIENT_METRICS, 'all consumers', 'match=client_id'), 'INVALID_CONFIG')
  assert.equal(await valueOf(world, CLIENT_METRICS, 'all consumers', 'interval.ms'), '1000 from 7')
  assert.deepEqual(await resources(world, CLIENT_METRICS), ['all consumers'])
  const told = await world.ask(getTelemetrySubscriptionsRequest, getTelemetrySubscriptionsResponse, {
    clientInstanceId: noId,
  })
  assert.equal(told.errorCode, 0)
  assert.notEqual(told.clientInstanceId, noId)
  assert.equal(told.pushIntervalMs, 1000)
  assert.deepEqual(told.requestedMetrics, ['org.apache.kafka.consumer.'])
})
