import {
  describeClientQuotasRequest,
  describeClientQuotasResponse,
} from '@odradek/kafka-protocol/messages/48-describe-client-quotas'
import {
  alterClientQuotasRequest,
  alterClientQuotasResponse,
} from '@odradek/kafka-protocol/messages/49-alter-client-quotas'
import type { AdminRequests } from './admin-requests.ts'
import { anyBroker } from './admin-requests.ts'
import { failureOf, settleBatch } from './settle-batch.ts'

/** Whom a quota is for: `user`, `client-id`, `ip` or some of them, by name; null is the default of the kind. */
export type QuotaEntity = Readonly<Record<string, string | null>>

export interface QuotaEntry {
  readonly entity: QuotaEntity
  /** `producer_byte_rate`, `consumer_byte_rate`, `request_percentage`, `controller_mutation_rate`, `connection_creation_rate`. */
  readonly quotas: Readonly<Record<string, number>>
}

/** One part of an entity to match: a name, its default, or anything that has such a part. */
export interface QuotaFilter {
  readonly entityType: string
  readonly match: { readonly name: string } | 'default' | 'any'
}

/** The quotas of entities that have all of these parts; with `strict`, and no others. */
export async function describeClientQuotas(
  requests: AdminRequests,
  filters: readonly QuotaFilter[] = [],
  { strict = false }: { readonly strict?: boolean } = {},
): Promise<QuotaEntry[]> {
  const answer = await requests.call(anyBroker, describeClientQuotasRequest, describeClientQuotasResponse, {
    components: filters.map(({ entityType, match }) => ({
      entityType,
      matchType: match === 'any' ? 2 : match === 'default' ? 1 : 0,
      match: typeof match === 'string' ? null : match.name,
    })),
    strict,
  })
  return (answer.entries ?? []).map(({ entity, values }) => ({
    entity: Object.fromEntries(entity.map(({ entityType, entityName }) => [entityType, entityName])),
    quotas: Object.fromEntries(values.map(({ key, value }) => [key, value])),
  }))
}

export interface QuotaAlteration {
  readonly entity: QuotaEntity
  /** Undefined or null removes one. */
  readonly quotas: Readonly<Record<string, number | null | undefined>>
}

/** Sets and removes quotas. */
export async function alterClientQuotas(
  requests: AdminRequests,
  alterations: readonly QuotaAlteration[],
  { validateOnly = false }: { readonly validateOnly?: boolean } = {},
): Promise<void> {
  const byKey = new Map(alterations.map((alteration) => [entityKey(alteration.entity), alteration]))
  await settleBatch(requests.cluster, [...byKey.keys()], requests.timeoutMs, async (pending) => {
    const answer = await requests.send(anyBroker, alterClientQuotasRequest, alterClientQuotasResponse, {
      entries: pending.map((key) => {
        const { entity, quotas } = byKey.get(key) as QuotaAlteration
        return {
          entity: Object.entries(entity).map(([entityType, entityName]) => ({ entityType, entityName })),
          ops: Object.entries(quotas).map(([name, value]) => ({
            key: name,
            value: value ?? 0,
            remove: value === null || value === undefined,
          })),
        }
      }),
      validateOnly,
    })
    return new Map(
      answer.entries.map(({ entity, errorCode, errorMessage }) => [
        entityKey(Object.fromEntries(entity.map(({ entityType, entityName }) => [entityType, entityName]))),
        failureOf(errorCode, errorMessage),
      ]),
    )
  })
}

function entityKey(entity: QuotaEntity): string {
  return Object.keys(entity)
    .sort()
    .map((type) => `${type}=${entity[type] ?? '<default>'}`)
    .join(',')
}
