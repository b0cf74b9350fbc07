import type { UpdateMetadataRequest } from '@odradek/kafka-protocol/messages/06-update-metadata'
import { noTopicId } from '../core/topic-id.ts'

/** One partition as the controller last described it. */
export interface PartitionMetadata {
  readonly partitionIndex: number
  readonly controllerEpoch: number
  /** The leader's broker id; -1 when there is none. */
  readonly leader: number
  readonly leaderEpoch: number
  readonly isr: readonly number[]
  readonly replicas: readonly number[]
  readonly offlineReplicas: readonly number[]
  readonly partitionEpoch: number
}

export interface TopicMetadata {
  readonly name: string
  /** 22 characters of base64url; all zero bits for a topic without id. */
  readonly topicId: string
  readonly partitions: ReadonlyMap<number, PartitionMetadata>
}

export interface BrokerEndpoint {
  readonly host: string
  readonly port: number
  /** Kafka's number: 0 PLAINTEXT, 1 SSL, 2 SASL_PLAINTEXT, 3 SASL_SSL. */
  readonly securityProtocol: number
}

/** A live broker and its addresses by listener name. */
export interface BrokerMetadata {
  readonly id: number
  readonly rack: string | null
  readonly endpoints: ReadonlyMap<string, BrokerEndpoint>
}

export interface DeletedPartition {
  readonly topic: string
  readonly partitionIndex: number
}

interface MutableTopic {
  readonly name: string
  topicId: string
  readonly partitions: Map<number, PartitionMetadata>
}

/** The leader that the controller names while a topic is being deleted. */
const leaderDuringDelete = -2

/**
 * What this broker knows of the cluster: topics, partitions, live brokers, the controller. It is fed by UpdateMetadata requests alone,
 * on a single broker too, and so shows nothing before the controller has spoken.
 */
export class MetadataCache {
  readonly #topics = new Map<string, MutableTopic>()
  readonly #namesById = new Map<string, string>()
  #brokers: ReadonlyMap<number, BrokerMetadata> = new Map()
  readonly #deletionListeners = new Set<(deleted: readonly DeletedPartition[]) => void>()
  readonly #updateListeners = new Set<() => void>()
  #controllerId = -1
  #version = 0
  #topicsVersion = 0

  /** The active controller's broker id; -1 while none is known. */
  get controllerId(): number {
    return this.#controllerId
  }

  /** Grows with each update. */
  get version(): number {
    return this.#version
  }

  /** Grows whenever a topic comes into being, or gets an id. */
  get topicsVersion(): number {
    return this.#topicsVersion
  }

  /** Live brokers by id. */
  get brokers(): ReadonlyMap<number, BrokerMetadata> {
    return this.#brokers
  }

  /** All topics by name. */
  get topics(): ReadonlyMap<string, TopicMetadata> {
    return this.#topics
  }

  topic(name: string): TopicMetadata | undefined {
    return this.#topics.get(name)
  }

  topicById(topicId: string): TopicMetadata | undefined {
    const name = this.#namesById.get(topicId)
    return name === undefined ? undefined : this.#topics.get(name)
  }

  /** The topic's id; all zero bits when the topic is unknown or has none. */
  topicId(name: string): string {
    return this.#topics.get(name)?.topicId ?? noTopicId
  }

  partition(topic: string, partitionIndex: number): PartitionMetadata | undefined {
    return this.#topics.get(topic)?.partitions.get(partitionIndex)
  }

  /** The address of a live broker on a listener; undefined when the broker is not live or lacks the listener. */
  endpoint(brokerId: number, listenerName: string): BrokerEndpoint | undefined {
    return this.#brokers.get(brokerId)?.endpoints.get(listenerName)
  }

  /** Calls `listener` with the partitions that the controller took away, after each update that took some. Returns what stops that. */
  onPartitionsDeleted(listener: (deleted: readonly DeletedPartition[]) => void): () => void {
    this.#deletionListeners.add(listener)
    return () => this.#deletionListeners.delete(listener)
  }

  /** Calls `listener` after each update. Returns what stops that. */
  onUpdate(listener: () => void): () => void {
    this.#updateListeners.add(listener)
    return () => this.#updateListeners.delete(listener)
  }

  /** Takes over what the controller says (all versions). */
  update(request: UpdateMetadataRequest): void {
    this.#controllerId = request.controllerId
    this.#version++
    this.#brokers = new Map(request.liveBrokers.map((broker) => [broker.id, brokerOf(broker)]))
    const deleted: DeletedPartition[] = []
    for (const state of request.ungroupedPartitionStates) this.#apply(state.topicName, noTopicId, state, deleted)
    for (const topic of request.topicStates) {
      for (const state of topic.partitionStates) this.#apply(topic.topicName, topic.topicId, state, deleted)
    }
    if (deleted.length > 0) for (const listener of this.#deletionListeners) listener(deleted)
    for (const listener of this.#updateListeners) listener()
  }

  #apply(
    name: string,
    topicId: string,
    state: UpdateMetadataRequest['ungroupedPartitionStates'][number],
    deleted: DeletedPartition[],
  ): void {
    let topic = this.#topics.get(name)
    if (state.leader === leaderDuringDelete) {
      if (topic?.partitions.delete(state.partitionIndex) === true) {
        deleted.push({ topic: name, partitionIndex: state.partitionIndex })
        if (topic.partitions.size === 0) this.#forget(topic)
      }
      return
    }
    if (topic !== undefined && topicId !== noTopicId && topic.topicId !== noTopicId && topic.topicId !== topicId) {
      // Deleted and created again while this broker was not told: nothing of the old topic may shine through.
      this.#forget(topic)
      topic = undefined
    }
    if (topic === undefined) {
      topic = { name, topicId: noTopicId, partitions: new Map() }
      this.#topics.set(name, topic)
    }
    if (topicId !== noTopicId && topic.topicId !== topicId) {
      topic.topicId = topicId
      this.#topicsVersion++
      this.#namesById.set(topicId, name)
    }
    topic.partitions.set(state.partitionIndex, {
      partitionIndex: state.partitionIndex,
      controllerEpoch: state.controllerEpoch,
      leader: state.leader,
      leaderEpoch: state.leaderEpoch,
      isr: state.isr,
      replicas: state.replicas,
      offlineReplicas: state.offlineReplicas,
      partitionEpoch: state.zkVersion,
    })
  }

  #forget(topic: MutableTopic): void {
    this.#topics.delete(topic.name)
    if (this.#namesById.get(topic.topicId) === topic.name) this.#namesById.delete(topic.topicId)
  }
}

/** Versions 1 and 2 name no listener: it has the name of its security protocol then. Version 0 knows plain text only. */
function brokerOf(broker: UpdateMetadataRequest['liveBrokers'][number]): BrokerMetadata {
  const endpoints = new Map<string, BrokerEndpoint>()
  if (broker.endpoints.length === 0 && broker.v0Host !== '') {
    endpoints.set('PLAINTEXT', { host: broker.v0Host, port: broker.v0Port, securityProtocol: 0 })
  }
  for (const { host, port, listener, securityProtocol } of broker.endpoints) {
    endpoints.set(listener === '' ? (securityProtocolNames[securityProtocol] ?? 'PLAINTEXT') : listener, {
      host,
      port,
      securityProtocol,
    })
  }
  return { id: broker.id, rack: broker.rack, endpoints }
}

const securityProtocolNames = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL']
