import { Consumer } from '@odradek/client'
import type { Delivery, JoinedGroup, TopicPartition } from '@odradek/client'
import { sleep } from '../core/retry.ts'
import type { RetryPauses } from '../core/retry.ts'
import type { Instrumentation } from '../core/instrumentation.ts'
import { protocolError, toKafkaJSError } from '../protocol-error.ts'
import type { KafkaCluster } from '../cluster/kafka-cluster.ts'
import type { Assigner } from '../types/cluster.ts'
import type { ConsumerRunConfig } from '../types/consumer.ts'
import type { Logger } from '../types/logger.ts'
import type { Offsets, TopicOffsets } from '../types/producer.ts'
import { BatchWork } from './batch-work.ts'
import { clientConsumerConfig } from './client-consumer-config.ts'
import type { ConsumerSettings } from './client-consumer-config.ts'
import { consumerEvents } from './consumer-events.ts'
import { FetchRounds } from './fetch-rounds.ts'
import { groupAssignorOf } from './group-assignor.ts'
import { HandlerFailures } from './handler-failures.ts'
import { keyOf, OffsetLedger } from './offset-ledger.ts'
import type { SubscriptionState } from './subscription-state.ts'

export interface RunnerOptions {
  readonly cluster: KafkaCluster
  readonly settings: ConsumerSettings
  readonly assigners: readonly Assigner[]
  /** By name, with whether to read them from their beginning. */
  readonly topics: ReadonlyMap<string, boolean>
  readonly run: ConsumerRunConfig
  readonly logger: Logger
  readonly instrumentation: Instrumentation
  readonly pauses: RetryPauses
  readonly state: SubscriptionState
  /** Called once, when it cannot go on. */
  readonly onCrash: (error: Error) => Promise<void>
}

/** One run of a consumer, from its joining to its stop or its crash. */
export class Runner {
  readonly options: RunnerOptions
  readonly ledger = new OffsetLedger()
  readonly #failures: HandlerFailures
  readonly #rounds: FetchRounds
  /** Where to go on in partitions that were not assigned when `seek` was called. */
  readonly #seeks = new Map<string, TopicPartition & { readonly offset: number }>()
  /** Assigned by a leader that subscribes to more than this member. */
  readonly #unwanted = new Set<string>()
  readonly #stopping = new AbortController()
  readonly #joined = Promise.withResolvers<void>()
  #consumer: Consumer | undefined
  #workers: Promise<void>[] = []
  /** By partition. */
  readonly #work = new Map<string, BatchWork>()
  #isRunning = true
  #lastCommitMs: number
  #lastHeartbeatMs: number

  constructor(options: RunnerOptions) {
    this.options = options
    this.#failures = new HandlerFailures(options.pauses)
    const { cluster, settings } = options
    this.#rounds = new FetchRounds(cluster, settings.maxWaitTimeInMs, (event, payload) => this.emit(event, payload))
    this.#lastCommitMs = this.#nowMs
    this.#lastHeartbeatMs = this.#nowMs
  }

  get #nowMs(): number {
    return this.options.cluster.env.clock.wallMs()
  }

  get isRunning(): boolean {
    return this.#isRunning
  }

  get consumer(): Consumer {
    return this.#consumer as Consumer
  }

  get isAutomatic(): boolean {
    return this.options.run.autoCommit ?? true
  }

  get #identity(): { groupId: string; memberId: string; groupGenerationId: number } {
    const { memberId = '', generationId = -1 } = this.#consumer?.groupMetadata() ?? {}
    return { groupId: this.options.settings.groupId, memberId, groupGenerationId: generationId }
  }

  /** What a transaction of the same program has committed for the group. */
  markCommitted(topic: string, partition: number, offset: string): void {
    this.ledger.committed([{ topic, partitions: [{ partition, offset }] }])
  }

  emit(event: keyof typeof consumerEvents, payload?: unknown): void {
    this.options.instrumentation.emit(consumerEvents[event], payload)
  }

  /** Resolves when the member has joined its group, or has crashed. */
  async start(): Promise<void> {
    const { cluster, run } = this.options
    try {
      await cluster.connect()
      this.emit('CONNECT')
      await cluster.refreshMetadataIfNecessary()
      if (!this.#isRunning) return
      this.#consumer = this.#createConsumer()
      const concurrency = Math.max(1, run.partitionsConsumedConcurrently ?? 1)
      this.#workers = Array.from({ length: concurrency }, () => this.#takeDeliveries())
      await this.#joined.promise
    } catch (error) {
      await this.#crash(error)
    }
  }

  #createConsumer(): Consumer {
    const { cluster, settings, assigners, topics } = this.options
    const config = clientConsumerConfig(cluster, settings, assigners.map(groupAssignorOf))
    const consumer = new Consumer(cluster.env, config, {
      cluster: cluster.client,
      isJoiningBatches: true,
      offsetResetOf: (topic) => (topics.get(topic) === true ? 'earliest' : 'latest'),
      observer: {
        joined: (group) => this.#tellJoined(group),
        rebalancing: ({ memberId }) => this.emit('REBALANCING', { groupId: settings.groupId, memberId }),
        heartbeat: () => {
          if (this.#work.size === 0) this.#tellHeartbeat()
        },
        fetching: (nodeId) => this.#rounds.began(nodeId),
        fetched: (nodeId, durationMs) => this.#rounds.ended(nodeId, durationMs),
      },
    })
    consumer.subscribe([...topics.keys()], {
      assigned: (partitions) => this.#assigned(partitions),
      revoked: (partitions) => this.#revoked(partitions),
      lost: (partitions) => this.#forget(partitions),
    })
    return consumer
  }

  #tellJoined({ leaderId, memberId, generationId, assignorName, partitions, durationMs }: JoinedGroup): void {
    const { settings, topics, logger, state } = this.options
    const { groupId } = settings
    const memberAssignment: Record<string, number[]> = {}
    for (const { topic, partition } of partitions) (memberAssignment[topic] ??= []).push(partition)
    const assignedTopics = Object.keys(memberAssignment)
    const topicsNotSubscribed = assignedTopics.filter((topic) => !topics.has(topic))
    if (topicsNotSubscribed.length > 0) {
      const topicsSubscribed = [...topics.keys()]
      const payload = { groupId, generationId, memberId, assignedTopics, topicsSubscribed, topicsNotSubscribed }
      this.emit('RECEIVED_UNSUBSCRIBED_TOPICS', payload)
      logger.warn('Consumer group received unsubscribed topics', payload)
      for (const topic of topicsNotSubscribed) delete memberAssignment[topic]
    }
    state.assign(Object.entries(memberAssignment).map(([topic, numbers]) => ({ topic, partitions: numbers })))
    const assigned = Object.fromEntries(state.assigned().map(({ topic, partitions: numbers }) => [topic, numbers]))
    const payload = {
      groupId,
      memberId,
      leaderId,
      isLeader: leaderId === memberId,
      memberAssignment: assigned,
      groupProtocol: assignorName,
      duration: Math.round(durationMs),
    }
    this.#lastHeartbeatMs = this.#nowMs
    this.emit('GROUP_JOIN', payload)
    logger.info('Consumer has joined the group', payload)
    this.#rounds.start()
    this.#joined.resolve()
  }

  #assigned(partitions: readonly TopicPartition[]): void {
    for (const { topic, partition } of partitions) {
      const key = keyOf(topic, partition)
      this.ledger.add(topic, partition)
      if (this.options.topics.has(topic)) this.#unwanted.delete(key)
      else this.#unwanted.add(key)
      const seek = this.#seeks.get(key)
      this.#seeks.delete(key)
      if (seek !== undefined) this.seek(seek)
    }
    this.applyPauses()
  }

  async #revoked(partitions: readonly TopicPartition[]): Promise<void> {
    const keys = new Set(partitions.map(({ topic, partition }) => keyOf(topic, partition)))
    const topics = this.ledger.uncommitted(keys)
    if (this.isAutomatic && topics.length > 0) {
      await this.commitOffsets({ topics }).catch((error: Error) => {
        this.options.logger.warn('Could not commit before partitions go', { error: error.message })
      })
    }
    this.#forget(partitions)
  }

  #forget(partitions: readonly TopicPartition[]): void {
    for (const { topic, partition } of partitions) this.ledger.remove(topic, partition)
  }

  /** Makes the client pause what the application has paused, and no more. */
  applyPauses(): void {
    const consumer = this.#consumer
    if (consumer === undefined) return
    const paused = new Set(consumer.paused().map(({ topic, partition }) => keyOf(topic, partition)))
    for (const each of consumer.assignment()) {
      const key = keyOf(each.topic, each.partition)
      const isWanted = !this.#unwanted.has(key) && !this.options.state.isPaused(each.topic, each.partition)
      if (isWanted && paused.has(key)) consumer.resume([each])
      if (!isWanted && !paused.has(key)) consumer.pause([each])
    }
  }

  /** An offset, -2 for the beginning or -1 for the end. Kept until the partition is assigned. */
  seek(target: TopicPartition & { readonly offset: number }): void {
    const { topic, partition, offset } = target
    const consumer = this.#consumer
    const isMine = consumer?.assignment().some((each) => each.topic === topic && each.partition === partition) ?? false
    const work = this.#work.get(keyOf(topic, partition))
    if (work !== undefined) work.isSought = true
    if (consumer === undefined || !isMine) {
      this.#seeks.set(keyOf(topic, partition), target)
      return
    }
    if (offset < 0) {
      const going = offset === -2 ? consumer.seekToBeginning([target]) : consumer.seekToEnd([target])
      going.catch((error: Error) => this.options.logger.error(`Could not seek: ${error.message}`, { topic, partition }))
      return
    }
    consumer.seek(target, offset)
    this.ledger.resolve(topic, partition, offset)
  }

  async #takeDeliveries(): Promise<void> {
    try {
      for (;;) {
        const delivery = await this.consumer.takeDelivery(this.#stopping.signal)
        if (delivery === undefined) return
        try {
          await this.#handle(delivery)
        } finally {
          delivery.release()
        }
      }
    } catch (error) {
      void this.#crash(error)
    }
  }

  async #handle(delivery: Delivery): Promise<void> {
    const { topic, partition, startOffset, signal } = delivery.batch
    const key = keyOf(topic, partition)
    this.ledger.begin(topic, partition, startOffset)
    const work = new BatchWork(this, delivery)
    this.#work.set(key, work)
    try {
      await work.run()
      this.#failures.forget(key)
    } catch (thrown) {
      const error = toKafkaJSError(thrown)
      if (signal.aborted || isRebalance(error)) {
        this.options.logger.warn('The group is rebalancing, re-joining', { ...this.#identity, error: error.message })
        return
      }
      const pauseMs = this.#failures.pauseAfter(key, this.ledger.resolvedOf(topic, partition), error)
      await this.#pause(pauseMs, signal)
    } finally {
      this.#work.delete(key)
    }
  }

  /** Holds the partition back: nobody else takes it meanwhile. */
  async #pause(durationMs: number, signal: AbortSignal): Promise<void> {
    const ended = Promise.withResolvers<void>()
    const end = (): void => ended.resolve()
    const either = AbortSignal.any([signal, this.#stopping.signal])
    either.addEventListener('abort', end)
    if (either.aborted) end()
    await Promise.race([sleep(this.options.cluster.env, durationMs), ended.promise])
    either.removeEventListener('abort', end)
  }

  async #crash(thrown: unknown): Promise<void> {
    if (!this.#isRunning) return
    this.#isRunning = false
    this.#rounds.stop()
    this.#stopping.abort()
    this.#joined.resolve()
    await this.options.onCrash(toKafkaJSError(thrown))
  }

  /** After messages, after batches, and when the application asks for it. Rejects when the partition has to be given up. */
  heartbeat(delivery: Delivery): Promise<void> {
    delivery.keepAlive()
    const { topic, partition, signal } = delivery.batch
    const isMine = this.consumer.assignment().some((each) => each.topic === topic && each.partition === partition)
    if (signal.aborted && !isMine) return Promise.reject(protocolError(27))
    this.#tellHeartbeat()
    return Promise.resolve()
  }

  #tellHeartbeat(): void {
    if (this.#nowMs < this.#lastHeartbeatMs + this.options.settings.heartbeatInterval) return
    this.#lastHeartbeatMs = this.#nowMs
    this.emit('HEARTBEAT', this.#identity)
  }

  async commitOffsets({ topics }: Offsets = { topics: this.ledger.uncommitted() }): Promise<void> {
    this.#lastCommitMs = this.#nowMs
    if (topics.length === 0) return
    const payload = { ...this.#identity, topics }
    await this.consumer.commit(entriesOf(topics))
    this.ledger.committed(topics)
    this.emit('COMMIT_OFFSETS', payload)
  }

  async autoCommitOffsets(): Promise<void> {
    if (this.isAutomatic) await this.commitOffsets()
  }

  /** When so much time has passed, or so many messages are done with, as `run` was told. */
  async commitOffsetsIfNecessary(): Promise<void> {
    const { autoCommitInterval, autoCommitThreshold } = this.options.run
    const isTime =
      autoCommitInterval !== undefined &&
      autoCommitInterval !== null &&
      this.#nowMs >= this.#lastCommitMs + autoCommitInterval
    const isMany =
      autoCommitThreshold !== undefined &&
      autoCommitThreshold !== null &&
      this.ledger.uncommittedCount >= autoCommitThreshold
    if (isTime || isMany) await this.commitOffsets()
  }

  /** Waits for the application, commits what it has done with, and leaves the group. */
  async stop(): Promise<void> {
    this.#isRunning = false
    this.#rounds.stop()
    this.#stopping.abort()
    this.#joined.resolve()
    await Promise.all(this.#workers)
    await this.#consumer?.close()
  }
}

function isRebalance(error: Error): boolean {
  const { type } = error as { type?: string }
  return type === 'REBALANCE_IN_PROGRESS' || type === 'ILLEGAL_GENERATION' || type === 'UNKNOWN_MEMBER_ID'
}

function entriesOf(topics: readonly TopicOffsets[]) {
  return topics.flatMap(({ topic, partitions }) =>
    partitions.map((each) => {
      const { partition, offset, metadata } = each as typeof each & { metadata?: string | null }
      return { topic, partition: Number(partition), offset: Number(offset), metadata: metadata ?? undefined }
    }),
  )
}
