import type { Env } from '@odradek/base'
import { ClientError, Cluster as ClientCluster, KafkaError } from '@odradek/client'
import type { TopicMetadata } from '@odradek/client'
import { CommitBoard } from '../core/commit-board.ts'
import { createRetrier } from '../core/retry.ts'
import type { Retrier } from '../core/retry.ts'
import { requestEvents } from '../core/instrumentation.ts'
import type { Instrumentation } from '../core/instrumentation.ts'
import {
  KafkaJSBrokerNotFound,
  KafkaJSConnectionError,
  KafkaJSMetadataNotLoaded,
  KafkaJSProtocolError,
  KafkaJSTopicMetadataNotLoaded,
} from '../errors.ts'
import { protocolError, toKafkaJSError } from '../protocol-error.ts'
import type { CoordinatorMetadata, PartitionMetadata } from '../types/cluster.ts'
import type { KafkaConfig } from '../types/config.ts'
import type { Logger } from '../types/logger.ts'
import type { TopicOffsets } from '../types/producer.ts'
import { KafkaBroker } from './broker.ts'
import type { ClusterMetadata } from './broker.ts'
import { bootstrapServersOf, clientConfigOf } from './client-config.ts'
import { authenticatorOf, saslFailure } from './sasl.ts'
import { listTopicOffsets } from './topic-offsets.ts'
import type { TopicOffsetsQuery } from './topic-offsets.ts'

export interface KafkaClusterOptions extends Omit<KafkaConfig, 'logLevel' | 'logCreator'> {
  readonly env: Env
  readonly logger: Logger
  readonly metadataMaxAge?: number | undefined
  readonly allowAutoTopicCreation?: boolean | undefined
  readonly maxInFlightRequests?: number | null | undefined
  /** 0: also what transactions have not committed. 1: only what is committed. */
  readonly isolationLevel?: number | undefined
  readonly instrumentation?: Instrumentation | undefined
  /** Shared by all clusters of one `Kafka`. */
  readonly commits?: CommitBoard | undefined
}

/** Topic errors for which the topic is not kept among the wanted ones. */
const hopelessTopicErrors = ['INVALID_TOPIC_EXCEPTION', 'UNKNOWN_TOPIC_OR_PARTITION', 'TOPIC_AUTHORIZATION_FAILED']

/**
 * What kafkajs calls a cluster, as custom partition assigners get it: over one `Cluster` of the client from `connect` to `disconnect`, and a new one
 * after that.
 */
export class KafkaCluster {
  readonly env: Env
  readonly options: KafkaClusterOptions
  readonly retrier: Retrier
  readonly targetTopics = new Set<string>()
  readonly commits: CommitBoard
  readonly #logger: Logger
  #client: ClientCluster | undefined
  #connecting: Promise<void> | undefined

  constructor(options: KafkaClusterOptions) {
    this.env = options.env
    this.options = options
    this.commits = options.commits ?? new CommitBoard()
    this.#logger = options.logger.namespace('BrokerPool')
    this.retrier = createRetrier(options.env, options.retry)
  }

  isConnected(): boolean {
    return this.#client !== undefined
  }

  /** The client's cluster. Throws `KafkaJSConnectionError` while there is none. */
  get client(): ClientCluster {
    if (this.#client === undefined) throw new KafkaJSConnectionError('Not connected: call connect() first')
    return this.#client
  }

  /** Reaches one broker, and learns of the others. Rejects with what was wrong the last time, after as many retries as are configured. */
  connect(): Promise<void> {
    if (this.#client !== undefined) return Promise.resolve()
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined
    })
    return this.#connecting
  }

  async #connect(): Promise<void> {
    await this.retrier(async (bail, retryCount, retryTime) => {
      // A list that is none gets no better by another attempt.
      const servers = await bootstrapServersOf(this.options.brokers).catch(bail)
      let client: ClientCluster | undefined
      try {
        client = this.#create(servers)
        await client.links.leastLoaded().open()
        await client.refresh()
        this.#client = client
      } catch (thrown) {
        client?.close()
        const error = this.#connectError(thrown)
        const what = 'Failed to connect to seed broker, trying another broker from the list'
        this.#logger.error(`${what}: ${error.message}`, { retryCount, retryTime })
        if (error instanceof KafkaJSConnectionError || (thrown instanceof ClientError && thrown.code === 'TIMED_OUT'))
          throw error
        bail(error)
      }
    })
  }

  #connectError(thrown: unknown): Error {
    if (thrown instanceof ClientError && thrown.code === 'AUTHENTICATION_FAILED') {
      return saslFailure(this.options.sasl, thrown)
    }
    return toKafkaJSError(thrown)
  }

  #create(servers: string[]): ClientCluster {
    const { env, instrumentation, allowAutoTopicCreation = true, sasl, logger } = this.options
    return new ClientCluster(env, clientConfigOf(this.options, servers), {
      allowAutoTopicCreation,
      observer: instrumentation === undefined ? undefined : requestEvents(instrumentation),
      authenticate: authenticatorOf(sasl, logger),
    })
  }

  disconnect(): Promise<void> {
    this.#client?.close()
    this.#client = undefined
    return Promise.resolve()
  }

  /** Brokers come and go by what the cluster says of itself. */
  removeBroker(_address: { host: string; port: number }): void {
    this.#client?.requestUpdate()
  }

  getNodeIds(): number[] {
    return [...this.client.metadata.brokers.keys()]
  }

  /** What one broker says of these topics; of all when none are named. */
  metadata({ topics = [] }: { topics?: string[] } = {}): Promise<ClusterMetadata> {
    return this.retrier(async (bail) => {
      await this.connect()
      try {
        return await this.anyBroker().metadata(topics)
      } catch (thrown) {
        const error = toKafkaJSError(thrown)
        if ((error as { type?: string }).type === 'LEADER_NOT_AVAILABLE') throw error
        return bail(error) as never
      }
    })
  }

  addTargetTopic(topic: string): Promise<void> {
    return this.addMultipleTargetTopics([topic])
  }

  /** Keeps metadata of these topics. Rejects when one of them is not there, or has no leader yet after the retries. */
  async addMultipleTargetTopics(topics: string[]): Promise<void> {
    const added = topics.filter((topic) => !this.targetTopics.has(topic))
    if (added.length === 0 && this.isConnected()) return
    for (const topic of added) this.targetTopics.add(topic)
    try {
      await this.refreshMetadata()
    } catch (thrown) {
      if (thrown instanceof KafkaJSProtocolError && hopelessTopicErrors.includes(thrown.type)) {
        for (const topic of added) this.targetTopics.delete(topic)
        this.#client?.unwantTopics(added)
      }
      throw thrown
    }
  }

  async refreshMetadata(): Promise<void> {
    await this.connect()
    await this.retrier(async (bail) => {
      const { client } = this
      client.wantTopics(this.targetTopics)
      await client.refresh()
      for (const topic of this.targetTopics) {
        const errorCode = topicErrorOf(client.metadata.topic(topic))
        if (errorCode === 0) continue
        const error = protocolError(errorCode)
        if (error.type === 'LEADER_NOT_AVAILABLE') throw error
        bail(error)
      }
    })
  }

  async refreshMetadataIfNecessary(): Promise<void> {
    const { metadata } = this.#client ?? {}
    const isMissing = [...this.targetTopics].some((topic) => topicErrorOf(metadata?.topic(topic)) !== 0)
    if (metadata === undefined || isMissing) await this.refreshMetadata()
  }

  findTopicPartitionMetadata(topic: string): PartitionMetadata[] {
    if (this.#client === undefined) throw new KafkaJSTopicMetadataNotLoaded('Topic metadata not loaded', { topic })
    const partitions = this.#client.metadata.topic(topic)?.partitions ?? []
    return partitions.map(({ errorCode, partition, leaderId, replicaIds, inSyncReplicaIds, offlineReplicaIds }) => ({
      partitionErrorCode: errorCode,
      partitionId: partition,
      leader: leaderId,
      replicas: [...replicaIds],
      isr: [...inSyncReplicaIds],
      offlineReplicas: [...offlineReplicaIds],
    }))
  }

  /** By leader; partitions that are not known are left out. */
  findLeaderForPartitions(topic: string, partitions: readonly (number | string)[]): { [leader: string]: number[] } {
    const known = new Map(this.findTopicPartitionMetadata(topic).map((each) => [each.partitionId, each]))
    const byLeader: { [leader: string]: number[] } = {}
    for (const given of partitions) {
      const partition = Number(given)
      const leader = known.get(partition)?.leader
      if (leader !== undefined) (byLeader[leader] ??= []).push(partition)
    }
    return byLeader
  }

  async findBroker({ nodeId }: { nodeId: string | number }): Promise<KafkaBroker> {
    const id = Number(nodeId)
    if (!this.client.metadata.brokers.has(id)) {
      await this.client.refresh()
      if (!this.client.metadata.brokers.has(id)) {
        throw new KafkaJSBrokerNotFound(`Broker ${nodeId} not found in the cached metadata`)
      }
    }
    return new KafkaBroker(this, id)
  }

  /** For what every broker can answer. */
  anyBroker(): KafkaBroker {
    return new KafkaBroker(this, undefined)
  }

  async findControllerBroker(): Promise<KafkaBroker> {
    const { controllerId } = this.client.metadata
    if (controllerId < 0) throw new KafkaJSMetadataNotLoaded('Topic metadata not loaded')
    return this.findBroker({ nodeId: controllerId })
  }

  async findGroupCoordinator({ groupId }: { groupId: string }): Promise<KafkaBroker> {
    const { coordinator } = await this.findGroupCoordinatorMetadata({ groupId })
    return new KafkaBroker(this, coordinator.nodeId)
  }

  findGroupCoordinatorMetadata({ groupId }: { groupId: string }): Promise<CoordinatorMetadata> {
    return this.retrier(async (bail) => {
      await this.connect()
      try {
        const nodeId = await this.client.coordinators.find('group', groupId)
        const broker = this.client.metadata.brokers.get(nodeId)
        return { errorCode: 0, coordinator: { nodeId, host: broker?.host ?? '', port: broker?.port ?? -1 } }
      } catch (thrown) {
        const error = toKafkaJSError(thrown)
        if (thrown instanceof KafkaError && !thrown.retriable) return bail(error) as never
        throw error
      }
    })
  }

  defaultOffset({ fromBeginning }: { fromBeginning?: boolean | undefined }): number {
    return fromBeginning === true ? -2 : -1
  }

  async fetchTopicsOffset(topics: readonly TopicOffsetsQuery[]): Promise<TopicOffsets[]> {
    await this.connect()
    return listTopicOffsets(this, topics)
  }

  /** A transaction has taken the offset along: consumers of the group need not commit it. */
  markOffsetAsCommitted(commit: { groupId: string; topic: string; partition: number; offset: string }): void {
    this.commits.tell(commit.groupId, commit.topic, commit.partition, commit.offset)
  }
}

function topicErrorOf(topic: TopicMetadata | undefined): number {
  if (topic === undefined) return 3
  if (topic.errorCode !== 0) return topic.errorCode
  return topic.partitions.some(({ leaderId, errorCode }) => leaderId < 0 && errorCode !== 0) ? 5 : 0
}
