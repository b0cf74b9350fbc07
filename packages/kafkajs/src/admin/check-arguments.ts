// Wrong arguments, in the words of kafkajs.
import { shown } from '../core/shown.ts'
import { KafkaJSNonRetriableError } from '../errors.ts'
import {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  ConfigResourceTypes,
  ResourcePatternTypes,
} from '../enums.ts'
import type {
  AclEntry,
  AclFilter,
  IResourceConfig,
  ITopicConfig,
  PartitionReassignment,
  ResourceConfigQuery,
} from '../types/admin.ts'
import type { TopicPartitions } from '../types/cluster.ts'

export function refuse(text: string): never {
  throw new KafkaJSNonRetriableError(text)
}

/** A list of things with a topic each, every topic once. */
export function ensureTopicList(given: readonly { topic?: unknown }[], name: string): void {
  if (!given || !Array.isArray(given)) refuse(`Invalid ${name} array ${shown(given)}`)
  if (given.some(({ topic }) => typeof topic !== 'string')) {
    refuse(`Invalid ${name} array, the topic names have to be a valid string`)
  }
  if (new Set(given.map(({ topic }) => topic)).size < given.length) {
    refuse(`Invalid ${name} array, it cannot have multiple entries for the same topic`)
  }
}

export function ensureTopicConfigs(topics: readonly ITopicConfig[]): void {
  for (const { topic, configEntries } of topics) {
    if (configEntries === undefined || configEntries === null) continue
    const what = `Invalid configEntries for topic "${topic}"`
    if (!Array.isArray(configEntries)) refuse(`${what}, must be an array`)
    for (const [index, entry] of configEntries.entries()) {
      if (typeof entry !== 'object' || entry === null) refuse(`${what}. Entry ${index} must be an object`)
      for (const property of ['name', 'value'] as const) {
        if (Object.hasOwn(entry, property) && typeof entry[property] === 'string') continue
        refuse(`${what}. Entry ${index} must have a valid "${property}" property`)
      }
    }
  }
}

type Resource = ResourceConfigQuery | IResourceConfig

export function ensureResources(resources: readonly Resource[], key: 'configNames' | 'configEntries'): void {
  if (!resources || !Array.isArray(resources)) refuse(`Invalid resources array ${shown(resources)}`)
  if (resources.length === 0) refuse('Resources array cannot be empty')
  const types: readonly unknown[] = Object.values(ConfigResourceTypes)
  const all = resources as readonly (Resource & Record<string, unknown>)[]
  const text = (resource: Resource): string => JSON.stringify(resource)
  const ofWrongType = all.find(({ type }) => !types.includes(type))
  if (ofWrongType !== undefined) refuse(`Invalid resource type ${ofWrongType.type}: ${text(ofWrongType)}`)
  const misnamed = all.find(({ name }) => !name || typeof name !== 'string')
  if (misnamed !== undefined) refuse(`Invalid resource name ${misnamed.name}: ${text(misnamed)}`)
  const mayLack = (list: unknown): boolean => key === 'configNames' && (list === undefined || list === null)
  const without = all.find((resource) => !Array.isArray(resource[key]) && !mayLack(resource[key]))
  if (without !== undefined) refuse(`Invalid resource ${key} ${shown(without[key])}: ${text(without)}`)
  if (key === 'configNames') return
  const isWrong = ({ name, value }: { name?: unknown; value?: unknown }): boolean =>
    typeof name !== 'string' || typeof value !== 'string'
  const wrong = all.find((resource) => (resource[key] as { name?: unknown; value?: unknown }[]).some(isWrong))
  if (wrong !== undefined) refuse(`Invalid resource config value: ${text(wrong)}`)
}

const aclTypes = [
  ['operation', 'operation type', AclOperationTypes],
  ['resourcePatternType', 'resource pattern type', ResourcePatternTypes],
  ['permissionType', 'permission type', AclPermissionTypes],
  ['resourceType', 'resource type', AclResourceTypes],
] as const

export function ensureAcls(acl: readonly AclEntry[]): void {
  if (!acl || !Array.isArray(acl)) refuse(`Invalid ACL array ${shown(acl)}`)
  if (acl.length === 0) refuse('Empty ACL array')
  for (const key of ['principal', 'host', 'resourceName'] as const) {
    if (acl.some((each) => typeof each[key] !== 'string')) {
      refuse(`Invalid ACL array, the ${key}s have to be a valid string`)
    }
  }
  ensureAclTypes(acl)
}

export function ensureAclFilters(filters: readonly AclFilter[]): void {
  if (!filters || !Array.isArray(filters)) refuse(`Invalid ACL Filter array ${shown(filters)}`)
  if (filters.length === 0) refuse('Empty ACL Filter array')
  for (const key of ['principal', 'host', 'resourceName'] as const) {
    if (filters.some((each) => !isTextOrMissing(each[key]))) {
      refuse(`Invalid ACL Filter array, the ${key}s have to be a valid string`)
    }
  }
  ensureAclTypes(filters)
}

function ensureAclTypes(entries: readonly (AclEntry | AclFilter)[]): void {
  for (const [key, name, known] of aclTypes) {
    const values: readonly unknown[] = Object.values(known)
    const wrong = entries.find((each) => !values.includes(each[key]))
    if (wrong !== undefined) refuse(`Invalid ${name} ${shown(wrong[key])}: ${JSON.stringify(wrong)}`)
  }
}

export function ensureAclFilter(filter: AclFilter): void {
  for (const key of ['principal', 'host', 'resourceName'] as const) {
    if (!isTextOrMissing(filter[key])) refuse(`Invalid ${key}, the ${key} have to be a valid string`)
  }
  for (const [key, name, known] of aclTypes) {
    const values: readonly unknown[] = Object.values(known)
    const label = key === 'resourcePatternType' ? 'resource pattern filter type' : name
    if (!values.includes(filter[key])) refuse(`Invalid ${label} ${shown(filter[key])}`)
  }
}

function isTextOrMissing(value: unknown): boolean {
  return typeof value === 'string' || value === undefined
}

export function ensureReassignments(topics: readonly PartitionReassignment[]): void {
  ensureTopicList(topics, 'topics')
  for (const { topic, partitionAssignment } of topics) {
    if (!partitionAssignment || !Array.isArray(partitionAssignment)) {
      refuse(`Invalid partitions array: ${shown(partitionAssignment)} for topic: ${topic}`)
    }
    for (const { partition, replicas } of partitionAssignment) {
      if (typeof partition !== 'number' || partition < 0) {
        refuse(`Invalid partitions index: ${shown(partition)} for topic: ${topic}`)
      }
      const what = `Invalid replica assignment: ${shown(replicas)} for topic: ${topic} on partition: ${partition}`
      if (!replicas || !Array.isArray(replicas)) refuse(what)
      if (replicas.some((replica) => typeof replica !== 'number' || replica < 0)) {
        refuse(`${what}. Replicas must be a non negative number`)
      }
    }
  }
}

export function ensurePartitionLists(topics: readonly TopicPartitions[]): void {
  ensureTopicList(topics, 'topics')
  for (const { topic, partitions } of topics) {
    const what = `Invalid partition array: ${shown(partitions)} for topic: ${topic}`
    if (!partitions || !Array.isArray(partitions)) refuse(what)
    if (partitions.some((partition) => typeof partition !== 'number' || partition < 0)) {
      refuse(`${what}. The partition indices have to be a valid number greater than 0.`)
    }
  }
}
