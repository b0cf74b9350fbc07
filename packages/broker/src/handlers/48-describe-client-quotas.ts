import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import type {
  DescribeClientQuotasRequest,
  DescribeClientQuotasResponse,
} from '@odradek/kafka-protocol/messages/48-describe-client-quotas'
import {
  describeClientQuotasRequest,
  describeClientQuotasResponse,
} from '@odradek/kafka-protocol/messages/48-describe-client-quotas'
import type { QuotaEntity, QuotaEntityType } from '../core/quota/quota-entity.ts'
import { isQuotaEntityType, quotaEntityTypes } from '../core/quota/quota-entity.ts'
import type { ApiHandler } from './api-handler.ts'

const Match = { EXACT: 0, DEFAULT: 1, ANY: 2 } as const

type Component = DescribeClientQuotasRequest['components'][number]

function componentsOf({ components }: DescribeClientQuotasRequest): Map<QuotaEntityType, Component> {
  const byType = new Map<QuotaEntityType, Component>()
  for (const component of components) {
    const { entityType, matchType, match } = component
    if (entityType === '') throw new KafkaError('INVALID_REQUEST', 'Unexpected empty filter component entity type')
    if (!isQuotaEntityType(entityType)) {
      throw new KafkaError('UNSUPPORTED_VERSION', `Custom entity type '${entityType}' not supported`)
    }
    if (byType.has(entityType)) {
      throw new KafkaError('INVALID_REQUEST', `Duplicate filter component entity type '${entityType}'`)
    }
    if (!Object.values<number>(Match).includes(matchType) || (matchType === Match.EXACT) !== (match !== null)) {
      throw new KafkaError('INVALID_REQUEST', `Unexpected match type ${matchType} for entity type '${entityType}'`)
    }
    byType.set(entityType, component)
  }
  if (byType.has('ip') && byType.size > 1) {
    throw new KafkaError(
      'INVALID_REQUEST',
      'Invalid entity filter component combination, IP filter component should not be used with user or clientId filter component.',
    )
  }
  return byType
}

function matches(entity: QuotaEntity, components: ReadonlyMap<QuotaEntityType, Component>, strict: boolean): boolean {
  return quotaEntityTypes.every((type) => {
    const name = entity.get(type)
    const component = components.get(type)
    if (component === undefined) return !strict || name === undefined
    if (name === undefined) return false
    if (component.matchType === Match.ANY) return true
    return component.matchType === Match.DEFAULT ? name === null : name === component.match
  })
}

/** DescribeClientQuotas, key 48 (KIP-546): the quotas of those whom a filter names. v1: flexible. */
export const describeClientQuotasHandler: ApiHandler<DescribeClientQuotasRequest, DescribeClientQuotasResponse> = {
  request: describeClientQuotasRequest,
  response: describeClientQuotasResponse,
  minVersion: 0,
  maxVersion: 1,

  handle(request, { broker }) {
    const components = componentsOf(request)
    const found = [...broker.clientQuotas.entries()].filter(([entity]) => matches(entity, components, request.strict))
    return {
      errorCode: ErrorCode.NONE,
      errorMessage: null,
      entries: found.map(([entity, values]) => ({
        entity: Array.from(entity, ([entityType, entityName]) => ({ entityType, entityName })),
        values: Array.from(values, ([key, value]) => ({ key, value })),
      })),
    }
  },

  errorResponse: (_request, { errorCode, message }) => ({ errorCode, errorMessage: message, entries: null }),
}
