import type { Env } from '@odradek/base'
import type { LogManager } from '@odradek/storage'
import type { BrokerConfig } from '../config/broker-config.ts'
import type { ClientQuotas } from '../core/quota/client-quotas.ts'
import type { ClientMetrics } from './client-metrics.ts'
import type { ConfigChangeFeed } from './config-change-feed.ts'
import type { EntityConfigs } from './entity-configs.ts'
import type { FetchSessionCache } from '../core/fetch-session/fetch-session-cache.ts'
import type { Controller } from './controller.ts'
import type { DynamicConfig } from './dynamic-config.ts'
import type { ApiVersionRange } from '../handlers/api-versions-of.ts'
import type { GroupCoordinator } from './group-coordinator.ts'
import type { MetadataCache } from './metadata-cache.ts'
import type { ProducerIdManager } from './producer-id-manager.ts'
import type { RequestDeadlines } from './request-deadlines.ts'
import type { QuotaStore } from './quota-store.ts'
import type { ReplicaManager } from './replica-manager.ts'
import type { ScramStore } from './scram-store.ts'
import type { TopicConfigs } from './topic-configs.ts'
import type { TopicCreator } from './topic-creator.ts'
import type { ZooKeeperSession } from './zookeeper-session.ts'

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

  /** What `ApiVersions` tells: made of the handlers by `apiVersionsOf`. */
  readonly apiVersions: readonly ApiVersionRange[]

  /** What a request that waits takes its time from. */
  readonly deadlines: RequestDeadlines

  // The data path.
  readonly logManager: LogManager
  readonly replicaManager: ReplicaManager
  readonly metadataCache: MetadataCache
  readonly fetchSessions: FetchSessionCache
  readonly producerIds: ProducerIdManager

  // Configuration, topics, controller, ZooKeeper.
  /** As it is now: a dynamic change puts another object here. */
  readonly config: BrokerConfig
  readonly dynamicConfig: DynamicConfig
  /** Configurations of topics; load a topic's before its log is opened. */
  readonly topicConfigs: TopicConfigs
  /** Configurations of groups and of subscriptions to clients' metrics. */
  readonly entityConfigs: EntityConfigs
  /** Where changes of configurations are announced and heard of. */
  readonly configChanges: ConfigChangeFeed
  readonly topicCreator: TopicCreator
  /** What clients may use, and have used. */
  readonly clientQuotas: ClientQuotas
  readonly quotaStore: QuotaStore
  readonly scramStore: ScramStore
  /** What clients push as their own metrics. */
  readonly clientMetrics: ClientMetrics
  /** This broker's share in the controller: active when it was elected. */
  readonly controller: Controller
  readonly zookeeper: ZooKeeperSession

  // Groups.
  readonly groupCoordinator: GroupCoordinator
}
