import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import type { Input } from '@odradek/kafka-protocol'
import type {
  AlterClientQuotasRequest,
  AlterClientQuotasResponse,
} from '@odradek/kafka-protocol/messages/49-alter-client-quotas'
import {
  alterClientQuotasRequest,
  alterClientQuotasResponse,
} from '@odradek/kafka-protocol/messages/49-alter-client-quotas'
import { clientQuotaKeys, ipQuotaKey } from '../core/quota/client-quotas.ts'
import type { QuotaEntity, QuotaEntityType } from '../core/quota/quota-entity.ts'
import { isQuotaEntityType } from '../core/quota/quota-entity.ts'
import type { BrokerServices } from '../host/broker-services.ts'
import type { ApiHandler } from './api-handler.ts'

type Entry = AlterClientQuotasRequest['entries'][number]
type Result = NonNullable<Input<AlterClientQuotasResponse>['entries']>[number]

/** As Kafka takes them for whole numbers. */
const epsilon = 1e-6

function entityOf({ entity }: Entry): QuotaEntity {
  const names = new Map<QuotaEntityType, string | null>()
  if (entity.length === 0) throw new KafkaError('INVALID_REQUEST', 'Invalid empty client quota entity')
  for (const { entityType, entityName } of entity) {
    if (!isQuotaEntityType(entityType)) {
      throw new KafkaError('INVALID_REQUEST', `Unhandled client quota entity type: ${entityType}`)
    }
    if (entityName === '') throw new KafkaError('INVALID_REQUEST', `Empty ${entityType} not supported`)
    if (names.has(entityType)) throw new KafkaError('INVALID_REQUEST', `Duplicate entity type: ${entityType}`)
    names.set(entityType, entityName)
  }
  if (names.has('ip') && names.size > 1) {
    throw new KafkaError(
      'INVALID_REQUEST',
      'Invalid quota entity combination, IP entity should not be combined with User or ClientId',
    )
  }
  const ip = names.get('ip')
  if (ip !== undefined && ip !== null && !isIpAddress(ip)) {
    throw new KafkaError('INVALID_REQUEST', `${ip} is not a valid IP. Names of hosts are not resolved here.`)
  }
  return names
}

function isIpAddress(text: string): boolean {
  const isVersion4 = /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text) && text.split('.').every((part) => Number(part) <= 255)
  return isVersion4 || (text.includes(':') && /^[0-9a-fA-F:.%]{2,45}$/.test(text))
}

function textOf(key: string, value: number): string {
  if (key === 'request_percentage' || key === 'controller_mutation_rate') return String(value)
  const whole = Math.trunc(value + epsilon)
  if (!Number.isSafeInteger(whole) || Math.abs(whole - value) > epsilon) {
    throw new KafkaError('INVALID_REQUEST', `Configuration ${key} must be a Long value`)
  }
  return String(whole)
}

/** What is to be set; null takes a value away, which may be one that is not enforced here. */
function changesOf({ ops }: Entry, entity: QuotaEntity): Map<string, string | null> {
  return new Map(
    ops.map(({ key, value, remove }) => {
      if (remove) return [key, null]
      const isKnown = entity.has('ip') ? key === ipQuotaKey : (clientQuotaKeys as readonly string[]).includes(key)
      if (!isKnown) throw new KafkaError('INVALID_REQUEST', `Invalid configuration key ${key}`)
      if (!(value > 0 && Number.isFinite(value))) {
        throw new KafkaError('INVALID_REQUEST', `Quota ${key} must be greater than 0`)
      }
      return [key, textOf(key, value)]
    }),
  )
}

async function alterOne(broker: BrokerServices, entry: Entry, validateOnly: boolean): Promise<Result> {
  try {
    const entity = entityOf(entry)
    const changes = changesOf(entry, entity)
    if (!validateOnly) await broker.configChanges.announce(await broker.quotaStore.change(entity, changes))
    return { errorCode: ErrorCode.NONE, errorMessage: null, entity: entry.entity }
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error
    return { errorCode: error.errorCode, errorMessage: error.message, entity: entry.entity }
  }
}

/**
 * AlterClientQuotas, key 49 (KIP-546): any broker writes; all enforce what they read again. Addresses are limited in connections. v1: flexible.
 */
export const alterClientQuotasHandler: ApiHandler<AlterClientQuotasRequest, AlterClientQuotasResponse> = {
  request: alterClientQuotasRequest,
  response: alterClientQuotasResponse,
  minVersion: 0,
  maxVersion: 1,

  async handle({ entries, validateOnly }, { broker }) {
    const results: Result[] = []
    for (const entry of entries) results.push(await alterOne(broker, entry, validateOnly))
    await broker.configChanges.caughtUp()
    return { entries: results }
  },

  errorResponse: ({ entries }, { errorCode, message }) => ({
    entries: entries.map(({ entity }) => ({ errorCode, errorMessage: message, entity })),
  }),
}
