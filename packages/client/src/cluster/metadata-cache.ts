import { ErrorCode, zeroUuid } from '@odradek/kafka-protocol'
import type { MetadataResponse } from '@odradek/kafka-protocol/messages/03-metadata'
import type { BrokerAddress } from './broker-address.ts'

/** No cluster has a topic of more; a larger number in a response is damage, and must not make us allocate. */
const partitionsMax = 1_000_000

/** A broker of the cluster. */
export interface BrokerNode extends BrokerAddress {
  readonly id: number
  readonly rack: string | null
}

/** One partition, as the newest that was heard of it. */
export interface PartitionMetadata {
  readonly partition: number
  /** -1 when it has none at the moment. */
  readonly leaderId: number
  /** -1 when the broker does not tell. */
  readonly leaderEpoch: number
  readonly replicaIds: readonly number[]
  readonly inSyncReplicaIds: readonly number[]
  readonly offlineReplicaIds: readonly number[]
  /** As on the wire: LEADER_NOT_AVAILABLE and the like. */
  readonly errorCode: number
}

/** One topic. Immutable: a change makes a new one. */
export interface TopicMetadata {
  readonly name: string
  /** 22 characters of base64url; `zeroUuid` from brokers before Kafka 2.8. */
  readonly id: string
  readonly isInternal: boolean
  /** Of the topic as a whole: UNKNOWN_TOPIC_OR_PARTITION, TOPIC_AUTHORIZATION_FAILED, …; 0 for none. */
  readonly errorCode: number
  /** Partition n at index n. */
  readonly partitions: readonly PartitionMetadata[]
}

/** A leader that a Produce or Fetch response has told (KIP-951). */
export interface LeaderChange {
  readonly topic: string
  readonly partition: number
  readonly leaderId: number
  readonly leaderEpoch: number
}

/**
 * What is known of the cluster: pure, synchronous, fed with responses. `version` moves with every change, so that who derives something from it
 * knows when to do so again. A leader epoch never goes back for a topic of the same id: older news are dropped (KIP-320).
 */
export class MetadataCache {
  /** Moves with every change. */
  version = 0
  clusterId: string | null = null
  controllerId = -1
  #brokers = new Map<number, BrokerNode>()
  readonly #topics = new Map<string, TopicMetadata>()
  readonly #namesById = new Map<string, string>()

  /** The brokers that are alive, as the last full answer listed them. */
  get brokers(): ReadonlyMap<number, BrokerNode> {
    return this.#brokers
  }

  topic(name: string): TopicMetadata | undefined {
    return this.#topics.get(name)
  }

  topicById(id: string): TopicMetadata | undefined {
    const name = this.#namesById.get(id)
    return name === undefined ? undefined : this.#topics.get(name)
  }

  /** Every topic that is known, those with errors too. */
  get topics(): Iterable<TopicMetadata> {
    return this.#topics.values()
  }

  partition(topic: string, partition: number): PartitionMetadata | undefined {
    return this.#topics.get(topic)?.partitions[partition]
  }

  /** Takes in an answer. With `isComplete`, it was for all topics: those that it lacks are gone. */
  update(response: MetadataResponse, isComplete = false): void {
    this.version++
    this.clusterId = response.clusterId
    this.controllerId = response.controllerId
    this.#brokers = new Map(
      response.brokers.map(({ nodeId, host, port, rack }) => [nodeId, { id: nodeId, host, port, rack }]),
    )
    const seen = new Set<string>()
    for (const topic of response.topics) {
      const name = topic.name ?? this.#namesById.get(topic.topicId)
      if (name === undefined) continue
      seen.add(name)
      this.#set(this.#merge(name, topic))
    }
    if (isComplete) for (const name of this.#topics.keys()) if (!seen.has(name)) this.forget(name)
  }

  #merge(name: string, fresh: MetadataResponse['topics'][number]): TopicMetadata {
    const known = this.#topics.get(name)
    const isSameTopic = known !== undefined && (known.id === fresh.topicId || fresh.topicId === zeroUuid)
    const partitions: PartitionMetadata[] = []
    for (const partition of fresh.partitions) {
      if (partition.partitionIndex < 0 || partition.partitionIndex > partitionsMax) continue
      const before = isSameTopic ? known.partitions[partition.partitionIndex] : undefined
      const isOld = before !== undefined && partition.leaderEpoch >= 0 && partition.leaderEpoch < before.leaderEpoch
      partitions[partition.partitionIndex] = isOld
        ? before
        : {
            partition: partition.partitionIndex,
            leaderId: partition.leaderId,
            leaderEpoch: partition.leaderEpoch,
            replicaIds: partition.replicaNodes,
            inSyncReplicaIds: partition.isrNodes,
            offlineReplicaIds: partition.offlineReplicas,
            errorCode: partition.errorCode,
          }
    }
    for (let index = 0; index < partitions.length; index++) partitions[index] ??= missingPartition(index)
    // A broker that does not know the topic, maybe for a moment, knows no id of it.
    const id = fresh.errorCode !== ErrorCode.NONE && isSameTopic ? known.id : fresh.topicId
    return { name, id, isInternal: fresh.isInternal, errorCode: fresh.errorCode, partitions }
  }

  #set(topic: TopicMetadata): void {
    const before = this.#topics.get(topic.name)
    if (before !== undefined && before.id !== topic.id) this.#namesById.delete(before.id)
    this.#topics.set(topic.name, topic)
    if (topic.id !== zeroUuid) this.#namesById.set(topic.id, topic.name)
  }

  /** Takes in leaders from a response, with where they are. Older epochs than the known one change nothing; tells whether any did. */
  updateLeaders(changes: readonly LeaderChange[], endpoints: readonly BrokerNode[]): boolean {
    for (const broker of endpoints) this.#brokers.set(broker.id, broker)
    let hasChanged = false
    for (const { topic: name, partition, leaderId, leaderEpoch } of changes) {
      const topic = this.#topics.get(name)
      const before = topic?.partitions[partition]
      if (
        topic === undefined ||
        before === undefined ||
        leaderEpoch <= before.leaderEpoch ||
        !this.#brokers.has(leaderId)
      )
        continue
      const partitions = topic.partitions.with(partition, {
        ...before,
        leaderId,
        leaderEpoch,
        errorCode: ErrorCode.NONE,
      })
      this.#topics.set(name, { ...topic, partitions })
      hasChanged = true
    }
    if (hasChanged) this.version++
    return hasChanged
  }

  /** Drops a topic that nobody is interested in any more. */
  forget(name: string): void {
    const topic = this.#topics.get(name)
    if (topic === undefined) return
    this.#topics.delete(name)
    this.#namesById.delete(topic.id)
    this.version++
  }

  /** Drops the brokers, for a new start from the bootstrap addresses. Topics stay: their epochs still count. */
  forgetBrokers(): void {
    this.#brokers = new Map()
    this.controllerId = -1
    this.version++
  }
}

function missingPartition(partition: number): PartitionMetadata {
  return {
    partition,
    leaderId: -1,
    leaderEpoch: -1,
    replicaIds: [],
    inSyncReplicaIds: [],
    offlineReplicaIds: [],
    errorCode: ErrorCode.LEADER_NOT_AVAILABLE,
  }
}
