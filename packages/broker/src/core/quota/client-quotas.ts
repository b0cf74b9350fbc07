import { DEFAULT_NAME, quotaEntityOf, quotaEntityPath } from './quota-entity.ts'
import type { QuotaEntity, QuotaEntityType } from './quota-entity.ts'
import { SampledRate } from './sampled-rate.ts'

/** What can be limited. Bytes per second; percent of one thread. */
export const quotaKeys = ['producer_byte_rate', 'consumer_byte_rate', 'request_percentage'] as const
export type QuotaKey = (typeof quotaKeys)[number]

/** Values of one entity by key. */
export type QuotaValues = ReadonlyMap<string, number>

/** So many clients are remembered; client ids are whatever clients say. */
const clientsMax = 10_000

/** The limit that holds, and the name under which those who share it are counted together. */
interface Quota {
  readonly limit: number
  readonly sharedBy: string
}

/**
 * The quotas that are set, and how much of them clients have used. Of all that could hold for a client the most special one does, in
 * Kafka's order: user and client id, user, their defaults, client id, its default.
 */
export class ClientQuotas {
  readonly #values = new Map<string, QuotaValues>()
  readonly #rates = new Map<string, SampledRate>()
  /** What was found for a client, until any quota changes. */
  readonly #found = new Map<string, Quota | undefined>()

  /** True when nobody has a quota. */
  get isEmpty(): boolean {
    return this.#values.size === 0
  }

  /** Sets what an entity has, by its path below /config; no values take it away. */
  set(path: string, values: QuotaValues): void {
    this.#found.clear()
    if (values.size === 0) this.#values.delete(path)
    else this.#values.set(path, values)
  }

  *entries(): IterableIterator<readonly [entity: QuotaEntity, values: QuotaValues]> {
    for (const [path, values] of this.#values) {
      const entity = quotaEntityOf(path)
      if (entity !== undefined) yield [entity, values]
    }
  }

  /** Counts what a client used; returns for how long it must be silent now, in milliseconds. */
  charge(key: QuotaKey, user: string, clientId: string, amount: number, nowMs: number): number {
    if (this.#values.size === 0) return 0
    const quota = this.#quotaOf(key, user, clientId)
    if (quota === undefined) return 0
    const rate = this.#rateOf(`${key} ${quota.sharedBy}`)
    rate.record(amount, nowMs)
    return rate.excessMs(quota.limit, nowMs)
  }

  #rateOf(name: string): SampledRate {
    let rate = this.#rates.get(name)
    if (rate !== undefined) return rate
    forgetOldest(this.#rates)
    rate = new SampledRate()
    this.#rates.set(name, rate)
    return rate
  }

  #quotaOf(key: QuotaKey, user: string, clientId: string): Quota | undefined {
    const name = JSON.stringify([key, user, clientId])
    if (this.#found.has(name)) return this.#found.get(name)
    forgetOldest(this.#found)
    const quota = this.#find(key, user, clientId)
    this.#found.set(name, quota)
    return quota
  }

  #find(key: QuotaKey, user: string, clientId: string): Quota | undefined {
    for (const [userName, clientName] of precedence(user, clientId)) {
      const limit = this.#values.get(quotaEntityPath(entityOf(userName, clientName)))?.get(key)
      if (limit === undefined) continue
      const shared = entityOf(
        userName === undefined ? undefined : user,
        clientName === undefined ? undefined : clientId,
      )
      return { limit, sharedBy: quotaEntityPath(shared) }
    }
    return undefined
  }
}

/** Makes room for one more. */
function forgetOldest(byName: Map<string, unknown>): void {
  if (byName.size < clientsMax) return
  for (const oldest of byName.keys()) {
    byName.delete(oldest)
    return
  }
}

type Name = string | null | undefined

function precedence(user: string, clientId: string): readonly (readonly [user: Name, clientId: Name])[] {
  return [
    [user, clientId],
    [user, DEFAULT_NAME],
    [user, undefined],
    [DEFAULT_NAME, clientId],
    [DEFAULT_NAME, DEFAULT_NAME],
    [DEFAULT_NAME, undefined],
    [undefined, clientId],
    [undefined, DEFAULT_NAME],
  ]
}

function entityOf(user: Name, clientId: Name): QuotaEntity {
  const entity = new Map<QuotaEntityType, string | null>()
  if (user !== undefined) entity.set('user', user)
  if (clientId !== undefined) entity.set('client-id', clientId)
  return entity
}
