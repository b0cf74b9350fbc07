import type { Env } from '@odradek/base'
import { BatchError } from '../admin/batch-error.ts'
import { abandonable } from '../consumer/abandonable.ts'
import { ClientError } from '../client-error.ts'
import { Cluster } from '../cluster/cluster.ts'
import { parseConfig } from '../config/parse-config.ts'
import { GroupCoordinator } from '../consumer/host/coordinator-requests.ts'
import { RecordPreparation } from '../consumer/prepare-records.ts'
import { partitionKey } from '../consumer/topic-partition.ts'
import type { TopicPartition } from '../consumer/topic-partition.ts'
import { MeteredClient } from '../metrics/metered-client.ts'
import type { Handed } from './core/acquired-queue.ts'
import { ShareMembership } from './core/share-membership.ts'
import { ShareFetcher } from './host/share-fetcher.ts'
import type { ShareFetcherCallbacks } from './host/share-fetcher.ts'
import { ShareMember } from './host/share-member.ts'
import type { ShareMemberCallbacks } from './host/share-member.ts'
import { runShareRecords } from './run-share-records.ts'
import type { HandedRecord, ShareRunOptions } from './run-share-records.ts'
import { shareConsumerKeys } from './share-keys.ts'
import type { ShareConsumerConfig, ShareConsumerConfigInput } from './share-keys.ts'
import { ShareMetrics } from './share-metrics.ts'
import type { AcknowledgeResult, AcknowledgeType, ShareBatch, ShareInterceptor, ShareRecord } from './share-record.ts'
import { ClientTracing } from '../tracing/client-tracing.ts'

export type ShareConsumerState = 'idle' | 'running' | 'failed' | 'closed'

/** How a share consumer is doing. */
export interface ShareConsumerHealth {
  readonly state: ShareConsumerState
  /** What ended it, when it has failed. */
  readonly error: unknown
  /** What it could not do last and tries again. */
  readonly lastError: unknown
  readonly memberId: string
  /** 0 outside of the group. */
  readonly memberEpoch: number
  /** Partitions from which records may come; others of the group may have them too. */
  readonly partitions: readonly TopicPartition[]
  /** Records that are acquired and not acknowledged. */
  readonly unacknowledgedCount: number
}

/**
 * Reads records as a member of a share group (KIP-932, Kafka 4.1 and later): members share partitions, each record is acquired by one of them at a time, and is
 * acknowledged by itself. docs/share-groups.md says how. Nothing happens before records are asked for.
 */
export class ShareConsumer<Key = Buffer, Value = Buffer>
  extends MeteredClient
  implements AsyncIterable<ShareRecord<Key, Value>>
{
  readonly config: ShareConsumerConfig
  readonly memberId: string
  readonly #env: Env
  readonly #cluster: Cluster
  readonly #metrics: ShareMetrics
  readonly #preparation: RecordPreparation<ShareRecord, ShareRecord<Key, Value>, ShareInterceptor<Key, Value>>
  readonly #tracing: ClientTracing | undefined
  readonly #fetcher: ShareFetcher
  readonly #membership: ShareMembership
  readonly #member: ShareMember
  readonly #waiters = new Set<() => void>()
  #topics: readonly string[] = []
  #onAcknowledged: (results: readonly AcknowledgeResult[]) => void = () => {}
  #state: ShareConsumerState = 'idle'
  #error: unknown
  #closing: Promise<void> | undefined

  /** Throws `ClientError` INVALID_CONFIG. */
  constructor(env: Env, given: ShareConsumerConfigInput) {
    const config = parseConfig(shareConsumerKeys, given)
    const groupId = config['group.id']
    if (groupId === undefined) throw new ClientError('INVALID_CONFIG', 'group.id is missing: it names the share group')
    const cluster = new Cluster(env, config, {
      allowAutoTopicCreation: config['allow.auto.create.topics'],
      kind: 'consumer',
      pushesMetrics: config['enable.metrics.push'],
    })
    super(cluster)
    this.config = config
    this.#env = env
    this.memberId = env.random.bytes(16).toString('base64url')
    this.#cluster = cluster
    const metrics = new ShareMetrics(cluster.metrics, () => cluster.nowMs)
    this.#metrics = metrics
    const interceptors = config['interceptor.classes'] as readonly ShareInterceptor<Key, Value>[]
    this.#preparation = new RecordPreparation(config, interceptors, env.log)
    const api = config.opentelemetry
    const traced = { clientId: config['client.id'], groupId }
    this.#tracing = api === undefined ? undefined : new ClientTracing(api, traced)
    this.#membership = new ShareMembership({
      groupId,
      memberId: this.memberId,
      rackId: config['client.rack'] === '' ? undefined : config['client.rack'],
      backoffMs: (failures) => cluster.backoff.delayMs(failures),
    })
    const fetching: ShareFetcherCallbacks = {
      onRecords: () => this.#wake(),
      onAcknowledged: (results) => this.#acknowledged(results),
      onFailure: (error) => this.#fail(error),
      isWanting: () => this.#waiters.size > 0,
    }
    this.#fetcher = new ShareFetcher(cluster, config, this.memberId, fetching, metrics)
    const coordinator = new GroupCoordinator(cluster, groupId)
    const callbacks: ShareMemberCallbacks = {
      assign: (partitions) => this.#fetcher.assign(partitions),
      fail: (error) => this.#fail(error),
    }
    this.#member = new ShareMember(coordinator, this.#membership, callbacks, metrics.membership)
    cluster.onUpdate(() => this.#fetcher.kick())
  }

  /** Joins the group for these topics, once records are asked for; again: changes them. */
  subscribe(topics: string | readonly string[]): void {
    this.#ensureOpen()
    this.#topics = typeof topics === 'string' ? [topics] : topics
    this.#cluster.wantTopics(this.#topics)
    this.#membership.subscribe(this.#topics, this.#cluster.nowMs)
    this.#member.pump()
  }

  /**
   * One record after the other. In implicit mode asking for the next one accepts the one before, unless it was acknowledged otherwise. Leaving the loop
   * releases the record in hand, if it is not acknowledged; so does a record that a deserializer does not take, for which it throws `ClientError` POISON_RECORD.
   */
  [Symbol.asyncIterator](): AsyncGenerator<ShareRecord<Key, Value>, undefined> {
    return abandonable((signal) => this.#records(signal))
  }

  async *#records(signal: AbortSignal): AsyncGenerator<ShareRecord<Key, Value>, undefined> {
    for (let handed = await this.#nextRecord(signal); handed !== undefined; handed = await this.#nextRecord(signal)) {
      let isLeft = true
      try {
        yield this.#preparation.prepare(handed.record)
        isLeft = false
      } finally {
        if (isLeft) handed.settle('release')
      }
      handed.done()
    }
  }

  /**
   * One batch after the other, as records were acquired. In implicit mode asking for the next one accepts what was not acknowledged. A record that a deserializer does not
   * take ends the batch before it, and is released with the next one, for which `ClientError` POISON_RECORD is thrown.
   */
  batches(): AsyncGenerator<ShareBatch<Key, Value>, undefined> {
    return abandonable((signal) => this.#batches(signal))
  }

  async *#batches(signal: AbortSignal): AsyncGenerator<ShareBatch<Key, Value>, undefined> {
    const { 'max.poll.records': countMax } = this.config
    const next = (): Promise<Handed | undefined> => this.#next(countMax, signal)
    for (let handed = await next(); handed !== undefined; handed = await next()) {
      const { batch } = handed
      const records = this.#prepareAll(handed)
      let isLeft = true
      try {
        yield { topic: batch.topic, partition: batch.partition, records }
        isLeft = false
      } finally {
        if (isLeft) for (const { offset } of records) this.#settle(batch, offset, 'release')
      }
      if (this.#isImplicit) for (const { offset } of records) this.#settle(batch, offset, 'accept')
    }
  }

  /** Those before the first that cannot be deserialized; the others wait again. Throws, and releases it, when that is the very first. */
  #prepareAll({ batch, records }: Handed): ShareRecord<Key, Value>[] {
    const prepared: ShareRecord<Key, Value>[] = []
    for (const record of records) {
      try {
        prepared.push(this.#preparation.prepare(record))
      } catch (error) {
        const isFirst = prepared.length === 0
        this.#fetcher.queue.takeBack(batch, records.length - prepared.length - (isFirst ? 1 : 0))
        if (!isFirst) break
        this.#settle(batch, record.offset, 'release')
        throw error
      }
    }
    return prepared
  }

  /** Calls the application for every record until `close`, or until `signal` is aborted. Rejects with what ended the consumer. */
  run(options: ShareRunOptions<Key, Value>): Promise<void> {
    const prepare = (record: ShareRecord): ShareRecord<Key, Value> => this.#preparation.prepare(record)
    const around = { log: this.#env.log, prepare, tracing: this.#tracing }
    return runShareRecords(options, (signal) => this.#nextRecord(signal), around)
  }

  /**
   * Says what becomes of a record, of which the broker hears with the next request, at the latest 100 ms from now. Throws `ClientError` WRONG_STATE when the record
   * is not this member's any more: it is acknowledged already, or the session with its broker has ended.
   */
  acknowledge(
    { topic, partition, offset }: TopicPartition & { readonly offset: number },
    type: AcknowledgeType = 'accept',
  ): void {
    this.#ensureOpen()
    const batch = this.#fetcher.queue.find({ topic, partition }, offset)
    if (batch === undefined) {
      throw new ClientError(
        'WRONG_STATE',
        `offset ${offset} of ${topic}-${partition} is not in this member's hands: it is acknowledged, or was taken back by its broker`,
      )
    }
    this.#fetcher.acknowledge(batch, offset, type)
  }

  /** Resolves when all that was acknowledged counts. Rejects with `BatchError`, which says for which partitions it does not, and why. */
  async commit(): Promise<void> {
    this.#ensureOpen()
    const results = await this.#fetcher.flush()
    const failed = results.flatMap((each) =>
      each.error === undefined ? [] : ([[partitionKey(each), each.error]] as const),
    )
    if (failed.length === 0) return
    const done = results.filter(({ error }) => error === undefined)
    throw new BatchError(new Map(failed), new Map(done.map((each) => [partitionKey(each), each.offsets])))
  }

  /** Calls the listener with the brokers' word on acknowledgements; it replaces the one before. */
  onAcknowledged(listener: (results: readonly AcknowledgeResult[]) => void): void {
    this.#onAcknowledged = listener
  }

  /** How long records stay this member's, as the brokers have it; undefined before the first fetch. */
  get acquisitionLockTimeoutMs(): number | undefined {
    return this.#fetcher.lockTimeoutMs
  }

  /** How many milliseconds are left before the record may be delivered to others; 0 when it is not this member's. */
  lockLeftMs({ topic, partition, offset }: TopicPartition & { readonly offset: number }): number {
    const untilMs = this.#fetcher.queue.find({ topic, partition }, offset)?.lockedUntilMs(offset) ?? 0
    return Math.max(0, untilMs - this.#cluster.nowMs)
  }

  get #isImplicit(): boolean {
    return this.config['share.acknowledgement.mode'] === 'implicit'
  }

  async #nextRecord(signal?: AbortSignal): Promise<HandedRecord | undefined> {
    const handed = await this.#next(1, signal)
    const record = handed?.records[0]
    if (handed === undefined || record === undefined) return undefined
    return {
      record,
      done: () => {
        if (this.#isImplicit) this.#settle(handed.batch, record.offset, 'accept')
      },
      settle: (type) => this.#settle(handed.batch, record.offset, type),
    }
  }

  #settle(batch: Handed['batch'], offset: number, type: AcknowledgeType): void {
    if (this.#state === 'running' && batch.open.has(offset)) this.#fetcher.acknowledge(batch, offset, type)
  }

  /** The next records, as soon as there are some; undefined after `close`. */
  async #next(countMax: number, signal?: AbortSignal): Promise<Handed | undefined> {
    const fromMs = this.#cluster.nowMs
    const handed = await this.#awaitNext(countMax, signal).finally(() => this.#metrics.polls.polled(fromMs))
    if (handed !== undefined) this.#metrics.fetches.consumed(handed.batch.topic, handed.records.length)
    return handed
  }

  async #awaitNext(countMax: number, signal?: AbortSignal): Promise<Handed | undefined> {
    for (;;) {
      if (this.#state === 'failed') throw this.#error
      if (this.#state === 'closed' || signal?.aborted === true) return undefined
      this.#start()
      const handed = this.#fetcher.queue.take(countMax, this.#cluster.nowMs)
      if (handed !== undefined) return handed
      await this.#wait(signal)
    }
  }

  #start(): void {
    if (this.#state !== 'idle') return
    if (this.#topics.length === 0) throw new ClientError('WRONG_STATE', 'nothing to read: call subscribe first')
    this.#state = 'running'
    void this.#member.start()
  }

  #wait(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiters.delete(wake)
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      this.#waiters.add(wake)
      signal?.addEventListener('abort', wake)
      this.#fetcher.kick()
    })
  }

  #wake(): void {
    for (const wake of this.#waiters) wake()
  }

  #acknowledged(results: readonly AcknowledgeResult[]): void {
    for (const { topic, partition, offsets, error } of results) {
      if (error === undefined) continue
      this.#env.log.warn('acknowledgements do not count', { topic, partition, offsets: offsets.length, error })
    }
    this.#preparation.tell('after acknowledgements', (interceptor) => interceptor.onAcknowledged?.(results))
    this.#onAcknowledged(results)
  }

  health(): ShareConsumerHealth {
    return {
      state: this.#state,
      error: this.#error,
      lastError: this.#member.lastError,
      memberId: this.memberId,
      memberEpoch: this.#membership.epoch,
      partitions: this.#fetcher.assigned.map(({ topicId, partition }) => ({
        topic: this.#cluster.metadata.topicById(topicId)?.name ?? topicId,
        partition,
      })),
      unacknowledgedCount: this.#fetcher.queue.openCount,
    }
  }

  #ensureOpen(): void {
    if (this.#state === 'closed') throw new ClientError('CLOSED', 'the share consumer is closed')
    if (this.#state === 'failed') throw this.#error
  }

  #fail(error: unknown): void {
    if (this.#state === 'failed' || this.#state === 'closed') return
    this.#state = 'failed'
    this.#error = error
    this.#env.log.error('the share consumer has failed', { error })
    this.#fetcher.stop()
    this.#wake()
    void this.#member.leave().finally(() => this.#cluster.close())
  }

  /** Sends what is acknowledged, gives back what is not, leaves the group and closes every connection. Iterations end. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    if (this.#state === 'failed') return
    this.#state = 'closed'
    this.#wake()
    await this.#fetcher.close()
    await this.#member.leave()
    await this.#cluster.finish()
    this.#preparation.close()
  }

  /** `await using consumer = …` closes it. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
