// The producer: five steps, each a folder. A record is serialized (serialize/), gets its partition (partition/), is put into a batch that grows
// (accumulate/), which is compressed when it is closed (accumulator.ts, by kafka-protocol's RecordBatchBuilder), and is sent with others to the partition's leader (send/).
import type { Env, Timer } from '@odradek/base'
import { compress } from '@odradek/kafka-protocol'
import type { BuilderHeader, FieldInput } from '@odradek/kafka-protocol'
import { ClientError } from '../client-error.ts'
import { Cluster } from '../cluster/cluster.ts'
import type { PartitionMetadata } from '../cluster/metadata-cache.ts'
import { MeteredClient } from '../metrics/metered-client.ts'
import { Accumulator } from './accumulate/accumulator.ts'
import type { BatchWaiter } from './accumulate/producer-batch.ts'
import { ProducerIdentity } from './accumulate/producer-identity.ts'
import { BlockedRecords } from './blocked-records.ts'
import { CallbackSink, GroupSink, PromiseSink } from './pending-record.ts'
import type { PendingRecord, RecordSink } from './pending-record.ts'
import { ProducerMetrics } from './producer-metrics.ts'
import { parseProducerConfig } from './producer-keys.ts'
import type { ProducerConfig, ProducerConfigInput } from './producer-keys.ts'
import type { DeliveryCallback, ProducerInterceptor, ProducerRecord, RecordMetadata } from './producer-record.ts'
import { Sender } from './send/sender.ts'
import { serializeHeaders } from './serialize/serializer.ts'
import type { Serializer } from './serialize/serializer.ts'
import { ClientTracing } from '../tracing/client-tracing.ts'
import { TopicState } from './topic-state.ts'
import { TransactionManager } from './transaction/transaction-manager.ts'
import type { GroupMetadata, TransactionOffset } from './transaction/transaction-manager.ts'

const noBytes = Buffer.alloc(0)

/**
 * Sends records. Safe to be shared by all parts of a program, and faster so: what is sent at the same time shares requests. Records of one partition
 * are written in the order in which they were sent, and each of them once, unless `enable.idempotence` is off.
 */
export class Producer<Key = Uint8Array | string, Value = Uint8Array | string> extends MeteredClient {
  readonly #env: Env
  readonly #config: ProducerConfig
  readonly #cluster: Cluster
  readonly #accumulator: Accumulator
  readonly #sender: Sender
  readonly #transactions: TransactionManager | undefined
  readonly #topics = new Map<string, TopicState>()
  readonly #blocked: BlockedRecords
  readonly #keySerializer: Serializer<Key>
  readonly #valueSerializer: Serializer<Value>
  readonly #interceptors: readonly ProducerInterceptor<Key, Value>[]
  readonly #tracing: ClientTracing | undefined
  readonly #stopListening: () => void
  readonly #ownsCluster: boolean
  #isClosed = false

  /** Opens nothing yet. With `given`, shares its connections, and leaves it open. Throws `ClientError` INVALID_CONFIG, `KafkaError` UNSUPPORTED_COMPRESSION_TYPE. */
  constructor(env: Env, input: ProducerConfigInput, given?: Cluster) {
    const config = parseProducerConfig(input)
    // A codec that cannot be loaded is better known now than when the first batch is closed.
    compress(config['compression.type'], noBytes)
    const pushesMetrics = config['enable.metrics.push']
    const cluster = given ?? new Cluster(env, config, { allowAutoTopicCreation: true, kind: 'producer', pushesMetrics })
    super(cluster)
    this.#env = env
    this.#config = config
    this.#ownsCluster = given === undefined
    this.#cluster = cluster
    const transactionalId = config['transactional.id']
    const identity = config['enable.idempotence'] ? new ProducerIdentity(transactionalId !== undefined) : undefined
    this.#accumulator = new Accumulator({
      batchSizeBytes: Math.max(1, config['batch.size']),
      lingerMs: config['linger.ms'],
      memoryBytesMax: config['buffer.memory'],
      requestBytesMax: config['max.request.size'],
      compression: config['compression.type'],
      compressionLevel: levelOf(config),
      identity,
    })
    if (transactionalId !== undefined && identity !== undefined) {
      this.#transactions = new TransactionManager(this.#cluster, config, transactionalId, identity)
    }
    const metrics = new ProducerMetrics(this.#cluster.metrics, {
      bufferTotalBytes: config['buffer.memory'],
      bufferUsedBytes: () => this.#accumulator.memoryBytes,
      requestsInFlight: () => this.#sender.inFlightCount,
      waitingBytes: () => this.#blocked.waitingBytes,
    })
    this.#sender = new Sender(this.#cluster, config, this.#accumulator, identity, this.#transactions, metrics, () =>
      this.#blocked.drain(),
    )
    this.#blocked = new BlockedRecords(env, config, this.#accumulator, this.#sender, (record) => this.#append(record))
    this.#transactions?.attach({
      flush: () => this.flush(),
      drop: (error) => this.#drop(error),
      wake: () => this.#sender.wake(),
    })
    this.#keySerializer = config['key.serializer'] as Serializer<Key>
    this.#valueSerializer = config['value.serializer'] as Serializer<Value>
    this.#interceptors = config['interceptor.classes'] as readonly ProducerInterceptor<Key, Value>[]
    const api = config.opentelemetry
    this.#tracing = api === undefined ? undefined : new ClientTracing(api, { clientId: config['client.id'] })
    this.#stopListening = this.#cluster.onUpdate(() => this.#forgetIdleTopics())
  }

  /**
   * Sends a record; resolves when it is acknowledged as `acks` asks. Waits up to `max.block.ms` for metadata and memory, and for all together up to
   * `delivery.timeout.ms`. Rejects with `KafkaError` or `ClientError`: the record was then not written, or (TIMED_OUT, DISCONNECTED) nobody knows.
   */
  send(record: ProducerRecord<Key, Value>): Promise<RecordMetadata>
  /**
   * The same without a promise, for many records: the callback is called once. False: memory is used up, and `drained` tells when there is room again;
   * who goes on nevertheless has his records refused (BUFFER_FULL) once as much waits as the memory holds.
   */
  send(record: ProducerRecord<Key, Value>, callback: DeliveryCallback): boolean
  send(record: ProducerRecord<Key, Value>, callback?: DeliveryCallback): Promise<RecordMetadata> | boolean {
    if (callback !== undefined) return this.#dispatch(record, new CallbackSink(callback, this.#env.log), 0)
    return new Promise((resolve, reject) => void this.#dispatch(record, new PromiseSink(resolve, reject), 0))
  }

  /** Sends many records; resolves when all are acknowledged, with where each was written, in their order. Rejects with the first error. Faster than `send` for each. */
  sendBatch(records: readonly ProducerRecord<Key, Value>[]): Promise<RecordMetadata[]> {
    if (records.length === 0) return Promise.resolve([])
    return new Promise((resolve, reject) => {
      const sink = new GroupSink(records.length, resolve, reject)
      for (let slot = 0; slot < records.length; slot++)
        this.#dispatch(records[slot] as ProducerRecord<Key, Value>, sink, slot)
    })
  }

  /** Compresses the batches that are closed from now on in another way. Throws `KafkaError` UNSUPPORTED_COMPRESSION_TYPE where its library cannot be loaded. */
  set compression(compression: ProducerConfig['compression.type']) {
    if (compression !== this.#accumulator.compression) compress(compression, noBytes)
    this.#accumulator.compression = compression
  }

  /** False when the record has to wait. */
  #dispatch(given: ProducerRecord<Key, Value>, givenSink: RecordSink, slot: number): boolean {
    let sink = givenSink
    try {
      if (this.#isClosed) throw new ClientError('CLOSED', 'the producer is closed')
      this.#transactions?.state.ensureOpen('send')
      let record = given
      if (this.#tracing !== undefined) {
        const traced = this.#tracing.send(given)
        record = traced.record
        sink = this.#told(sink, (error, metadata) => traced.settled(error, metadata))
      }
      if (this.#interceptors.length > 0) {
        record = this.#intercept(record)
        sink = this.#observed(sink)
      }
      const { topic } = record
      const key: FieldInput =
        record.key === null || record.key === undefined ? null : this.#keySerializer(record.key, topic)
      const value: FieldInput =
        record.value === null || record.value === undefined ? null : this.#valueSerializer(record.value, topic)
      return this.#accept(record, key, value, serializeHeaders(record.headers), sink, slot)
    } catch (error) {
      sink.refused(slot, error instanceof Error ? error : new Error(String(error)))
      return true
    }
  }

  #accept(
    record: ProducerRecord<Key, Value>,
    key: FieldInput,
    value: FieldInput,
    headers: readonly BuilderHeader[],
    sink: RecordSink,
    slot: number,
  ): boolean {
    const sizeBytesMax = this.#accumulator.sizeBytesMaxOf(key, value, headers)
    const requestBytesMax = this.#config['max.request.size']
    if (sizeBytesMax > requestBytesMax || sizeBytesMax > this.#config['buffer.memory']) {
      const limit = sizeBytesMax > requestBytesMax ? 'max.request.size' : 'buffer.memory'
      throw new ClientError(
        'INVALID_ARGUMENT',
        `a record of ${sizeBytesMax} bytes is larger than ${limit} (${this.#config[limit]})`,
      )
    }
    const nowMs = this.#sender.turnMs
    const topic = this.#topic(record.topic)
    topic.lastUsedMs = nowMs
    const timestampMs = record.timestamp ?? this.#env.clock.wallMs()
    if (
      topic.waiting.length === 0 &&
      topic.isKnown &&
      this.#blocked.isEmpty &&
      this.#accumulator.hasRoom(sizeBytesMax)
    ) {
      const queue = topic.queueFor(record.partition, key, value, sizeBytesMax)
      const batch = this.#accumulator.append(queue, nowMs, timestampMs, key, value, headers, sizeBytesMax)
      sink.accepted(slot, batch, timestampMs)
      this.#sender.wake()
      return true
    }
    const deadlineMs = this.#cluster.nowMs + this.#config['max.block.ms']
    const { partition } = record
    const pending = {
      topic: record.topic,
      partition,
      key,
      value,
      headers,
      timestampMs,
      sizeBytesMax,
      deadlineMs,
      sink,
      slot,
    }
    this.#blocked.ensureRoom(pending)
    if (topic.waiting.length === 0 && topic.isKnown) this.#blocked.push(pending)
    else this.#awaitTopic(topic, pending)
    return false
  }

  #topic(name: string): TopicState {
    let topic = this.#topics.get(name)
    if (topic === undefined) {
      if (typeof name !== 'string' || name === '') throw new ClientError('INVALID_ARGUMENT', 'a record needs a topic')
      topic = new TopicState(name, this.#config, this.#cluster.metadata, this.#accumulator, this.#env.random)
      this.#topics.set(name, topic)
    }
    return topic
  }

  #awaitTopic(topic: TopicState, pending: PendingRecord): void {
    topic.waiting.push(pending)
    this.#blocked.waitingBytes += pending.sizeBytesMax
    if (topic.waiting.length > 1) return
    this.#cluster.loadTopics([topic.name], { timeoutMs: this.#config['max.block.ms'] }).then(
      () => {
        for (const record of this.#releaseWaiting(topic)) this.#blocked.push(record)
        this.#blocked.drain()
      },
      (error: unknown) => {
        this.#refuseWaiting(topic, error as Error)
        this.#topics.delete(topic.name)
        this.#cluster.unwantTopics([topic.name])
      },
    )
  }

  #releaseWaiting(topic: TopicState): PendingRecord[] {
    const records = topic.waiting.splice(0)
    for (const { sizeBytesMax } of records) this.#blocked.waitingBytes -= sizeBytesMax
    return records
  }

  #refuseWaiting(topic: TopicState, error: Error): void {
    for (const { sink, slot } of this.#releaseWaiting(topic)) sink.refused(slot, error)
    this.#blocked.tellDrained()
  }

  /** Puts a record that has waited into its batch. */
  #append(pending: PendingRecord): void {
    const { partition, key, value, headers, timestampMs, sizeBytesMax, sink, slot } = pending
    try {
      const queue = this.#topic(pending.topic).queueFor(partition, key, value, sizeBytesMax)
      const nowMs = this.#cluster.nowMs
      sink.accepted(
        slot,
        this.#accumulator.append(queue, nowMs, timestampMs, key, value, headers, sizeBytesMax),
        timestampMs,
      )
    } catch (error) {
      sink.refused(slot, error as Error)
    }
  }

  #intercept(given: ProducerRecord<Key, Value>): ProducerRecord<Key, Value> {
    let record = given
    for (const interceptor of this.#interceptors) {
      try {
        record = interceptor.onSend?.(record) ?? record
      } catch (error) {
        this.#env.log.warn('an interceptor failed before a record was sent', { error })
      }
    }
    return record
  }

  #observed(sink: RecordSink): RecordSink {
    const tell = (error: Error | undefined, metadata: RecordMetadata | undefined): void => {
      for (const interceptor of this.#interceptors) {
        try {
          interceptor.onAcknowledgement?.(metadata, error)
        } catch (thrown) {
          this.#env.log.warn('an interceptor failed after a record was sent', { error: thrown })
        }
      }
    }
    return this.#told(sink, tell)
  }

  /** The same sink, and what tells of a record's end as well. */
  #told(sink: RecordSink, tell: DeliveryCallback): RecordSink {
    const observer = new CallbackSink(tell, this.#env.log)
    return {
      accepted: (slot, batch, timestampMs) => {
        observer.accepted(slot, batch, timestampMs)
        sink.accepted(slot, batch, timestampMs)
      },
      refused: (slot, error) => {
        tell(error, undefined)
        sink.refused(slot, error)
      },
      settle: (batch, error) => sink.settle(batch, error),
    }
  }

  /** Resolves when there is memory for more records: after `send` with a callback has returned false. */
  drained(): Promise<void> {
    return this.#blocked.drained()
  }

  /** Resolves when every record that was sent before the call is acknowledged or given up. Does not wait for `linger.ms`. */
  async flush(): Promise<void> {
    this.#accumulator.hurried++
    this.#sender.wake()
    try {
      await this.#blocked.drained()
      await this.#settled()
    } finally {
      this.#accumulator.hurried--
    }
  }

  #settled(): Promise<void> {
    const batches = [...this.#accumulator.busyQueues]
      .flatMap((queue) => [...queue.batches()])
      .filter((batch) => !batch.isSettled)
    if (batches.length === 0) return Promise.resolve()
    return new Promise((resolve) => {
      let left = batches.length
      const waiter: BatchWaiter = {
        settle: () => {
          if (--left === 0) resolve()
        },
      }
      for (const batch of batches) batch.waiters.push(waiter)
      this.#sender.wake()
    })
  }

  async #drop(error: Error): Promise<void> {
    this.#refuseAllWaiting(error)
    this.#sender.failUnsent(error)
    await this.#sender.idle()
    this.#sender.failUnsent(error)
  }

  #refuseAllWaiting(error: Error): void {
    for (const topic of this.#topics.values()) this.#refuseWaiting(topic, error)
    this.#blocked.refuseAll(error)
  }

  /** The partitions of a topic. Rejects as `send` does when it does not exist. */
  async partitionsFor(topic: string): Promise<readonly PartitionMetadata[]> {
    const [metadata] = await this.#cluster.loadTopics([topic], { timeoutMs: this.#config['max.block.ms'] })
    return metadata?.partitions ?? []
  }

  #forgetIdleTopics(): void {
    const latestMs = this.#cluster.nowMs - this.#config['metadata.max.idle.ms']
    for (const topic of this.#topics.values()) {
      if (topic.lastUsedMs > latestMs || !topic.isIdle) continue
      this.#topics.delete(topic.name)
      this.#cluster.unwantTopics([topic.name])
    }
  }

  #transactional(): TransactionManager {
    if (this.#transactions === undefined)
      throw new ClientError('WRONG_STATE', 'transactions need transactional.id in the configuration')
    return this.#transactions
  }

  /** Gets ready for transactions: fences an older producer with the same transactional.id and ends what it left open. Once, before anything else. */
  async initTransactions(): Promise<void> {
    await this.#transactional().init()
  }

  /** Begins a transaction: all that is sent from now on belongs to it. */
  beginTransaction(): void {
    this.#transactional().begin()
  }

  /** Commits, with the transaction, how far a consumer group has read: exactly once from topic to topic. `group` is what the consumer's `groupMetadata` says. */
  async sendOffsetsToTransaction(offsets: readonly TransactionOffset[], group: GroupMetadata): Promise<void> {
    await this.#transactional().sendOffsets(offsets, group)
  }

  /**
   * Commits. Rejects with `ClientError` ABORT_TRANSACTION when something of the transaction failed: abort it; with CLOSE_PRODUCER when another producer has taken
   * over; with an error that is retriable when the coordinator could not be reached in `max.block.ms`: call it again.
   */
  async commitTransaction(): Promise<void> {
    await this.#transactional().commit()
  }

  /** Aborts: what was sent is never seen by consumers that read only what is committed. */
  async abortTransaction(): Promise<void> {
    await this.#transactional().abort()
  }

  /** Runs `work` in a transaction, which is committed when it resolves, and aborted when it, or the commit, fails. Calls initTransactions the first time. */
  async transaction<Result>(work: (producer: this) => Promise<Result>): Promise<Result> {
    const transactions = this.#transactional()
    if (transactions.state.phase === 'uninitialized') await this.initTransactions()
    transactions.begin()
    try {
      const result = await work(this)
      await transactions.commit()
      return result
    } catch (error) {
      if (transactions.state.phase === 'open' || transactions.state.phase === 'failed') await transactions.abort()
      throw error
    }
  }

  /** Waits until what was sent is acknowledged, for at most `timeoutMs`, fails the rest, and closes all connections. */
  async close({ timeoutMs = Infinity }: { readonly timeoutMs?: number } = {}): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#within(timeoutMs, this.#finish())
    const error = new ClientError('CLOSED', 'the producer was closed before the record was acknowledged')
    this.#refuseAllWaiting(error)
    this.#sender.failAll(error)
    this.#blocked.close()
    this.#sender.close()
    this.#stopListening()
    if (this.#ownsCluster) await this.#cluster.finish()
    for (const interceptor of this.#interceptors) interceptor.close?.()
  }

  /** A transaction that is open is aborted: nobody could commit it any more. */
  async #finish(): Promise<void> {
    const phase = this.#transactions?.state.phase
    if (phase === 'open' || phase === 'failed') await this.#transactions?.abort().catch(() => {})
    else await this.flush()
  }

  async #within(timeoutMs: number, work: Promise<void>): Promise<void> {
    if (timeoutMs === Infinity) return work
    let timer: Timer | undefined
    const timeout = new Promise<void>((resolve) => {
      timer = this.#env.timers.after(timeoutMs, resolve)
    })
    await Promise.race([work, timeout])
    timer?.cancel()
  }
}

function levelOf(config: ProducerConfig): number | undefined {
  const type = config['compression.type']
  if (type === 'zstd') return config['compression.zstd.level']
  const level = config['compression.gzip.level']
  return type === 'gzip' && level >= 1 ? level : undefined
}
