import type { Env } from '@odradek/base'
import { Cluster } from '../cluster/cluster.ts'
import { parseConfig } from '../config/parse-config.ts'
import { MeteredClient } from '../metrics/metered-client.ts'
import { createAcls, deleteAcls, describeAcls } from './acls.ts'
import { adminKeys } from './admin-keys.ts'
import type { AdminConfigInput } from './admin-keys.ts'
import { AdminRequests } from './admin-requests.ts'
import { alterClientQuotas, describeClientQuotas } from './client-quotas.ts'
import {
  addRaftVoter,
  describeCluster,
  describeFeatures,
  describeMetadataQuorum,
  removeRaftVoter,
  unregisterBroker,
  updateFeatures,
} from './cluster-calls.ts'
import { describeConfigs, incrementalAlterConfigs, listConfigResources } from './configs.ts'
import {
  createDelegationToken,
  describeDelegationToken,
  expireDelegationToken,
  renewDelegationToken,
} from './delegation-tokens.ts'
import { describeClassicGroups, describeConsumerGroups, describeShareGroups } from './describe-groups.ts'
import { describeStreamsGroups } from './describe-streams-groups.ts'
import { alterConsumerGroupOffsets, deleteConsumerGroupOffsets, listConsumerGroupOffsets } from './group-offsets.ts'
import { deleteGroups, listGroups, removeMembersFromConsumerGroup } from './groups.ts'
import { alterReplicaLogDirs, describeLogDirs, describeReplicaLogDirs } from './log-dirs.ts'
import { alterPartitionReassignments, electLeaders, listPartitionReassignments } from './reassignments.ts'
import { deleteRecords, describeProducers, listOffsets } from './records.ts'
import { alterUserScramCredentials, describeUserScramCredentials } from './scram-credentials.ts'
import { alterShareGroupOffsets, deleteShareGroupOffsets, listShareGroupOffsets } from './share-group-offsets.ts'
import {
  createPartitions,
  createTopics,
  deleteTopics,
  describeTopics,
  describeTopicsById,
  listTopics,
} from './topics.ts'
import {
  abortTransaction,
  describeTransactions,
  fenceProducers,
  forceTerminateTransaction,
  listTransactions,
} from './transactions.ts'

/** All calls, under the names that they have in Java's Admin; where that has one name for each type of group, they mean the same here. */
const calls = {
  createTopics,
  deleteTopics,
  createPartitions,
  listTopics,
  describeTopics,
  describeTopicsById,
  listOffsets,
  deleteRecords,
  describeProducers,
  describeConfigs,
  incrementalAlterConfigs,
  listConfigResources,
  listClientMetricsResources: (requests: AdminRequests) => listConfigResources(requests, ['CLIENT_METRICS']),
  listGroups,
  listConsumerGroups: (requests: AdminRequests) => listGroups(requests, { protocols: ['consumer', ''] }),
  describeConsumerGroups,
  describeClassicGroups,
  describeShareGroups,
  describeStreamsGroups,
  deleteConsumerGroups: deleteGroups,
  deleteShareGroups: deleteGroups,
  deleteStreamsGroups: deleteGroups,
  removeMembersFromConsumerGroup,
  listConsumerGroupOffsets,
  alterConsumerGroupOffsets,
  deleteConsumerGroupOffsets,
  listStreamsGroupOffsets: listConsumerGroupOffsets,
  alterStreamsGroupOffsets: alterConsumerGroupOffsets,
  deleteStreamsGroupOffsets: deleteConsumerGroupOffsets,
  listShareGroupOffsets,
  alterShareGroupOffsets,
  deleteShareGroupOffsets,
  describeCluster,
  describeFeatures,
  updateFeatures,
  describeMetadataQuorum,
  unregisterBroker,
  addRaftVoter,
  removeRaftVoter,
  describeLogDirs,
  describeReplicaLogDirs,
  alterReplicaLogDirs,
  electLeaders,
  alterPartitionReassignments,
  listPartitionReassignments,
  describeClientQuotas,
  alterClientQuotas,
  describeAcls,
  createAcls,
  deleteAcls,
  describeUserScramCredentials,
  alterUserScramCredentials,
  listTransactions,
  describeTransactions,
  fenceProducers,
  forceTerminateTransaction,
  abortTransaction,
  createDelegationToken,
  renewDelegationToken,
  expireDelegationToken,
  describeDelegationToken,
}

type Calls = typeof calls

type Bound<Call> = Call extends (requests: AdminRequests, ...args: infer Args) => infer Result
  ? (...args: Args) => Result
  : never

/**
 * The admin client. Every call goes on trying for `default.api.timeout.ms` while errors are retriable. One that acts on several things rejects
 * with `BatchError` unless all succeeded; one about a single thing with `KafkaError` for what the cluster refuses; both with `ClientError` when
 * there was no answer.
 */
export type Admin = { readonly [Name in keyof Calls]: Bound<Calls[Name]> } & Pick<
  MeteredClient,
  keyof MeteredClient
> & {
    /** Ends connections and timers; calls that are under way are rejected. */
    close(): void
  }

/** An admin client of a cluster. Connects when something is asked for. Throws `ClientError` INVALID_CONFIG. */
export function createAdmin(env: Env, config: AdminConfigInput): Admin {
  const parsed = parseConfig(adminKeys, config)
  const cluster = new Cluster(env, parsed, { pushesMetrics: parsed['enable.metrics.push'] })
  const metered = new MeteredClient(cluster)
  const requests = new AdminRequests(cluster, parsed['default.api.timeout.ms'])
  const bound = Object.entries(calls).map(([name, call]) => [
    name,
    (...args: readonly unknown[]) =>
      (call as (requests: AdminRequests, ...args: readonly unknown[]) => unknown)(requests, ...args),
  ])
  return {
    ...Object.fromEntries(bound),
    metrics: () => metered.metrics(),
    registerMetricForSubscription: (metric) => metered.registerMetricForSubscription(metric),
    unregisterMetricFromSubscription: (metric) => metered.unregisterMetricFromSubscription(metric),
    clientInstanceId: (options) => metered.clientInstanceId(options),
    close: () => cluster.close(),
  } as Admin
}
