import type { Input, Message as WireMessage } from '@odradek/kafka-protocol'
import { metadataRequest, metadataResponse } from '@odradek/kafka-protocol/messages/03-metadata'
import { offsetCommitRequest, offsetCommitResponse } from '@odradek/kafka-protocol/messages/08-offset-commit'
import { offsetFetchRequest, offsetFetchResponse } from '@odradek/kafka-protocol/messages/09-offset-fetch'
import { describeGroupsRequest, describeGroupsResponse } from '@odradek/kafka-protocol/messages/15-describe-groups'
import { apiVersionsRequest, apiVersionsResponse } from '@odradek/kafka-protocol/messages/18-api-versions'
import { KafkaJSBrokerNotFound } from '../errors.ts'
import { throwIfError, toKafkaJSError } from '../protocol-error.ts'
import type { GroupDescription } from '../types/admin.ts'
import type { ApiVersions, BrokerMetadata } from '../types/cluster.ts'
import { AdminBroker } from './broker-admin.ts'
import type { KafkaCluster } from './kafka-cluster.ts'

/** What a broker says of the cluster. */
export interface ClusterMetadata extends BrokerMetadata {
  clusterId: string
  controllerId: number
}

export interface FetchedOffsets {
  topic: string
  partitions: { partition: number; offset: string; metadata: string | null; errorCode: number }[]
}

export interface OffsetFetchAnswer {
  throttleTime: number
  /** Brokers since Kafka 2.0 leave waiting to the client. */
  clientSideThrottleTime: number
  errorCode: number
  responses: FetchedOffsets[]
}

export interface TopicCommits {
  readonly topic: string
  readonly partitions: readonly {
    readonly partition: number
    readonly offset: string | number
    readonly metadata?: string | null | undefined
  }[]
}

type Value<Request> = Input<Request> | ((version: number) => Input<Request>)

/** One broker, with a method for each request. Errors are those of kafkajs. */
export class KafkaBroker extends AdminBroker {
  readonly #cluster: KafkaCluster
  /** Undefined: whichever has the least to do. */
  readonly nodeId: number | undefined

  constructor(cluster: KafkaCluster, nodeId: number | undefined) {
    super()
    this.#cluster = cluster
    this.nodeId = nodeId
  }

  /** One request, once. */
  async send<Request, Response>(
    request: WireMessage<Request>,
    response: WireMessage<Response>,
    value: Value<Request>,
    options: { maxVersion?: number; timeoutMs?: number } = {},
  ): Promise<Response> {
    const { links } = this.#cluster.client
    const link = this.nodeId === undefined ? links.leastLoaded() : links.get(this.nodeId)
    if (link === undefined) throw new KafkaJSBrokerNotFound(`Broker ${this.nodeId} not found in the cached metadata`)
    try {
      return await link.send(request, response, value, options)
    } catch (error) {
      throw toKafkaJSError(error)
    }
  }

  isConnected(): boolean {
    return this.#cluster.isConnected()
  }

  connect(): Promise<void> {
    return this.#cluster.connect()
  }

  /** Connections are the cluster's. */
  disconnect(): Promise<void> {
    return Promise.resolve()
  }

  async apiVersions(): Promise<ApiVersions> {
    const value = { clientSoftwareName: 'odradek', clientSoftwareVersion: '0.1.0' }
    const { apiKeys } = await this.send(apiVersionsRequest, apiVersionsResponse, value)
    return Object.fromEntries(apiKeys.map(({ apiKey, ...versions }) => [apiKey, versions]))
  }

  /** Rejects when a topic is not there, or has a partition without a leader. */
  async metadata(topics: readonly string[] = []): Promise<ClusterMetadata> {
    const { allowAutoTopicCreation = true } = this.#cluster.options
    const answer = await this.send(metadataRequest, metadataResponse, {
      topics: topics.length === 0 ? null : topics.map((name) => ({ name })),
      allowAutoTopicCreation,
    })
    for (const { errorCode, partitions } of answer.topics) {
      throwIfError(errorCode)
      for (const partition of partitions) if (partition.errorCode === 5) throwIfError(5)
    }
    return {
      brokers: answer.brokers.map(({ nodeId, host, port, rack }) => ({ nodeId, host, port, rack: rack as string })),
      clusterId: answer.clusterId ?? '',
      controllerId: answer.controllerId,
      topicMetadata: answer.topics.map(({ errorCode, name, partitions }) => ({
        topicErrorCode: errorCode,
        topic: name ?? '',
        partitionMetadata: partitions
          .toSorted((one, other) => one.partitionIndex - other.partitionIndex)
          .map((each) => ({
            partitionErrorCode: each.errorCode,
            partitionId: each.partitionIndex,
            leader: each.leaderId,
            replicas: each.replicaNodes,
            isr: each.isrNodes,
            offlineReplicas: each.offlineReplicas,
          })),
      })),
    }
  }

  async describeGroups({ groupIds }: { groupIds: readonly string[] }): Promise<{ groups: GroupDescription[] }> {
    const { groups } = await this.send(describeGroupsRequest, describeGroupsResponse, { groups: groupIds })
    for (const { errorCode } of groups) if (errorCode !== 0 && errorCode !== 69) throwIfError(errorCode)
    return {
      groups: groups.map(({ errorCode, groupId, groupState, protocolType, protocolData, members }) => ({
        errorCode: errorCode === 69 ? 0 : errorCode,
        groupId,
        members: members.map(({ memberId, clientId, clientHost, memberMetadata, memberAssignment }) => ({
          memberId,
          clientId,
          clientHost,
          memberMetadata,
          memberAssignment,
        })),
        protocol: protocolData,
        protocolType,
        state: groupState as GroupDescription['state'],
      })),
    }
  }

  async offsetCommit(request: {
    groupId: string
    groupGenerationId: number
    memberId: string
    topics: readonly TopicCommits[]
  }): Promise<void> {
    const { groupId, groupGenerationId, memberId } = request
    const topics = request.topics.map(({ topic, partitions }) => ({
      name: topic,
      partitions: partitions.map(({ partition, offset, metadata }) => ({
        partitionIndex: partition,
        committedOffset: BigInt(offset),
        committedMetadata: metadata ?? null,
      })),
    }))
    const value = { groupId, generationIdOrMemberEpoch: groupGenerationId, memberId, topics }
    const answer = await this.send(offsetCommitRequest, offsetCommitResponse, value, { maxVersion: 9 })
    for (const { partitions } of answer.topics) for (const { errorCode } of partitions) throwIfError(errorCode)
  }

  /** Without topics: of all for which the group has committed. */
  async offsetFetch(request: {
    groupId: string
    topics: readonly { topic: string; partitions: readonly { partition: number }[] }[]
  }): Promise<OffsetFetchAnswer> {
    const { groupId } = request
    const wanted = request.topics.map(({ topic, partitions }) => ({
      name: topic,
      partitionIndexes: partitions.map(({ partition }) => partition),
    }))
    const topics = wanted.length === 0 ? null : wanted
    const value = (version: number) => (version >= 8 ? { groups: [{ groupId, topics }] } : { groupId, topics })
    const answer = await this.send(offsetFetchRequest, offsetFetchResponse, value, { maxVersion: 9 })
    const [found = answer] = answer.groups
    throwIfError(found.errorCode)
    return {
      throttleTime: 0,
      clientSideThrottleTime: answer.throttleTimeMs,
      errorCode: found.errorCode,
      responses: found.topics.map(({ name, partitions }) => ({
        topic: name,
        partitions: partitions.map(({ partitionIndex, committedOffset, metadata, errorCode }) => {
          throwIfError(errorCode)
          return { partition: partitionIndex, offset: String(committedOffset), metadata: metadata ?? null, errorCode }
        }),
      })),
    }
  }
}
