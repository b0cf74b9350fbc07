import { apiVersionsRequest, apiVersionsResponse } from '@odradek/kafka-protocol/messages/18-api-versions'
import { describeQuorumRequest, describeQuorumResponse } from '@odradek/kafka-protocol/messages/55-describe-quorum'
import { updateFeaturesRequest, updateFeaturesResponse } from '@odradek/kafka-protocol/messages/57-update-features'
import { describeClusterRequest, describeClusterResponse } from '@odradek/kafka-protocol/messages/60-describe-cluster'
import {
  unregisterBrokerRequest,
  unregisterBrokerResponse,
} from '@odradek/kafka-protocol/messages/64-unregister-broker'
import { addRaftVoterRequest, addRaftVoterResponse } from '@odradek/kafka-protocol/messages/80-add-raft-voter'
import { removeRaftVoterRequest, removeRaftVoterResponse } from '@odradek/kafka-protocol/messages/81-remove-raft-voter'
import type { BrokerNode } from '../cluster/metadata-cache.ts'
import type { AdminRequests } from './admin-requests.ts'
import { anyBroker, controller } from './admin-requests.ts'
import { authorizedOperations } from './operations.ts'
import type { AclOperation } from './operations.ts'
import { failureOf, settleBatch, throwIfFailed } from './settle-batch.ts'
import { numberOf, saturatedOrNone } from '../int64.ts'

export interface DescribedCluster {
  readonly clusterId: string
  /** Undefined when there is none at the moment. In KRaft, a broker that forwards to it. */
  readonly controllerId: number | undefined
  readonly brokers: readonly BrokerNode[]
  readonly authorizedOperations: readonly AclOperation[] | undefined
}

/** The cluster's id, controller and brokers. */
export async function describeCluster(
  requests: AdminRequests,
  { includeAuthorizedOperations = false }: { readonly includeAuthorizedOperations?: boolean } = {},
): Promise<DescribedCluster> {
  const answer = await requests.call(anyBroker, describeClusterRequest, describeClusterResponse, {
    includeClusterAuthorizedOperations: includeAuthorizedOperations,
  })
  return {
    clusterId: answer.clusterId,
    controllerId: answer.controllerId < 0 ? undefined : answer.controllerId,
    brokers: answer.brokers
      .map(({ brokerId, host, port, rack }) => ({ id: brokerId, host, port, rack }))
      .sort((a, b) => a.id - b.id),
    authorizedOperations: authorizedOperations(answer.clusterAuthorizedOperations),
  }
}

export interface FeatureRange {
  readonly minVersion: number
  readonly maxVersion: number
}

export interface DescribedFeatures {
  readonly supported: ReadonlyMap<string, FeatureRange>
  readonly finalized: ReadonlyMap<string, FeatureRange>
  readonly finalizedEpoch: number | undefined
}

/** The features that brokers support, and the levels that the cluster has finalized (KIP-584). */
export async function describeFeatures(requests: AdminRequests): Promise<DescribedFeatures> {
  const answer = await requests.call(anyBroker, apiVersionsRequest, apiVersionsResponse, (version) =>
    version >= 3 ? { clientSoftwareName: 'odradek', clientSoftwareVersion: '0.1.0' } : {},
  )
  return {
    supported: new Map(answer.supportedFeatures.map(({ name, ...range }) => [name, range])),
    finalized: new Map(
      answer.finalizedFeatures.map(({ name, minVersionLevel, maxVersionLevel }) => [
        name,
        { minVersion: minVersionLevel, maxVersion: maxVersionLevel },
      ]),
    ),
    finalizedEpoch: saturatedOrNone(answer.finalizedFeaturesEpoch),
  }
}

const upgradeTypes = { upgrade: 1, safeDowngrade: 2, unsafeDowngrade: 3 } as const

export interface FeatureUpdate {
  readonly maxVersionLevel: number
  readonly upgradeType?: keyof typeof upgradeTypes
}

/** Raises or lowers finalized levels; 0 disables a feature. */
export async function updateFeatures(
  requests: AdminRequests,
  updates: Readonly<Record<string, FeatureUpdate>>,
  { validateOnly = false }: { readonly validateOnly?: boolean } = {},
): Promise<void> {
  await settleBatch(requests.cluster, Object.keys(updates), requests.timeoutMs, async (pending) => {
    const answer = await requests.send(controller, updateFeaturesRequest, updateFeaturesResponse, (version) => ({
      timeoutMs: requests.brokerTimeoutMs,
      featureUpdates: pending.map((feature) => {
        const { maxVersionLevel, upgradeType = 'upgrade' } = updates[feature] as FeatureUpdate
        return version === 0
          ? { feature, maxVersionLevel, allowDowngrade: upgradeType !== 'upgrade' }
          : { feature, maxVersionLevel, upgradeType: upgradeTypes[upgradeType] }
      }),
      ...(version >= 1 ? { validateOnly } : {}),
    }))
    throwIfFailed(answer.errorCode, answer.errorMessage)
    const failures = new Map(
      answer.results.map(({ feature, errorCode, errorMessage }) => [feature, failureOf(errorCode, errorMessage)]),
    )
    return new Map(pending.map((feature) => [feature, failures.get(feature)]))
  })
}

export interface QuorumReplica {
  readonly replicaId: number
  /** 22 characters of base64url; all zero where the quorum does not know it. */
  readonly directoryId: string
  readonly logEndOffset: number
  readonly lastFetchTimestampMs: number | undefined
  readonly lastCaughtUpTimestampMs: number | undefined
}

export interface DescribedQuorum {
  readonly leaderId: number
  readonly leaderEpoch: number
  readonly highWatermark: number
  readonly voters: readonly QuorumReplica[]
  readonly observers: readonly QuorumReplica[]
  /** Where the members listen, by their ids; empty from controllers before Kafka 3.9. */
  readonly nodes: ReadonlyMap<number, readonly RaftVoterEndpoint[]>
}

/** The KRaft quorum. Rejects with `ClientError` UNSUPPORTED_VERSION in ZooKeeper mode. */
export async function describeMetadataQuorum(requests: AdminRequests): Promise<DescribedQuorum> {
  const answer = await requests.call(controller, describeQuorumRequest, describeQuorumResponse, {
    topics: [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }],
  })
  const [partition] = answer.topics.flatMap(({ partitions }) => partitions)
  if (partition === undefined) throw new TypeError('the answer names no partition')
  throwIfFailed(partition.errorCode, partition.errorMessage)
  const replica = (state: (typeof partition.currentVoters)[number]): QuorumReplica => ({
    replicaId: state.replicaId,
    directoryId: state.replicaDirectoryId,
    logEndOffset: numberOf(state.logEndOffset, 'an offset'),
    lastFetchTimestampMs: saturatedOrNone(state.lastFetchTimestamp),
    lastCaughtUpTimestampMs: saturatedOrNone(state.lastCaughtUpTimestamp),
  })
  return {
    leaderId: partition.leaderId,
    leaderEpoch: partition.leaderEpoch,
    highWatermark: numberOf(partition.highWatermark, 'an offset'),
    voters: partition.currentVoters.map(replica),
    observers: partition.observers.map(replica),
    nodes: new Map(answer.nodes.map(({ nodeId, listeners }) => [nodeId, listeners])),
  }
}

/** Removes the registration of a broker that will not come back (KRaft). */
export async function unregisterBroker(requests: AdminRequests, brokerId: number): Promise<void> {
  await requests.call(controller, unregisterBrokerRequest, unregisterBrokerResponse, { brokerId })
}

export interface RaftVoter {
  readonly voterId: number
  readonly voterDirectoryId: string
}

export interface RaftVoterEndpoint {
  readonly name: string
  readonly host: string
  readonly port: number
}

/** Adds a voter to the KRaft quorum (KIP-853). */
export async function addRaftVoter(
  requests: AdminRequests,
  voter: RaftVoter,
  listeners: readonly RaftVoterEndpoint[],
): Promise<void> {
  await requests.call(controller, addRaftVoterRequest, addRaftVoterResponse, {
    clusterId: null,
    timeoutMs: requests.brokerTimeoutMs,
    ...voter,
    listeners,
  })
}

/** Removes a voter from the KRaft quorum (KIP-853). */
export async function removeRaftVoter(requests: AdminRequests, voter: RaftVoter): Promise<void> {
  await requests.call(controller, removeRaftVoterRequest, removeRaftVoterResponse, { clusterId: null, ...voter })
}
