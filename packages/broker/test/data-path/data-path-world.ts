import assert from 'node:assert/strict'
import { BufferPool } from '@odradek/base'
import { BrokerConnection } from '@odradek/client'
import { Simulation } from '@odradek/env-sim'
import type { SimulatedMachine } from '@odradek/env-sim'
import { ErrorCode } from '@odradek/kafka-protocol'
import type { Input, Message } from '@odradek/kafka-protocol'
import { leaderAndIsrRequest, leaderAndIsrResponse } from '@odradek/kafka-protocol/messages/04-leader-and-isr'
import type { LeaderAndIsrRequest } from '@odradek/kafka-protocol/messages/04-leader-and-isr'
import { updateMetadataRequest, updateMetadataResponse } from '@odradek/kafka-protocol/messages/06-update-metadata'
import { defaultLogConfig, LogManager } from '@odradek/storage'
import type { LogConfig } from '@odradek/storage'
import { parseBrokerConfig } from '../../src/config/parse-broker-config.ts'
import { FetchSessionCache } from '../../src/core/fetch-session/fetch-session-cache.ts'
import { ClientQuotas } from '../../src/core/quota/client-quotas.ts'
import { produceHandler } from '../../src/handlers/00-produce.ts'
import { fetchHandler } from '../../src/handlers/01-fetch.ts'
import { listOffsetsHandler } from '../../src/handlers/02-list-offsets.ts'
import { metadataHandler } from '../../src/handlers/03-metadata.ts'
import { leaderAndIsrHandler } from '../../src/handlers/04-leader-and-isr.ts'
import { stopReplicaHandler } from '../../src/handlers/05-stop-replica.ts'
import { updateMetadataHandler } from '../../src/handlers/06-update-metadata.ts'
import { apiVersionsHandler } from '../../src/handlers/18-api-versions.ts'
import { deleteRecordsHandler } from '../../src/handlers/21-delete-records.ts'
import { initProducerIdHandler } from '../../src/handlers/22-init-producer-id.ts'
import { offsetForLeaderEpochHandler } from '../../src/handlers/23-offset-for-leader-epoch.ts'
import { describeClusterHandler } from '../../src/handlers/60-describe-cluster.ts'
import { anyHandler } from '../../src/handlers/any-api-handler.ts'
import { apiVersionsOf } from '../../src/handlers/api-versions-of.ts'
import type { BrokerServices } from '../../src/host/broker-services.ts'
import { MetadataCache } from '../../src/host/metadata-cache.ts'
import { ProducerIdManager } from '../../src/host/producer-id-manager.ts'
import { ReplicaManager } from '../../src/host/replica-manager.ts'
import { RequestDeadlines } from '../../src/host/request-deadlines.ts'
import { RequestDispatcher } from '../../src/host/request-dispatcher.ts'
import { SocketServer } from '../../src/host/socket-server.ts'

const port = 9092
const handlers = [
  anyHandler(produceHandler),
  anyHandler(fetchHandler),
  anyHandler(listOffsetsHandler),
  anyHandler(metadataHandler),
  anyHandler(leaderAndIsrHandler),
  anyHandler(stopReplicaHandler),
  anyHandler(updateMetadataHandler),
  anyHandler(apiVersionsHandler),
  anyHandler(deleteRecordsHandler),
  anyHandler(initProducerIdHandler),
  anyHandler(offsetForLeaderEpochHandler),
  anyHandler(describeClusterHandler),
]

export interface PartitionPlan {
  readonly leader?: number
  readonly leaderEpoch?: number
  readonly isr?: readonly number[]
  readonly replicas?: readonly number[]
}

/** A topic id for tests, made of a name of at most 16 characters. */
export function topicIdOf(name: string): string {
  return Buffer.from(name.padEnd(16, '_').slice(0, 16)).toString('base64url')
}

/**
 * The data path of one broker in a simulated world: sockets, dispatcher, handlers, replica manager and logs are the real ones;
 * the test speaks for the controller, over the wire as a controller does.
 */
export class DataPathWorld {
  readonly simulation: Simulation
  readonly machine: SimulatedMachine
  readonly logged: string[] = []
  readonly autoCreated: string[] = []
  /** Changed before a topic's first LeaderAndIsr. */
  logConfig: LogConfig = defaultLogConfig
  minInSyncReplicas = 1
  brokerEpoch = 100n
  controllerEpoch = 1
  services!: BrokerServices
  #control!: BrokerConnection
  #logManager!: LogManager
  #server!: SocketServer

  private constructor(seed: number) {
    this.simulation = new Simulation({ seed, print: (line) => this.logged.push(line) })
    this.machine = this.simulation.machine('broker')
  }

  static async start(
    options: { seed?: number; properties?: string[]; logConfig?: Partial<LogConfig> } = {},
  ): Promise<DataPathWorld> {
    const world = new DataPathWorld(options.seed ?? 1)
    world.logConfig = { ...defaultLogConfig, ...options.logConfig }
    await world.#start(options.properties ?? [])
    return world
  }

  async #start(properties: readonly string[]): Promise<void> {
    const { env } = this.machine
    const brokerId = 1
    const metadataCache = new MetadataCache()
    // Every buffer is used again, and rubbish once it is let go: whoever looks at one too late sees it.
    this.#logManager = new LogManager(env, {
      directories: ['/data'],
      brokerId,
      configOf: () => this.logConfig,
      buffers: new BufferPool({ sizeBytesMin: 1, erases: true }),
    })
    this.#logManager.open()
    this.#logManager.writeMetaProperties('Y2x1c3RlciBvZiBhIHRlc3Q')
    await this.run(this.#logManager.start())
    const deadlines = new RequestDeadlines(env.timers)
    const replicaManager = new ReplicaManager(env, {
      brokerId,
      deadlines,
      logManager: this.#logManager,
      metadataCache,
      minInSyncReplicasOf: () => this.minInSyncReplicas,
      replicaLagTimeMaxMs: 30_000,
    })
    let nextProducerId = 1000n
    let nextSessionId = 1
    const services: Pick<
      BrokerServices,
      | 'env'
      | 'brokerId'
      | 'clusterId'
      | 'brokerEpoch'
      | 'deadlines'
      | 'apiVersions'
      | 'replicaManager'
      | 'metadataCache'
      | 'fetchSessions'
      | 'producerIds'
      | 'clientQuotas'
      | 'config'
    > & { topicConfigs: Pick<BrokerServices['topicConfigs'], 'ensureLoaded'> } & {
      topicCreator: Pick<BrokerServices['topicCreator'], 'createMissing'>
    } = {
      env,
      brokerId,
      clusterId: 'Y2x1c3RlciBvZiBhIHRlc3Q',
      brokerEpoch: () => this.brokerEpoch,
      deadlines,
      apiVersions: apiVersionsOf(handlers),
      replicaManager,
      metadataCache,
      fetchSessions: new FetchSessionCache({ slots: 100, evictionMs: 120_000, newSessionId: () => nextSessionId++ }),
      clientQuotas: new ClientQuotas(),
      producerIds: new ProducerIdManager(env, async () => {
        nextProducerId += 1000n
        return { start: nextProducerId - 1000n, length: 1000 }
      }),
      config: parseBrokerConfig(
        new Map(
          [`broker.id=1`, `zookeeper.connect=unused:2181`, `listeners=PLAINTEXT://broker:${port}`, ...properties].map(
            (line) => line.split(/=(.*)/s).slice(0, 2) as [string, string],
          ),
        ),
      ),
      topicConfigs: { ensureLoaded: async () => undefined },
      topicCreator: {
        createMissing: async (topics) => {
          this.autoCreated.push(...topics)
          return new Map(topics.map((topic) => [topic, ErrorCode.NONE]))
        },
      },
    }
    this.services = services as unknown as BrokerServices
    const dispatcher = new RequestDispatcher(env, this.services, handlers)
    this.#server = new SocketServer(
      env,
      {
        listeners: [{ name: 'PLAINTEXT', securityProtocol: 'PLAINTEXT', host: '0.0.0.0', port, isInterBroker: true }],
        requestSizeBytesMax: 100 * 1024 * 1024,
        idleMsMax: 600_000,
        limits: {
          connectionsMax: 1000,
          creationRateMax: 1e6,
          perAddressMax: 1000,
          perAddressOverrides: new Map(),
          listenerLimits: new Map(),
          protectedListener: undefined,
          creationRateOf: () => 1e6,
        },
        rateWindow: { samples: 11, sampleMs: 1000 },
        waitingConnectionsMax: 10,
        requestBytesMax: -1,
        buffers: this.#logManager.buffers,
      },
      dispatcher.dispatch,
    )
    await this.run(this.#server.start())
    this.#control = await this.connect('controller')
  }

  /** Stops the broker in good order and starts it again on the same disk. */
  async restart(): Promise<void> {
    await this.run(this.#server.close())
    this.services.replicaManager.shutdown()
    await this.run(this.#logManager.close())
    this.machine.restart()
    await this.#start([])
  }

  /** As `kill -9`, or a power failure, and a new start. */
  async crash(kind: 'process' | 'power'): Promise<void> {
    if (kind === 'power') this.machine.powerOff()
    else this.machine.crashProcess()
    this.machine.restart()
    await this.#start([])
  }

  run<T>(promise: Promise<T>): Promise<T> {
    return this.simulation.runUntil(promise)
  }

  pass(durationMs: number): Promise<void> {
    return this.simulation.run(durationMs)
  }

  connect(clientId = 'test'): Promise<BrokerConnection> {
    const { env } = this.simulation.machine('client')
    return this.run(BrokerConnection.connect(env, { host: 'broker', port, clientId, requestTimeoutMs: 600_000 }))
  }

  /** Sends on a connection of its own and waits for the answer. */
  async ask<Request, Response>(
    request: Message<Request>,
    response: Message<Response>,
    version: number,
    value: Input<Request>,
    clientId?: string,
  ): Promise<Response> {
    const connection = await this.connect(clientId)
    try {
      return await this.run(connection.send(request, response, version, value))
    } finally {
      connection.close()
    }
  }

  /** Has the broker hold a topic, and tells it of the topic, as a controller would. */
  async createTopic(topic: string, partitionCount = 1, plan: PartitionPlan = {}): Promise<void> {
    const partitions = Array.from({ length: partitionCount }, (_, index) => ({
      partitionIndex: index,
      ...planOf(plan),
    }))
    const errors = await this.leaderAndIsr(topic, partitions)
    assert.deepEqual(
      errors,
      partitions.map(() => ErrorCode.NONE),
    )
    await this.updateMetadata(topic, partitions)
  }

  /** Error codes by partition. */
  async leaderAndIsr(
    topic: string,
    partitionStates: Input<PartitionState>[],
    topicId = topicIdOf(topic),
  ): Promise<number[]> {
    const answer = await this.run(
      this.#control.send(leaderAndIsrRequest, leaderAndIsrResponse, 7, {
        controllerId: 1,
        controllerEpoch: this.controllerEpoch,
        brokerEpoch: this.brokerEpoch,
        topicStates: [{ topicName: topic, topicId, partitionStates }],
      }),
    )
    assert.equal(answer.errorCode, ErrorCode.NONE)
    return answer.topics.flatMap(({ partitionErrors }) => partitionErrors.map(({ errorCode }) => errorCode))
  }

  async updateMetadata(
    topic: string,
    partitions: Input<PartitionState>[],
    { topicId = topicIdOf(topic), brokers = [1] }: { topicId?: string; brokers?: number[] } = {},
  ): Promise<void> {
    const answer = await this.run(
      this.#control.send(updateMetadataRequest, updateMetadataResponse, 8, {
        controllerId: 1,
        controllerEpoch: this.controllerEpoch,
        brokerEpoch: this.brokerEpoch,
        topicStates: [
          {
            topicName: topic,
            topicId,
            partitionStates: partitions.map(({ partitionIndex, leader, leaderEpoch, isr, replicas }) => ({
              partitionIndex,
              controllerEpoch: this.controllerEpoch,
              leader,
              leaderEpoch,
              isr,
              replicas,
            })),
          },
        ],
        liveBrokers: brokers.map((id) => ({
          id,
          endpoints: [{ host: `host-${id}`, port, listener: 'PLAINTEXT', securityProtocol: 0 }],
          rack: null,
        })),
      }),
    )
    assert.equal(answer.errorCode, ErrorCode.NONE)
  }
}

type PartitionState = LeaderAndIsrRequest['ungroupedPartitionStates'][number]

function planOf({ leader = 1, leaderEpoch = 0, isr = [1], replicas = [1] }: PartitionPlan): Input<PartitionState> {
  return { controllerEpoch: 1, leader, leaderEpoch, isr, partitionEpoch: 0, replicas, isNew: leaderEpoch === 0 }
}
