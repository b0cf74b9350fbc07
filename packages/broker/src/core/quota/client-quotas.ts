import { DEFAULT_NAME, quotaEntityOf, quotaEntityPath } from './quota-entity.ts'
import type { QuotaEntity, QuotaEntityType } from './quota-entity.ts'
import type { RateWindow } from './sampled-rate.ts'
import { defaultRateWindow, SampledRate } from './sampled-rate.ts'
import { TokenBucket } from './token-bucket.ts'

/** What clients can be limited in. Bytes per second; percent of one thread; partitions that are created and deleted per second. */
export const clientQuotaKeys = [
  'producer_byte_rate',
  'consumer_byte_rate',
  'request_percentage',
  'controller_mutation_rate',
] as const
export type ClientQuotaKey = (typeof clientQuotaKeys)[number]
type RateKey = Exclude<ClientQuotaKey, 'controller_mutation_rate'>

/** What addresses can be limited in: new connections per second. */
export const ipQuotaKey = 'connection_creation_rate'

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
  readonly #window: RateWindow
  readonly #controllerWindow: RateWindow
  readonly #values = new Map<string, QuotaValues>()
  readonly #mutations = new Map<string, TokenBucket>()
  readonly #rates = new Map<string, SampledRate>()
  /** What was found for a client, until any quota changes. */
  readonly #found = new Map<string, Quota | undefined>()

  constructor(window: RateWindow = defaultRateWindow, controllerWindow: RateWindow = defaultRateWindow) {
    this.#window = window
    this.#controllerWindow = controllerWindow
  }

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
  charge(key: RateKey, user: string, clientId: string, amount: number, nowMs: number): number {
    if (this.#values.size === 0) return 0
    const quota = this.#quotaOf(key, user, clientId)
    if (quota === undefined) return 0
    const rate = this.#rateOf(`${key} ${quota.sharedBy}`)
    rate.record(amount, nowMs)
    return rate.excessMs(quota.limit, nowMs)
  }

  /**
   * As `charge`, of something that is not used when the result is above 0: then nothing was counted. Only whoever has used nothing
   * lately may use what is above the quota by itself, and is to be silent after it; else it could never be used.
   */
  chargeUnlessOver(
    key: RateKey,
    user: string,
    clientId: string,
    amount: number,
    nowMs: number,
  ): { readonly throttleMs: number; readonly isUsed: boolean } {
    const quota = this.#values.size === 0 ? undefined : this.#quotaOf(key, user, clientId)
    if (quota === undefined) return { throttleMs: 0, isUsed: true }
    const rate = this.#rateOf(`${key} ${quota.sharedBy}`)
    const hasUsedNothing = rate.isEmpty(nowMs)
    rate.record(amount, nowMs)
    const throttleMs = rate.excessMs(quota.limit, nowMs)
    const isUsed = throttleMs === 0 || hasUsedNothing
    if (!isUsed) rate.record(-amount, nowMs)
    return { throttleMs, isUsed }
  }

  /** The most that a client can use in a whole window; without a quota no limit. */
  windowMax(key: RateKey, user: string, clientId: string): number {
    const quota = this.#values.size === 0 ? undefined : this.#quotaOf(key, user, clientId)
    if (quota === undefined) return Number.POSITIVE_INFINITY
    return (quota.limit * (this.#window.samples - 1) * this.#window.sampleMs) / 1000
  }

  /** How long until a client may change topics again, in milliseconds; 0 for now (controller_mutation_rate). */
  mutationDebtMs(user: string, clientId: string, nowMs: number): number {
    const found = this.#mutationsOf(user, clientId)
    return found === undefined ? 0 : found.bucket.debtMs(found.limit, nowMs)
  }

  /** Counts partitions that a client creates or deletes. */
  chargeMutations(user: string, clientId: string, partitions: number, nowMs: number): void {
    const found = this.#mutationsOf(user, clientId)
    found?.bucket.take(partitions, found.limit, nowMs)
  }

  /** How many connections an address may open per second; without a quota no limit. */
  connectionRateOf(address: string): number {
    const own = this.#values.get(quotaEntityPath(new Map([['ip', address]])))?.get(ipQuotaKey)
    const ofAll = this.#values.get(quotaEntityPath(new Map([['ip', DEFAULT_NAME]])))?.get(ipQuotaKey)
    return own ?? ofAll ?? Number.POSITIVE_INFINITY
  }

  #mutationsOf(user: string, clientId: string): { bucket: TokenBucket; limit: number } | undefined {
    const quota = this.#values.size === 0 ? undefined : this.#quotaOf('controller_mutation_rate', user, clientId)
    if (quota === undefined) return undefined
    let bucket = this.#mutations.get(quota.sharedBy)
    if (bucket === undefined) {
      forgetOldest(this.#mutations)
      bucket = new TokenBucket((this.#controllerWindow.samples * this.#controllerWindow.sampleMs) / 1000)
      this.#mutations.set(quota.sharedBy, bucket)
    }
    return { bucket, limit: quota.limit }
  }

  #rateOf(name: string): SampledRate {
    let rate = this.#rates.get(name)
    if (rate !== undefined) return rate
    forgetOldest(this.#rates)
    rate = new SampledRate(this.#window)
    this.#rates.set(name, rate)
    return rate
  }

  #quotaOf(key: ClientQuotaKey, user: string, clientId: string): Quota | undefined {
    const name = JSON.stringify([key, user, clientId])
    if (this.#found.has(name)) return this.#found.get(name)
    forgetOldest(this.#found)
    const quota = this.#find(key, user, clientId)
    this.#found.set(name, quota)
    return quota
  }

  #find(key: ClientQuotaKey, user: string, clientId: string): Quota | undefined {
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
