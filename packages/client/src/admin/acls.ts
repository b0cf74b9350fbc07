import { describeAclsRequest, describeAclsResponse } from '@odradek/kafka-protocol/messages/29-describe-acls'
import { createAclsRequest, createAclsResponse } from '@odradek/kafka-protocol/messages/30-create-acls'
import { deleteAclsRequest, deleteAclsResponse } from '@odradek/kafka-protocol/messages/31-delete-acls'
import type { AdminRequests } from './admin-requests.ts'
import { anyBroker, controller } from './admin-requests.ts'
import { aclOperations, nameOf } from './operations.ts'
import type { AclOperation } from './operations.ts'
import { failureOf, settleBatch } from './settle-batch.ts'

export const aclResourceTypes = {
  ANY: 1,
  TOPIC: 2,
  GROUP: 3,
  CLUSTER: 4,
  TRANSACTIONAL_ID: 5,
  DELEGATION_TOKEN: 6,
  USER: 7,
} as const
export const aclPatternTypes = { ANY: 1, MATCH: 2, LITERAL: 3, PREFIXED: 4 } as const
export const aclPermissionTypes = { ANY: 1, DENY: 2, ALLOW: 3 } as const

/** One access rule: who may, or may not, do what to what, from where. */
export interface AclBinding {
  readonly resourceType: Exclude<keyof typeof aclResourceTypes, 'ANY'> | 'UNKNOWN'
  readonly resourceName: string
  readonly patternType: 'LITERAL' | 'PREFIXED' | 'UNKNOWN'
  /** `User:name`, or `User:*` for all. */
  readonly principal: string
  /** An address, or `*`. */
  readonly host: string
  readonly operation: AclOperation
  readonly permissionType: 'ALLOW' | 'DENY' | 'UNKNOWN'
}

/** Which rules are meant: a part that is missing fits anything. MATCH fits every pattern that fits the name. */
export interface AclFilter {
  readonly resourceType?: keyof typeof aclResourceTypes
  readonly resourceName?: string
  readonly patternType?: keyof typeof aclPatternTypes
  readonly principal?: string
  readonly host?: string
  readonly operation?: AclOperation
  readonly permissionType?: keyof typeof aclPermissionTypes
}

function filterFields(filter: AclFilter) {
  return {
    resourceTypeFilter: aclResourceTypes[filter.resourceType ?? 'ANY'],
    resourceNameFilter: filter.resourceName ?? null,
    patternTypeFilter: aclPatternTypes[filter.patternType ?? 'ANY'],
    principalFilter: filter.principal ?? null,
    hostFilter: filter.host ?? null,
    operation: aclOperations[filter.operation ?? 'ANY'],
    permissionType: aclPermissionTypes[filter.permissionType ?? 'ANY'],
  }
}

interface AclFields {
  readonly resourceType: number
  readonly resourceName: string
  readonly patternType: number
  readonly principal: string
  readonly host: string
  readonly operation: number
  readonly permissionType: number
}

function bindingOf(fields: AclFields): AclBinding {
  return {
    resourceType: nameOf(aclResourceTypes, fields.resourceType) as AclBinding['resourceType'],
    resourceName: fields.resourceName,
    patternType: nameOf(aclPatternTypes, fields.patternType) as AclBinding['patternType'],
    principal: fields.principal,
    host: fields.host,
    operation: nameOf(aclOperations, fields.operation),
    permissionType: nameOf(aclPermissionTypes, fields.permissionType) as AclBinding['permissionType'],
  }
}

/** The rules that fit a filter. */
export async function describeAcls(requests: AdminRequests, filter: AclFilter = {}): Promise<AclBinding[]> {
  const answer = await requests.call(anyBroker, describeAclsRequest, describeAclsResponse, filterFields(filter))
  return answer.resources.flatMap(({ acls, ...resource }) => acls.map((acl) => bindingOf({ ...resource, ...acl })))
}

/** Adds rules. A failure names its rule by its place in the list. */
export async function createAcls(requests: AdminRequests, bindings: readonly AclBinding[]): Promise<void> {
  const keys = bindings.map((_binding, index) => `acl ${index}`)
  await settleBatch(requests.cluster, keys, requests.timeoutMs, async (pending) => {
    const answer = await requests.send(controller, createAclsRequest, createAclsResponse, {
      creations: pending.map((key) => {
        const binding = bindings[keys.indexOf(key)] as AclBinding
        return {
          resourceType: numberOf(aclResourceTypes, binding.resourceType),
          resourceName: binding.resourceName,
          resourcePatternType: numberOf(aclPatternTypes, binding.patternType),
          principal: binding.principal,
          host: binding.host,
          operation: aclOperations[binding.operation],
          permissionType: numberOf(aclPermissionTypes, binding.permissionType),
        }
      }),
    })
    return new Map(
      answer.results.map(({ errorCode, errorMessage }, index) => [
        pending[index] ?? '',
        failureOf(errorCode, errorMessage),
      ]),
    )
  })
}

function numberOf(table: Readonly<Record<string, number>>, name: string): number {
  return table[name] ?? 0
}

/** Removes the rules that fit any of the filters; resolves with them. */
export async function deleteAcls(requests: AdminRequests, filters: readonly AclFilter[]): Promise<AclBinding[]> {
  const keys = filters.map((_filter, index) => `filter ${index}`)
  const deleted = await settleBatch(requests.cluster, keys, requests.timeoutMs, async (pending) => {
    const answer = await requests.send(controller, deleteAclsRequest, deleteAclsResponse, {
      filters: pending.map((key) => filterFields(filters[keys.indexOf(key)] ?? {})),
    })
    return new Map(
      answer.filterResults.map(({ errorCode, errorMessage, matchingAcls }, index) => {
        const refused = matchingAcls.find((acl) => failureOf(acl.errorCode) !== undefined)
        const failure =
          failureOf(errorCode, errorMessage) ?? (refused && failureOf(refused.errorCode, refused.errorMessage))
        return [pending[index] ?? '', failure ?? matchingAcls.map(bindingOf)]
      }),
    )
  })
  return [...deleted.values()].flat()
}
