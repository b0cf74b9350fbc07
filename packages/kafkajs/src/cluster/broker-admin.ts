import type { Input, Message as WireMessage } from '@odradek/kafka-protocol'
import { listGroupsRequest, listGroupsResponse } from '@odradek/kafka-protocol/messages/16-list-groups'
import { createTopicsRequest, createTopicsResponse } from '@odradek/kafka-protocol/messages/19-create-topics'
import { deleteTopicsRequest, deleteTopicsResponse } from '@odradek/kafka-protocol/messages/20-delete-topics'
import { deleteRecordsRequest, deleteRecordsResponse } from '@odradek/kafka-protocol/messages/21-delete-records'
import { describeAclsRequest, describeAclsResponse } from '@odradek/kafka-protocol/messages/29-describe-acls'
import { createAclsRequest, createAclsResponse } from '@odradek/kafka-protocol/messages/30-create-acls'
import { deleteAclsRequest, deleteAclsResponse } from '@odradek/kafka-protocol/messages/31-delete-acls'
import { describeConfigsRequest, describeConfigsResponse } from '@odradek/kafka-protocol/messages/32-describe-configs'
import { alterConfigsRequest, alterConfigsResponse } from '@odradek/kafka-protocol/messages/33-alter-configs'
import {
  createPartitionsRequest,
  createPartitionsResponse,
} from '@odradek/kafka-protocol/messages/37-create-partitions'
import { deleteGroupsRequest, deleteGroupsResponse } from '@odradek/kafka-protocol/messages/42-delete-groups'
import {
  alterPartitionReassignmentsRequest,
  alterPartitionReassignmentsResponse,
} from '@odradek/kafka-protocol/messages/45-alter-partition-reassignments'
import {
  listPartitionReassignmentsRequest,
  listPartitionReassignmentsResponse,
} from '@odradek/kafka-protocol/messages/46-list-partition-reassignments'
import type { ConfigResourceTypes, ConfigSource } from '../enums.ts'
import {
  KafkaJSAggregateError,
  KafkaJSAlterPartitionReassignmentsError,
  KafkaJSCreateTopicError,
  KafkaJSDeleteTopicRecordsError,
  KafkaJSOffsetOutOfRange,
} from '../errors.ts'
import { protocolError, protocolErrorFacts, throwIfError } from '../protocol-error.ts'
import type {
  AclEntry,
  AclFilter,
  DeleteAclFilterResponses,
  DescribeAclResource,
  DescribeConfigResponse,
  GroupOverview,
  IResourceConfig,
  ITopicConfig,
  ITopicPartitionConfig,
  ListPartitionReassignmentsResponse,
  PartitionReassignment,
  ResourceConfigQuery,
  SeekEntry,
} from '../types/admin.ts'
import type { TopicPartitions } from '../types/cluster.ts'

const timeoutDefault = 5000
const brokerResource = 4
const defaultSource = 5
/** kafkajs gives every request that changes something so long on the broker. */
const recordsTimeout = 30_000

/** The requests of the admin. Each is sent once; its error, if it has one, is thrown as kafkajs names it. */
export abstract class AdminBroker {
  abstract send<Request, Response>(
    request: WireMessage<Request>,
    response: WireMessage<Response>,
    value: Input<Request> | ((version: number) => Input<Request>),
    options?: { maxVersion?: number; timeoutMs?: number },
  ): Promise<Response>

  async createTopics(request: {
    topics: readonly ITopicConfig[]
    validateOnly?: boolean | undefined
    timeout?: number | undefined
  }): Promise<void> {
    const { validateOnly = false, timeout = timeoutDefault } = request
    const topics = request.topics.map((each) => {
      const { topic, numPartitions = -1, replicationFactor = -1, replicaAssignment = [], configEntries } = each
      const isAssigned = replicaAssignment.length > 0
      return {
        name: topic,
        numPartitions: isAssigned ? -1 : numPartitions,
        replicationFactor: isAssigned ? -1 : replicationFactor,
        assignments: replicaAssignment.map(({ partition, replicas }) => ({
          partitionIndex: partition,
          brokerIds: replicas,
        })),
        configs: configEntries ?? [],
      }
    })
    const value = { topics, validateOnly, timeoutMs: timeout }
    const answer = await this.send(createTopicsRequest, createTopicsResponse, value)
    const failed = answer.topics.filter(({ errorCode }) => errorCode !== 0)
    if (failed.length === 0) return
    throw new KafkaJSAggregateError(
      'Topic creation errors',
      failed.map(({ errorCode, name }) => new KafkaJSCreateTopicError(protocolErrorFacts(errorCode), name)),
    )
  }

  async deleteTopics(request: { topics: readonly string[]; timeout?: number | undefined }): Promise<void> {
    const { topics, timeout = timeoutDefault } = request
    const answer = await this.send(deleteTopicsRequest, deleteTopicsResponse, (version) => ({
      ...(version >= 6 ? { topics: topics.map((name) => ({ name })) } : { topicNames: topics }),
      timeoutMs: timeout,
    }))
    for (const { errorCode } of answer.responses) throwIfError(errorCode)
  }

  async createPartitions(request: {
    topicPartitions: readonly ITopicPartitionConfig[]
    validateOnly?: boolean | undefined
    timeout?: number | undefined
  }): Promise<void> {
    const { validateOnly = false, timeout = timeoutDefault } = request
    const topics = request.topicPartitions.map(({ topic, count, assignments }) => ({
      name: topic,
      count,
      assignments: assignments?.map((brokerIds) => ({ brokerIds })) ?? null,
    }))
    const value = { topics, validateOnly, timeoutMs: timeout }
    const answer = await this.send(createPartitionsRequest, createPartitionsResponse, value)
    for (const { errorCode } of answer.results) throwIfError(errorCode)
  }

  async describeConfigs(request: {
    resources: readonly ResourceConfigQuery[]
    includeSynonyms?: boolean | undefined
  }): Promise<DescribeConfigResponse> {
    const { includeSynonyms = false } = request
    const resources = request.resources.map(({ type, name, configNames }) => ({
      resourceType: type,
      resourceName: name,
      configurationKeys:
        configNames === undefined || configNames === null || configNames.length === 0 ? null : configNames,
    }))
    const answer = await this.send(describeConfigsRequest, describeConfigsResponse, { resources, includeSynonyms })
    for (const { errorCode } of answer.results) throwIfError(errorCode)
    return {
      throttleTime: answer.throttleTimeMs,
      resources: answer.results.map(({ errorCode, errorMessage, resourceType, resourceName, configs }) => ({
        errorCode,
        errorMessage: errorMessage as string,
        resourceType: resourceType as ConfigResourceTypes,
        resourceName,
        configEntries: configs.map(({ name, value, readOnly, configSource, isSensitive, synonyms }) => ({
          configName: name,
          configValue: value as string,
          readOnly,
          isDefault: configSource === defaultSource,
          configSource: configSource as ConfigSource,
          isSensitive,
          configSynonyms: synonyms.map((synonym) => ({
            configName: synonym.name,
            configValue: synonym.value as string,
            configSource: synonym.source as ConfigSource,
          })),
        })),
      })),
    }
  }

  async alterConfigs(request: { resources: readonly IResourceConfig[]; validateOnly: boolean }): Promise<{
    resources: { errorCode: number; errorMessage: string | null; resourceType: number; resourceName: string }[]
    throttleTime: number
  }> {
    const resources = request.resources.map(({ type, name, configEntries }) => ({
      resourceType: type,
      resourceName: name,
      configs: configEntries,
    }))
    const value = { resources, validateOnly: request.validateOnly }
    const answer = await this.send(alterConfigsRequest, alterConfigsResponse, value)
    for (const { errorCode } of answer.responses) throwIfError(errorCode)
    return { resources: answer.responses, throttleTime: answer.throttleTimeMs }
  }

  async listGroups(): Promise<{ groups: GroupOverview[] }> {
    const answer = await this.send(listGroupsRequest, listGroupsResponse, {})
    throwIfError(answer.errorCode)
    return { groups: answer.groups.map(({ groupId, protocolType }) => ({ groupId, protocolType })) }
  }

  async deleteGroups(groupIds: readonly string[]): Promise<{
    results: { groupId: string; errorCode: number; error?: Error }[]
  }> {
    const answer = await this.send(deleteGroupsRequest, deleteGroupsResponse, { groupsNames: groupIds })
    const results = answer.results.map(({ groupId, errorCode }) =>
      errorCode === 0 ? { groupId, errorCode } : { groupId, errorCode, error: protocolError(errorCode) },
    )
    return { results }
  }

  async deleteRecords({
    topics,
  }: {
    topics: readonly { topic: string; partitions: readonly SeekEntry[] }[]
  }): Promise<void> {
    const wire = topics.map(({ topic, partitions }) => ({
      name: topic,
      partitions: partitions.map(({ partition, offset }) => ({ partitionIndex: partition, offset: BigInt(offset) })),
    }))
    const value = { topics: wire, timeoutMs: recordsTimeout }
    const answer = await this.send(deleteRecordsRequest, deleteRecordsResponse, value)
    for (const { name, partitions } of answer.topics) {
      const asked = topics.find(({ topic }) => topic === name)?.partitions ?? []
      const failed = partitions.filter(({ errorCode }) => errorCode !== 0)
      if (failed.length === 0) continue
      throw new KafkaJSDeleteTopicRecordsError({
        topic: name,
        partitions: failed.map(({ partitionIndex, errorCode }) => ({
          partition: partitionIndex,
          offset: asked.find(({ partition }) => partition === partitionIndex)?.offset ?? '',
          error:
            errorCode === 1
              ? new KafkaJSOffsetOutOfRange(protocolErrorFacts(1), { topic: name, partition: partitionIndex })
              : protocolError(errorCode),
        })),
      })
    }
  }

  async createAcls({ acl }: { acl: readonly AclEntry[] }): Promise<void> {
    const answer = await this.send(createAclsRequest, createAclsResponse, { creations: acl })
    for (const { errorCode } of answer.results) throwIfError(errorCode)
  }

  async describeAcls(filter: AclFilter): Promise<{ resources: DescribeAclResource[] }> {
    const answer = await this.send(describeAclsRequest, describeAclsResponse, wireFilter(filter))
    throwIfError(answer.errorCode)
    return {
      resources: answer.resources.map(({ patternType, ...resource }) => ({
        ...resource,
        resourcePatternType: patternType,
      })) as DescribeAclResource[],
    }
  }

  async deleteAcls({ filters }: { filters: readonly AclFilter[] }): Promise<{
    filterResponses: DeleteAclFilterResponses[]
  }> {
    const answer = await this.send(deleteAclsRequest, deleteAclsResponse, { filters: filters.map(wireFilter) })
    for (const { errorCode } of answer.filterResults) throwIfError(errorCode)
    return {
      filterResponses: answer.filterResults.map(({ matchingAcls, ...rest }) => ({
        ...rest,
        matchingAcls: matchingAcls.map(({ patternType, ...acl }) => ({ ...acl, resourcePatternType: patternType })),
      })) as DeleteAclFilterResponses[],
    }
  }

  async alterPartitionReassignments(request: {
    topics: readonly PartitionReassignment[]
    timeout?: number | undefined
  }): Promise<void> {
    const { timeout = timeoutDefault } = request
    const topics = request.topics.map(({ topic, partitionAssignment }) => ({
      name: topic,
      partitions: partitionAssignment.map(({ partition, replicas }) => ({ partitionIndex: partition, replicas })),
    }))
    const value = { topics, timeoutMs: timeout }
    const answer = await this.send(alterPartitionReassignmentsRequest, alterPartitionReassignmentsResponse, value)
    throwIfError(answer.errorCode)
    const errors = answer.responses.flatMap(({ name, partitions }) =>
      partitions.flatMap(({ partitionIndex, errorCode }) =>
        errorCode === 0
          ? []
          : [new KafkaJSAlterPartitionReassignmentsError(protocolErrorFacts(errorCode), name, partitionIndex)],
      ),
    )
    if (errors.length > 0) throw new KafkaJSAggregateError('Errors altering partition reassignments', errors)
  }

  async listPartitionReassignments(request: {
    topics?: readonly TopicPartitions[] | null | undefined
    timeout?: number | undefined
  }): Promise<ListPartitionReassignmentsResponse> {
    const { topics, timeout = timeoutDefault } = request
    const wanted = topics?.map(({ topic, partitions }) => ({ name: topic, partitionIndexes: partitions })) ?? null
    const value = { topics: wanted, timeoutMs: timeout }
    const answer = await this.send(listPartitionReassignmentsRequest, listPartitionReassignmentsResponse, value)
    throwIfError(answer.errorCode)
    return { topics: answer.topics.map(({ name, partitions }) => ({ topic: name, partitions })) }
  }
}

function wireFilter({ resourceType, resourceName, resourcePatternType, principal, host, ...rest }: AclFilter) {
  return {
    resourceTypeFilter: resourceType,
    resourceNameFilter: resourceName ?? null,
    patternTypeFilter: resourcePatternType,
    principalFilter: principal ?? null,
    hostFilter: host ?? null,
    operation: rest.operation,
    permissionType: rest.permissionType,
  }
}

/** Of brokers and their loggers only that broker itself tells. */
export function isOfBroker(type: ConfigResourceTypes): boolean {
  return type === brokerResource || type === 8
}
