import type { Env } from '@odradek/base'
import type { BrokerConfig } from '../config/broker-config.ts'
import type { MetadataCache } from './metadata-cache.ts'
import type { ProducerIdManager } from './producer-id-manager.ts'
import type { ReplicaManager } from './replica-manager.ts'

/**
 * The parts of a running broker, as its handlers see them. The `Broker` builds them in order and is the only one that makes this object;
 * tests of a handler build the parts that it needs.
 */
export interface BrokerServices {
  readonly env: Env
  readonly brokerId: number
  readonly clusterId: string
  /** The epoch of this broker's registration (the czxid of its znode); -1 before it is registered. */
  brokerEpoch(): bigint

  // The data path.
  readonly replicaManager: ReplicaManager
  readonly metadataCache: MetadataCache
  readonly producerIds: ProducerIdManager

  // Configuration, topics, controller, ZooKeeper.
  /** As it is now: a dynamic change puts another object here. */
  readonly config: BrokerConfig
  readonly topicCreator: TopicCreator

  // Groups.
}

/** Makes topics that a client asked about and that do not exist (auto.create.topics.enable), and the internal ones. */
export interface TopicCreator {
  /**
   * Writes each topic into ZooKeeper with its defaults (internal topics: with theirs), unless it is there already.
   * Resolves to an error code per topic: NONE when it was written now, TOPIC_ALREADY_EXISTS, INVALID_TOPIC_EXCEPTION,
   * INVALID_REPLICATION_FACTOR, …. The controller makes the partitions afterwards.
   */
  createMissing(topics: readonly string[]): Promise<ReadonlyMap<string, number>>
}
