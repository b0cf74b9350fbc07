import type { Env } from '@odradek/base'
import { Cluster } from '../cluster/cluster.ts'
import { ClientError } from '../client-error.ts'
import type { ConfigInput } from '../config/config-key.ts'
import { parseConfig } from '../config/parse-config.ts'
import { MeteredClient } from '../metrics/metered-client.ts'
import type { GroupMetadata } from '../producer/transaction/transaction-manager.ts'
import type { TopicMetadata } from '../cluster/metadata-cache.ts'
import { abandonable } from './abandonable.ts'
import { consumerKeys, offsetResetOf, readOffsetReset } from './consumer-keys.ts'
import type { ConsumerConfig } from './consumer-keys.ts'
import { ConsumerMetrics } from './consumer-metrics.ts'
import type { ConsumerSeams } from './consumer-seams.ts'
import type { ConsumerBatch, ConsumerInterceptor, ConsumerRecord, OffsetAndMetadata } from './consumer-record.ts'
import type { UnreadableBatch } from './core/partition-buffer.ts'
import { Assignment } from './host/assignment.ts'
import type { AssignedPartition } from './host/assigned-partition.ts'
import { GroupCoordinator } from './host/coordinator-requests.ts'
import { Deliveries } from './host/deliveries.ts'
import type { Delivery } from './host/deliveries.ts'
import type { GroupMemberCallbacks } from './host/group-member.ts'
import { Fetcher } from './host/fetcher.ts'
import { GroupOffsets } from './host/group-offsets.ts'
import type { CommitEntry } from './host/group-offsets.ts'
import { beginningTimestamp, endTimestamp, listOffsets } from './host/list-offsets.ts'
import type { OffsetAndTimestamp } from './host/list-offsets.ts'
import { OffsetCommits } from './host/offset-commits.ts'
import type { ConsumedOffset } from './host/offset-commits.ts'
import { Positions } from './host/positions.ts'
import { RebalanceListeners } from './host/rebalance-listeners.ts'
import type { RebalanceListener } from './host/rebalance-listeners.ts'
import { Subscriptions } from './host/subscriptions.ts'
import type { SubscribeInput } from './host/subscriptions.ts'
import { RecordPreparation } from './prepare-records.ts'
import { ClientTracing } from '../tracing/client-tracing.ts'
import { runRecords } from './run-records.ts'
import type { RunOptions } from './run-records.ts'
import type { TopicPartition } from './topic-partition.ts'

export type ConsumerState = 'idle' | 'running' | 'failed' | 'closed'

type Preparation<Key, Value> = RecordPreparation<
  ConsumerRecord,
  ConsumerRecord<Key, Value>,
  ConsumerInterceptor<Key, Value>
>

/** How long `close` waits for the application before it says so. */
const closeQuietMs = 1000

/** How a consumer is doing; docs/consumer.md says what each state means. */
export interface ConsumerHealth {
  readonly state: ConsumerState
  /** What ended it, when it has failed. */
  readonly error: unknown
  /** What it could not do last and tries again. */
  readonly lastError: unknown
  /** In the group, with no rebalance under way; true without a group. */
  readonly isStable: boolean
  readonly memberId: string
  readonly generationId: number
  /** How many times partitions came or went. */
  readonly rebalanceCount: number
  readonly bufferedBytes: number
  /** Batches that the application works on. */
  readonly outstandingBatches: number
  readonly partitions: readonly PartitionHealth[]
}

export interface PartitionHealth extends TopicPartition {
  /** The next offset that the application gets to be done with; -1 while not known. */
  readonly position: number
  readonly committed: number
  readonly highWatermark: number
  /** Records between position and high watermark; -1 while not known. */
  readonly lag: number
  readonly isPaused: boolean
}

/**
 * Reads records of topics: alone, or as a member of a group that shares the partitions. Nothing happens before records are asked for, by iterating,
 * `batches`, `stream` or `run`. docs/consumer.md says what is tried again, what rejects and what ends.
 */
export class Consumer<Key = Buffer, Value = Buffer>
  extends MeteredClient
  implements AsyncIterable<ConsumerRecord<Key, Value>>
{
  readonly config: ConsumerConfig
  readonly #env: Env
  readonly #cluster: Cluster
  readonly #metrics: ConsumerMetrics
  readonly #preparation: Preparation<Key, Value>
  readonly #tracing: ClientTracing | undefined
  readonly #assignment: Assignment
  readonly #deliveries: Deliveries
  readonly #fetcher: Fetcher
  readonly #positions: Positions
  readonly #offsets: GroupOffsets | undefined
  readonly #commits: OffsetCommits
  readonly #subscriptions: Subscriptions
  readonly #listeners: RebalanceListeners
  #onUnreadable: (error: UnreadableBatch, partition: AssignedPartition) => boolean = () => false
  readonly #ownsCluster: boolean
  readonly #stopListening: () => void
  #state: ConsumerState = 'idle'
  #error: unknown
  #closing: Promise<void> | undefined

  /** Throws `ClientError` INVALID_CONFIG. */
  constructor(env: Env, given: ConfigInput<typeof consumerKeys>, seams: ConsumerSeams = {}) {
    const config = parseConfig(consumerKeys, given)
    const { observer } = seams
    const cluster =
      seams.cluster ??
      new Cluster(env, config, {
        allowAutoTopicCreation: config['allow.auto.create.topics'],
        kind: 'consumer',
        pushesMetrics: config['enable.metrics.push'],
      })
    super(cluster)
    this.config = config
    this.#env = env
    this.#ownsCluster = seams.cluster === undefined
    this.#cluster = cluster
    const reset = offsetResetOf(config)
    this.#assignment = new Assignment(config['check.crcs'])
    this.#metrics = new ConsumerMetrics(this.#cluster.metrics, this.#assignment, () => this.#cluster.nowMs)
    const metrics = this.#metrics
    const interceptors = config['interceptor.classes'] as readonly ConsumerInterceptor<Key, Value>[]
    const preparation: Preparation<Key, Value> = new RecordPreparation(config, interceptors, env.log)
    this.#preparation = preparation
    const api = config.opentelemetry
    const traced = { clientId: config['client.id'], groupId: config['group.id'] }
    this.#tracing = api === undefined ? undefined : new ClientTracing(api, traced)
    const fail = (error: unknown): void => this.#fail(error)
    const groupId = config['group.id']
    const coordinator = groupId === undefined ? undefined : new GroupCoordinator(this.#cluster, groupId)
    this.#offsets =
      coordinator === undefined ? undefined : new GroupOffsets(coordinator, () => this.#subscriptions.identity)
    this.#listeners = new RebalanceListeners(env.log, fail)
    this.#positions = new Positions(this.#cluster, this.#offsets, {
      resetOf: (topic) => readOffsetReset(seams.offsetResetOf?.(topic)) ?? reset,
      isolation: config['isolation.level'],
      timeoutMs: config['default.api.timeout.ms'],
      onReady: () => this.#fetcher.kick(),
      onFailure: fail,
    })
    this.#deliveries = new Deliveries(this.#cluster, config, this.#assignment, {
      onUnreadable: (error, partition) => this.#onUnreadable(error, partition),
      onFailure: fail,
      isJoiningBatches: seams.isJoiningBatches ?? false,
      onTaken: () => this.#fetcher.kick(),
      onOverdue: () => this.#subscriptions.suspend(),
      onProgress: () => this.#subscriptions.resume(),
      onDelivered: (topic, recordCount) => metrics.fetches.consumed(topic, recordCount),
    })
    const fetched = { onRecords: () => this.#deliveries.wake(), onFailure: fail }
    this.#fetcher = new Fetcher(
      this.#cluster,
      config,
      this.#assignment,
      this.#positions,
      fetched,
      metrics.fetches,
      observer,
    )
    this.#commits = new OffsetCommits(this.#cluster, config, this.#assignment, this.#offsets, metrics, (entries) =>
      preparation.tell('after a commit', (interceptor) => interceptor.onCommit?.(entries)),
    )
    const member: GroupMemberCallbacks = {
      revoke: (partitions) => this.#revoke(partitions),
      lose: (partitions) => this.#lose(partitions),
      assign: (partitions) => this.#assigned(partitions),
      fail,
    }
    this.#subscriptions = new Subscriptions(this.#cluster, config, coordinator, member, metrics, observer)
    this.#stopListening = this.#cluster.onUpdate(() => {
      this.#subscriptions.metadataChanged()
      this.#fetcher.kick()
    })
  }

  /** Joins the group for these topics, once records are asked for; again: changes them. Throws `ClientError` WRONG_STATE after `assign`, and without group.id. */
  subscribe(topics: SubscribeInput, listener?: RebalanceListener): void {
    this.#ensureOpen()
    if (listener !== undefined) this.#listeners.set(listener)
    this.#subscriptions.subscribe(topics)
  }

  /** Takes these partitions, and gives up all others, without a group's members being asked. Throws `ClientError` WRONG_STATE after `subscribe`. */
  assign(partitions: readonly TopicPartition[]): void {
    this.#ensureOpen()
    this.#subscriptions.assign()
    const wanted = new Set(partitions.map(({ topic, partition }) => `${topic}-${partition}`))
    this.#removeNow([...this.#assignment].filter(({ key }) => !wanted.has(key)))
    this.#assigned(partitions)
  }

  /** The partitions that are this consumer's now. */
  assignment(): TopicPartition[] {
    return [...this.#assignment]
      .filter(({ isLeaving }) => !isLeaving)
      .map(({ topic, partition }) => ({ topic, partition }))
  }

  /**
   * One record after the other. Asking for the next one says that the one before is done with. `return`, as `break` calls it, gives the record in hand
   * back and ends a `next` that waits.
   */
  [Symbol.asyncIterator](): AsyncGenerator<ConsumerRecord<Key, Value>, undefined> {
    return abandonable((signal) => this.#records(signal))
  }

  async *#records(signal: AbortSignal): AsyncGenerator<ConsumerRecord<Key, Value>, undefined> {
    for (let delivery = await this.#next(signal); delivery !== undefined; delivery = await this.#next(signal)) {
      try {
        for (const record of delivery.batch.records) {
          if (delivery.batch.signal.aborted) break
          yield this.#preparation.prepare(record)
          delivery.recordDone(record)
        }
        if (!delivery.batch.signal.aborted) delivery.done()
      } finally {
        delivery.release()
      }
    }
  }

  /** One batch after the other, as the records. */
  batches(): AsyncGenerator<ConsumerBatch<Key, Value>, undefined> {
    return abandonable((signal) => this.#batches(signal))
  }

  async *#batches(signal: AbortSignal): AsyncGenerator<ConsumerBatch<Key, Value>, undefined> {
    for (let delivery = await this.#next(signal); delivery !== undefined; delivery = await this.#next(signal)) {
      try {
        const { batch } = delivery
        yield { ...batch, records: this.#preparation.prepareAll(batch.records) }
        delivery.done()
      } finally {
        delivery.release()
      }
    }
  }

  /** The records as a stream of the web platform; `Readable.fromWeb` makes one of Node's of it. */
  stream(): ReadableStream<ConsumerRecord<Key, Value>> {
    const records = this[Symbol.asyncIterator]()
    return new ReadableStream(
      {
        pull: async (controller) => {
          const { done, value } = await records.next()
          if (done === true) controller.close()
          else controller.enqueue(value)
        },
        cancel: async () => {
          await records.return(undefined)
        },
      },
      // A record that lies in the stream's own queue would count as done with.
      { highWaterMark: 0 },
    )
  }

  /** Calls the application for every record or batch until `close`, or until `signal` is aborted. Rejects with what ended the consumer. */
  run(options: RunOptions<Key, Value>): Promise<void> {
    const poison = options.onError ?? 'fail'
    this.#onUnreadable = (error) => {
      if (poison === 'fail') return false
      this.#env.log.error('a batch cannot be read and is skipped', { error })
      return true
    }
    const tracing = this.#tracing
    const prepare = (record: ConsumerRecord): ConsumerRecord<Key, Value> => this.#preparation.prepare(record)
    return runRecords(options, (signal) => this.#next(signal), { env: this.#env, prepare, tracing })
  }

  /**
   * The next batch, to be said done with by the caller, record by record or as a whole, and given back by `release` in any case: what `run` and the iterations are
   * made of. Undefined after `close`, or when `signal` is aborted; rejects with what ended the consumer.
   */
  takeDelivery(signal?: AbortSignal): Promise<Delivery | undefined> {
    return this.#next(signal)
  }

  /** Joins the group without asking for records yet. */
  start(): void {
    this.#ensureOpen()
    this.#start()
  }

  #next(signal?: AbortSignal): Promise<Delivery | undefined> {
    this.#start()
    const fromMs = this.#cluster.nowMs
    return this.#deliveries.next(signal).finally(() => this.#metrics.polls.polled(fromMs))
  }

  #start(): void {
    if (this.#state !== 'idle') return
    if (!this.#subscriptions.hasAny) {
      throw new ClientError('WRONG_STATE', 'nothing to read: call subscribe or assign first')
    }
    this.#state = 'running'
    this.#subscriptions.start()
    this.#commits.start()
  }

  #assigned(partitions: readonly TopicPartition[]): void {
    const added = this.#assignment.add(partitions)
    this.#cluster.wantTopics(added.map(({ topic }) => topic))
    if (this.#subscriptions.isAutomatic) this.#listeners.assigned(added, () => this.#positions.begin(added))
    else void this.#positions.begin(added)
  }

  async #revoke(given: readonly TopicPartition[]): Promise<void> {
    const partitions = this.#assignment.select(given)
    for (const partition of partitions) {
      partition.isLeaving = true
      partition.controller.abort()
    }
    await this.#deliveries.drain(partitions)
    const kept = partitions.filter(({ isGone }) => !isGone)
    await this.#commits.beforeRevoke(kept)
    await this.#listeners.revoked(kept)
    this.#removeNow(kept.filter(({ isGone }) => !isGone))
  }

  #lose(given: readonly TopicPartition[]): void {
    const lost = this.#removeNow(this.#assignment.select(given))
    void this.#listeners.lost(lost)
  }

  #removeNow(partitions: readonly AssignedPartition[]): AssignedPartition[] {
    const removed = this.#assignment.remove(partitions)
    this.#deliveries.forget(removed)
    this.#fetcher.kick()
    return removed
  }

  /**
   * Commits these positions, or what the application has done with of all partitions. Resolves when they are stored. Rejects with `KafkaError`; ILLEGAL_GENERATION,
   * UNKNOWN_MEMBER_ID, STALE_MEMBER_EPOCH: the partitions are another member's by now.
   */
  async commit(offsets?: readonly CommitEntry[]): Promise<void> {
    this.#ensureOpen()
    await this.#commits.commit(offsets)
  }

  /** Commits the position after one record, with text of the application's own. */
  commitRecord(
    { topic, partition, offset, leaderEpoch }: ConsumerRecord<Key, Value>,
    metadata?: string,
  ): Promise<void> {
    return this.commit([{ topic, partition, offset: offset + 1, leaderEpoch, metadata }])
  }

  /** Commits without waiting; a failure is logged, and the next commit brings what it lacked. */
  commitAsync(offsets?: readonly CommitEntry[]): void {
    this.#commits.commit(offsets).catch((error: unknown) => this.#env.log.warn('could not commit', { error }))
  }

  /** What the group has committed; partitions without are missing. */
  committed(partitions: readonly TopicPartition[]): Promise<Map<string, OffsetAndMetadata>> {
    this.#ensureOpen()
    if (this.#offsets === undefined)
      throw new ClientError('INVALID_CONFIG', 'group.id is missing: without one there is nothing committed')
    return this.#ready(() => (this.#offsets as GroupOffsets).fetch(partitions, this.config['default.api.timeout.ms']))
  }

  /** Reads on from this offset. What of the partition was handed over and is not done with counts for nothing. */
  seek(partition: TopicPartition, offset: number, leaderEpoch = -1): void {
    const found = this.#mine(partition)
    if (!Number.isSafeInteger(offset) || offset < 0) {
      throw new ClientError('INVALID_ARGUMENT', `${offset} is no offset: it must be a whole number from 0 on`)
    }
    found.abort()
    found.setPosition({ offset, leaderEpoch })
    this.#fetcher.kick()
  }

  /** Reads on from the beginning; resolves when it is known. */
  seekToBeginning(partitions: readonly TopicPartition[] = this.assignment()): Promise<void> {
    return this.#seekTo(partitions, 'earliest')
  }

  /** Reads on from the end; resolves when it is known. */
  seekToEnd(partitions: readonly TopicPartition[] = this.assignment()): Promise<void> {
    return this.#seekTo(partitions, 'latest')
  }

  #seekTo(partitions: readonly TopicPartition[], kind: 'earliest' | 'latest'): Promise<void> {
    const found = partitions.map((partition) => this.#mine(partition))
    for (const partition of found) partition.abort()
    return this.#positions.seekTo(found, kind)
  }

  /** The offset of the next record that the application gets to be done with; undefined while it is being found out. */
  position(partition: TopicPartition): number | undefined {
    return this.#mine(partition).consumed?.offset
  }

  #mine(partition: TopicPartition): AssignedPartition {
    this.#ensureOpen()
    const found = this.#assignment.get(partition)
    if (found !== undefined) return found
    const name = `${partition.topic}-${partition.partition}`
    throw new ClientError(
      'WRONG_STATE',
      `${name} is not assigned to this consumer: wait for the rebalance listener, or assign it`,
    )
  }

  /** Hands over nothing of these until `resume`. What was fetched of them is dropped: they take no memory from the others. */
  pause(partitions: readonly TopicPartition[] = this.assignment()): void {
    for (const partition of partitions.map((given) => this.#mine(given))) {
      partition.isPaused = true
      // While records are handed over, reading goes on behind them.
      if (partition.consumed !== undefined && !partition.isBusy) partition.setPosition(partition.consumed)
    }
    this.#fetcher.kick()
  }

  resume(partitions: readonly TopicPartition[] = this.assignment()): void {
    for (const partition of partitions.map((given) => this.#mine(given))) partition.isPaused = false
    this.#fetcher.kick()
    this.#deliveries.wake()
  }

  paused(): TopicPartition[] {
    return [...this.#assignment]
      .filter(({ isPaused }) => isPaused)
      .map(({ topic, partition }) => ({ topic, partition }))
  }

  /** The first offset at that wall time or later, by partition key; missing where there is none. */
  offsetsForTimes(
    wishes: readonly (TopicPartition & { readonly timestampMs: number })[],
  ): Promise<Map<string, OffsetAndTimestamp>> {
    this.#ensureOpen()
    return listOffsets(this.#cluster, wishes, this.config['isolation.level'], this.config['default.api.timeout.ms'])
  }

  /** By partition key, such as `orders-0`. */
  beginningOffsets(partitions: readonly TopicPartition[]): Promise<Map<string, number>> {
    return this.#offsetsAt(partitions, beginningTimestamp)
  }

  /** By partition key: where the next record will be; with read_committed, where the first open transaction begins. */
  endOffsets(partitions: readonly TopicPartition[]): Promise<Map<string, number>> {
    return this.#offsetsAt(partitions, endTimestamp)
  }

  async #offsetsAt(partitions: readonly TopicPartition[], timestampMs: number): Promise<Map<string, number>> {
    const found = await this.offsetsForTimes(partitions.map((partition) => ({ ...partition, timestampMs })))
    return new Map([...found].map(([key, { offset }]) => [key, offset]))
  }

  /** What the cluster says of a topic. */
  async partitionsFor(topic: string): Promise<TopicMetadata> {
    this.#ensureOpen()
    const [found] = await this.#cluster.loadTopics([topic], { timeoutMs: this.config['default.api.timeout.ms'] })
    return found as TopicMetadata
  }

  /** Who this member is, for a producer's `sendOffsetsToTransaction`. */
  groupMetadata(): GroupMetadata {
    const { memberId, generationId, groupInstanceId } = this.#subscriptions.identity
    return { groupId: this.config['group.id'] ?? '', memberId, generationId, groupInstanceId: groupInstanceId ?? null }
  }

  /** What the application has done with and not committed, for a producer's `sendOffsetsToTransaction`. */
  consumedOffsets(): ConsumedOffset[] {
    return this.#commits.uncommitted()
  }

  health(): ConsumerHealth {
    const { memberId, generationId } = this.#subscriptions.identity
    return {
      state: this.#state,
      error: this.#error,
      lastError: this.#subscriptions.lastError ?? this.#commits.lastError,
      isStable: this.#state === 'running' && this.#subscriptions.isStable,
      memberId,
      generationId,
      rebalanceCount: this.#subscriptions.rebalanceCount,
      bufferedBytes: this.#fetcher.bufferedBytes,
      outstandingBatches: this.#deliveries.outstandingCount,
      partitions: [...this.#assignment].map(
        ({ topic, partition, consumed, committedOffset, highWatermark, isPaused }) => {
          const position = consumed?.offset ?? -1
          const lag = position < 0 || highWatermark < 0 ? -1 : Math.max(0, highWatermark - position)
          return { topic, partition, position, committed: committedOffset, highWatermark, lag, isPaused }
        },
      ),
    }
  }

  #ready<Result>(call: () => Promise<Result>): Promise<Result> {
    return this.#cluster.ready({ timeoutMs: this.config['default.api.timeout.ms'] }).then(call)
  }

  #ensureOpen(): void {
    if (this.#state === 'closed') throw new ClientError('CLOSED', 'the consumer is closed')
    if (this.#state === 'failed') throw this.#error
  }

  /** The end: whoever waits for records, or asks for more, gets this error. The group is left, nothing more is committed. */
  #fail(error: unknown): void {
    if (this.#state === 'failed' || this.#state === 'closed') return
    this.#state = 'failed'
    this.#error = error
    this.#env.log.error('the consumer has failed', { error })
    this.#deliveries.fail(error)
    this.#fetcher.close()
    this.#commits.close()
    const leaving = this.#subscriptions.leave()
    void leaving.finally(() => {
      this.#removeNow([...this.#assignment])
      this.#stopListening()
      if (this.#ownsCluster) this.#cluster.close()
    })
  }

  /**
   * Waits until the application is done with what it holds (at most `timeoutMs`), commits it, leaves the group and closes every connection. Iterations end.
   */
  close({ timeoutMs = 30_000 }: { readonly timeoutMs?: number } = {}): Promise<void> {
    this.#closing ??= this.#close(timeoutMs)
    return this.#closing
  }

  async #close(timeoutMs: number): Promise<void> {
    if (this.#state === 'failed') return
    const wasRunning = this.#state === 'running'
    this.#state = 'closed'
    if (wasRunning) {
      const timers = [
        this.#env.timers.after(timeoutMs, () => this.#deliveries.close()),
        this.#env.timers.after(closeQuietMs, () => this.#tellWhatCloseWaitsFor(timeoutMs)),
      ]
      await this.#revoke(this.assignment())
      for (const timer of timers) timer.cancel()
    }
    this.#commits.close()
    this.#deliveries.close()
    this.#fetcher.close()
    await this.#subscriptions.leave()
    this.#removeNow([...this.#assignment])
    this.#stopListening()
    if (this.#ownsCluster) await this.#cluster.finish()
    this.#preparation.close()
  }

  #tellWhatCloseWaitsFor(timeoutMs: number): void {
    if (this.#deliveries.outstandingCount === 0) return
    const advice = 'an iteration that is worked by hand gives them back by its return()'
    this.#env.log.warn(
      `close waits, for at most ${timeoutMs} ms, for records in the hands of the application: ${advice}`,
      {
        partitions: [...this.#assignment].filter(({ isBusy }) => isBusy).map(({ key }) => key),
      },
    )
  }

  /** `await using consumer = …` closes it. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
