import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ErrorCode } from '@odradek/kafka-protocol'
import { metadataRequest, metadataResponse } from '@odradek/kafka-protocol/messages/03-metadata'
import { leaderAndIsrRequest, leaderAndIsrResponse } from '@odradek/kafka-protocol/messages/04-leader-and-isr'
import { stopReplicaRequest, stopReplicaResponse } from '@odradek/kafka-protocol/messages/05-stop-replica'
import { updateMetadataRequest, updateMetadataResponse } from '@odradek/kafka-protocol/messages/06-update-metadata'
import { apiVersionsRequest, apiVersionsResponse } from '@odradek/kafka-protocol/messages/18-api-versions'
import { initProducerIdRequest, initProducerIdResponse } from '@odradek/kafka-protocol/messages/22-init-producer-id'
import { addOffsetsToTxnRequest, addOffsetsToTxnResponse } from '@odradek/kafka-protocol/messages/25-add-offsets-to-txn'
import { createAclsRequest, createAclsResponse } from '@odradek/kafka-protocol/messages/30-create-acls'
import { describeClusterRequest, describeClusterResponse } from '@odradek/kafka-protocol/messages/60-describe-cluster'
import type { LeadershipChange } from '../../src/host/replica-manager.ts'
import { fetchAll, produce } from './data-path-requests.ts'
import { DataPathWorld, topicIdOf } from './data-path-world.ts'

const led = { partitionIndex: 0, leader: 1, isr: [1], replicas: [1] }

describe('LeaderAndIsr', () => {
  it('makes leaders and followers, by a leader epoch that grows', async () => {
    const world = await DataPathWorld.start()
    const changes: LeadershipChange[] = []
    world.services.replicaManager.onLeadershipChange((change) => changes.push(change))
    assert.deepEqual(await world.leaderAndIsr('words', [{ ...led, leaderEpoch: 3 }]), [ErrorCode.NONE])
    assert.deepEqual(await world.leaderAndIsr('words', [{ ...led, leaderEpoch: 3 }]), [
      ErrorCode.STALE_CONTROLLER_EPOCH,
    ])
    assert.deepEqual(await world.leaderAndIsr('words', [{ ...led, leaderEpoch: 2 }]), [
      ErrorCode.STALE_CONTROLLER_EPOCH,
    ])
    assert.deepEqual(await world.leaderAndIsr('words', [{ ...led, leader: 2, leaderEpoch: 4, replicas: [1, 2] }]), [0])
    assert.deepEqual(
      changes.map(({ isLeader, leaderEpoch }) => [isLeader, leaderEpoch]),
      [
        [true, 3],
        [false, 4],
      ],
    )
  })

  it('refuses another topic id, and partitions of others', async () => {
    const world = await DataPathWorld.start()
    await world.createTopic('words')
    const again = await world.leaderAndIsr('words', [{ ...led, leaderEpoch: 1 }], topicIdOf('other'))
    assert.deepEqual(again, [ErrorCode.INCONSISTENT_TOPIC_ID])
    const elsewhere = await world.leaderAndIsr('far', [{ ...led, leader: 2, isr: [2], replicas: [2, 3] }])
    assert.deepEqual(elsewhere, [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION])
  })

  it('is refused from an old controller and for an earlier life of the broker', async () => {
    const world = await DataPathWorld.start()
    world.controllerEpoch = 5
    await world.createTopic('words')
    const ask = async (controllerEpoch: number, brokerEpoch: bigint): Promise<number> => {
      const answer = await world.ask(leaderAndIsrRequest, leaderAndIsrResponse, 7, { controllerEpoch, brokerEpoch })
      return answer.errorCode
    }
    assert.equal(await ask(4, 100n), ErrorCode.STALE_CONTROLLER_EPOCH)
    assert.equal(await ask(5, 99n), ErrorCode.STALE_BROKER_EPOCH)
    assert.equal(await ask(5, 101n), ErrorCode.NONE)
    assert.equal(await ask(5, -1n), ErrorCode.NONE)
  })

  it('is understood in all versions that Kafka has', async () => {
    const world = await DataPathWorld.start()
    for (let version = 0; version <= 7; version++) {
      const topicName = `words-${version}`
      const state = { topicName: version < 2 ? topicName : '', ...led }
      const answer = await world.ask(leaderAndIsrRequest, leaderAndIsrResponse, version, {
        controllerEpoch: 1,
        ...(version < 2
          ? { ungroupedPartitionStates: [state] }
          : { topicStates: [{ topicName, topicId: topicIdOf(topicName), partitionStates: [state] }] }),
      })
      assert.equal(answer.errorCode, ErrorCode.NONE)
      const errors =
        version < 5 ? answer.partitionErrors : answer.topics.flatMap(({ partitionErrors }) => partitionErrors)
      assert.deepEqual(
        errors.map(({ errorCode }) => errorCode),
        [ErrorCode.NONE],
      )
      assert.equal(world.services.replicaManager.partition(topicName, 0).isLeader, true)
    }
  })
})

describe('StopReplica', () => {
  it('deletes a log, and a topic made again under its name begins anew', async () => {
    const world = await DataPathWorld.start()
    await world.createTopic('words')
    await world.run(produce(await world.connect(), 'words', ['old'], {}))
    const stop = (leaderEpoch: number, deletePartition: boolean) =>
      world.ask(stopReplicaRequest, stopReplicaResponse, 4, {
        controllerEpoch: 1,
        brokerEpoch: 100n,
        topicStates: [{ topicName: 'words', partitionStates: [{ partitionIndex: 0, leaderEpoch, deletePartition }] }],
      })
    await world.leaderAndIsr('words', [{ ...led, leaderEpoch: 2 }])
    assert.equal((await stop(1, true)).partitionErrors[0]?.errorCode, ErrorCode.FENCED_LEADER_EPOCH)
    assert.equal((await stop(-2, true)).partitionErrors[0]?.errorCode, ErrorCode.NONE)
    assert.equal(world.services.replicaManager.find('words', 0), undefined)
    await world.leaderAndIsr('words', [{ ...led, leaderEpoch: 0 }], topicIdOf('words again'))
    assert.deepEqual(await fetchAll(world, 'words'), [])
  })

  it('without deletion ends leadership and keeps the log', async () => {
    const world = await DataPathWorld.start()
    await world.createTopic('words')
    const connection = await world.connect()
    await world.run(produce(connection, 'words', ['kept'], {}))
    await world.ask(stopReplicaRequest, stopReplicaResponse, 4, {
      controllerEpoch: 1,
      topicStates: [
        { topicName: 'words', partitionStates: [{ partitionIndex: 0, leaderEpoch: 0, deletePartition: false }] },
      ],
    })
    assert.equal((await world.run(produce(connection, 'words', ['x'], {}))).errorCode, ErrorCode.NOT_LEADER_OR_FOLLOWER)
    await world.leaderAndIsr('words', [{ ...led, leaderEpoch: 1 }])
    assert.deepEqual(await fetchAll(world, 'words'), ['kept'])
  })
})

describe('Metadata', () => {
  const ask = (world: DataPathWorld, version: number, topics: { name?: string | null; topicId?: string }[] | null) =>
    world.ask(metadataRequest, metadataResponse, version, {
      topics,
      ...(version < 4 ? {} : { allowAutoTopicCreation: false }),
    })

  it('shows in every version what UpdateMetadata brought', async () => {
    const world = await DataPathWorld.start()
    await world.createTopic('words', 2)
    for (let version = metadataRequest.minVersion; version <= 13; version++) {
      const answer = await ask(world, version, [{ name: 'words' }])
      assert.deepEqual(answer.brokers, [{ nodeId: 1, host: 'host-1', port: 9092, rack: null }])
      const [topic] = answer.topics
      assert.equal(topic?.errorCode, ErrorCode.NONE)
      assert.deepEqual(
        topic?.partitions.map(({ partitionIndex, leaderId, isrNodes }) => [partitionIndex, leaderId, isrNodes]),
        [
          [0, 1, [1]],
          [1, 1, [1]],
        ],
      )
    }
  })

  it('finds topics by id, all topics, and none', async () => {
    const world = await DataPathWorld.start()
    await world.createTopic('words')
    await world.createTopic('numbers')
    const byId = await ask(world, 12, [{ name: null, topicId: topicIdOf('words') }])
    assert.deepEqual([byId.topics[0]?.name, byId.topics[0]?.errorCode], ['words', ErrorCode.NONE])
    const unknownId = await ask(world, 12, [{ name: null, topicId: topicIdOf('nothing') }])
    assert.equal(unknownId.topics[0]?.errorCode, ErrorCode.UNKNOWN_TOPIC_ID)
    assert.equal((await ask(world, 9, null)).topics.length, 2)
    assert.equal((await ask(world, 9, [])).topics.length, 0)
  })

  it('says what is wrong with a topic', async () => {
    const world = await DataPathWorld.start()
    await world.createTopic('headless', 1, { leader: -1, leaderEpoch: 1 })
    const answer = await ask(world, 9, [{ name: 'unknown' }, { name: 'bad name' }, { name: 'headless' }])
    assert.deepEqual(
      answer.topics.map(({ errorCode }) => errorCode),
      [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, ErrorCode.INVALID_TOPIC_EXCEPTION, ErrorCode.NONE],
    )
    assert.equal(answer.topics[2]?.partitions[0]?.errorCode, ErrorCode.LEADER_NOT_AVAILABLE)
    assert.equal(answer.topics[2]?.partitions[0]?.leaderId, -1)
  })

  it('has missing topics made where client and broker allow it', async () => {
    const world = await DataPathWorld.start()
    const askFor = (allowAutoTopicCreation: boolean) =>
      world.ask(metadataRequest, metadataResponse, 9, { topics: [{ name: 'fresh' }], allowAutoTopicCreation })
    assert.equal((await askFor(false)).topics[0]?.errorCode, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
    assert.deepEqual(world.autoCreated, [])
    assert.equal((await askFor(true)).topics[0]?.errorCode, ErrorCode.LEADER_NOT_AVAILABLE)
    assert.deepEqual(world.autoCreated, ['fresh'])
    const strict = await DataPathWorld.start({ properties: ['auto.create.topics.enable=false'] })
    await strict.ask(metadataRequest, metadataResponse, 9, {
      topics: [{ name: 'fresh' }],
      allowAutoTopicCreation: true,
    })
    assert.deepEqual(strict.autoCreated, [])
  })

  it('forgets a topic that the controller deletes, and a broker that is gone', async () => {
    const world = await DataPathWorld.start()
    await world.createTopic('words')
    const deleted: unknown[] = []
    world.services.metadataCache.onPartitionsDeleted((partitions) => deleted.push(...partitions))
    await world.updateMetadata('words', [{ ...led, leader: -2, leaderEpoch: 1 }], { brokers: [2] })
    assert.deepEqual(deleted, [{ topic: 'words', partitionIndex: 0 }])
    const answer = await ask(world, 9, null)
    assert.equal(answer.topics.length, 0)
    assert.deepEqual(
      answer.brokers.map(({ nodeId }) => nodeId),
      [2],
    )
    assert.equal(answer.controllerId, -1)
  })
})

describe('UpdateMetadata', () => {
  it('is understood in all versions that Kafka has', async () => {
    const world = await DataPathWorld.start()
    for (let version = 0; version <= 8; version++) {
      const topicName = `words-${version}`
      const state = { topicName: version < 5 ? topicName : '', ...led }
      const answer = await world.ask(updateMetadataRequest, updateMetadataResponse, version, {
        controllerEpoch: 1,
        ...(version < 5
          ? { ungroupedPartitionStates: [state] }
          : { topicStates: [{ topicName, topicId: topicIdOf(topicName), partitionStates: [state] }] }),
        liveBrokers: [
          version === 0
            ? { id: 1, v0Host: 'host-1', v0Port: 9092 }
            : { id: 1, endpoints: [{ host: 'host-1', port: 9092, listener: version < 3 ? '' : 'PLAINTEXT' }] },
        ],
      })
      assert.equal(answer.errorCode, ErrorCode.NONE)
      const { metadataCache } = world.services
      assert.equal(metadataCache.partition(topicName, 0)?.leader, 1)
      assert.deepEqual(metadataCache.endpoint(1, 'PLAINTEXT'), { host: 'host-1', port: 9092, securityProtocol: 0 })
    }
  })
})

describe('ApiVersions', () => {
  it('is answered in version 0 where the version is too new, with what there is', async () => {
    const world = await DataPathWorld.start()
    const connection = await world.connect()
    await world.run(connection.negotiate())
    assert.equal(connection.versionFor(apiVersionsRequest), 4)
    assert.equal(connection.versionFor(leaderAndIsrRequest), 7)
  })

  it('refuses a client software name that is none', async () => {
    const world = await DataPathWorld.start()
    const answer = await world.ask(apiVersionsRequest, apiVersionsResponse, 3, {
      clientSoftwareName: '-bad-',
      clientSoftwareVersion: '1',
    })
    assert.equal(answer.errorCode, ErrorCode.INVALID_REQUEST)
  })
})

describe('an API that is not advertised', () => {
  it('is answered with UNSUPPORTED_VERSION where its answer has room for it', async () => {
    const world = await DataPathWorld.start()
    const answer = await world.ask(addOffsetsToTxnRequest, addOffsetsToTxnResponse, 3, { transactionalId: 't' })
    assert.equal(answer.errorCode, ErrorCode.UNSUPPORTED_VERSION)
  })

  it('ends the connection, with a log line, where it has none', async () => {
    const world = await DataPathWorld.start()
    await assert.rejects(world.ask(createAclsRequest, createAclsResponse, 3, {}))
    assert.ok(world.logged.some((line) => line.includes('API key 30 version 3 is not one that this broker answers')))
  })
})

describe('a request that cannot be read', () => {
  it('ends the connection and names the API', async () => {
    const world = await DataPathWorld.start()
    const connection = await world.run(
      world.simulation.machine('client').env.network.connect({ host: 'broker', port: 9092 }),
    )
    let isClosed = false
    connection.handle({ onData: () => undefined, onClose: () => (isClosed = true) })
    connection.write([Buffer.from('0000000e' + '00030009' + '00000001' + 'ffff00' + 'ffffff', 'hex')])
    await world.pass(1000)
    assert.equal(isClosed, true)
    assert.ok(world.logged.some((line) => line.includes('Metadata version 9 cannot be read')))
  })
})

describe('InitProducerId', () => {
  it('gives every idempotent producer an id of its own', async () => {
    const world = await DataPathWorld.start()
    const ask = (value = {}) =>
      world.ask(initProducerIdRequest, initProducerIdResponse, 4, { transactionalId: null, ...value })
    const ids = [await ask(), await ask()]
    assert.deepEqual(
      ids.map(({ errorCode, producerId, producerEpoch }) => [errorCode, producerId, producerEpoch]),
      [
        [0, 1000n, 0],
        [0, 1001n, 0],
      ],
    )
    assert.equal((await ask({ transactionalId: 't' })).errorCode, ErrorCode.COORDINATOR_NOT_AVAILABLE)
    assert.equal((await ask({ transactionalId: '' })).errorCode, ErrorCode.INVALID_REQUEST)
    assert.equal((await ask({ producerId: 5n })).errorCode, ErrorCode.INVALID_REQUEST)
  })
})

describe('DescribeCluster', () => {
  it('shows brokers, controller and cluster', async () => {
    const world = await DataPathWorld.start()
    await world.createTopic('words')
    const answer = await world.ask(describeClusterRequest, describeClusterResponse, 1, {})
    assert.deepEqual([answer.errorCode, answer.controllerId, answer.brokers.length], [0, 1, 1])
    const controllers = await world.ask(describeClusterRequest, describeClusterResponse, 1, { endpointType: 2 })
    assert.equal(controllers.errorCode, ErrorCode.MISMATCHED_ENDPOINT_TYPE)
    const strange = await world.ask(describeClusterRequest, describeClusterResponse, 1, { endpointType: 3 })
    assert.equal(strange.errorCode, ErrorCode.UNSUPPORTED_ENDPOINT_TYPE)
  })
})
