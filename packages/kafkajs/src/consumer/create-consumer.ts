import { isRegExp } from 'node:util/types'
import type { Timer } from '@odradek/base'
import { createOn, Instrumentation } from '../core/instrumentation.ts'
import { createRetrier, retryDefaults, RetryPauses } from '../core/retry.ts'
import { KafkaJSNonRetriableError } from '../errors.ts'
import type { KafkaCluster } from '../cluster/kafka-cluster.ts'
import type { GroupDescription } from '../types/admin.ts'
import type { Cluster } from '../types/cluster.ts'
import type { ConsumerConfig } from '../types/config.ts'
import type { Consumer, ConsumerRunConfig, ConsumerSubscribeTopic, ConsumerSubscribeTopics } from '../types/consumer.ts'
import type { Logger } from '../types/logger.ts'
import { ensureOffset, ensurePartition, ensurePausable, ensureTopic, offsetsByTopic } from './check-arguments.ts'
import type { ConsumerSettings } from './client-consumer-config.ts'
import { consumerEvents } from './consumer-events.ts'
import { PartitionAssigners } from './round-robin-assigner.ts'
import { Runner } from './runner.ts'
import { SubscriptionState } from './subscription-state.ts'

export interface CreateConsumerOptions extends Omit<
  ConsumerConfig,
  'metadataMaxAge' | 'allowAutoTopicCreation' | 'readUncommitted' | 'maxInFlightRequests'
> {
  readonly cluster: KafkaCluster
  readonly logger: Logger
  readonly isolationLevel?: number | undefined
  readonly instrumentation?: Instrumentation | undefined
}

function settingsOf(options: CreateConsumerOptions): ConsumerSettings {
  const settings = {
    groupId: options.groupId,
    sessionTimeout: options.sessionTimeout ?? 30_000,
    rebalanceTimeout: options.rebalanceTimeout ?? 60_000,
    heartbeatInterval: options.heartbeatInterval ?? 3000,
    maxBytesPerPartition: options.maxBytesPerPartition ?? 1024 * 1024,
    minBytes: options.minBytes ?? 1,
    maxBytes: options.maxBytes ?? 10 * 1024 * 1024,
    maxWaitTimeInMs: options.maxWaitTimeInMs ?? 5000,
    isolationLevel: options.isolationLevel ?? 1,
    rackId: options.rackId ?? '',
  }
  if (!settings.groupId) throw new KafkaJSNonRetriableError('Consumer groupId must be a non-empty string.')
  const { heartbeatInterval, sessionTimeout } = settings
  if (heartbeatInterval >= sessionTimeout) {
    throw new KafkaJSNonRetriableError(
      `Consumer heartbeatInterval (${heartbeatInterval}) must be lower than sessionTimeout (${sessionTimeout}). It is recommended to set heartbeatInterval to approximately a third of the sessionTimeout.`,
    )
  }
  return settings
}

/** A consumer of kafkajs over the client's. */
export function createConsumer(options: CreateConsumerOptions): Consumer {
  return new KafkaConsumer(options).face()
}

class KafkaConsumer {
  readonly #options: CreateConsumerOptions
  readonly #settings: ConsumerSettings
  readonly #logger: Logger
  readonly #instrumentation: Instrumentation
  readonly #topics = new Map<string, boolean>()
  #state = new SubscriptionState()
  #runner: Runner | undefined
  #stopListening = (): void => undefined
  #restart: Timer | undefined
  #stopping: Promise<void> | undefined

  constructor(options: CreateConsumerOptions) {
    this.#options = options
    this.#settings = settingsOf(options)
    this.#logger = options.logger.namespace('Consumer')
    this.#instrumentation = options.instrumentation ?? new Instrumentation(options.cluster.env.clock)
  }

  face(): Consumer {
    return {
      connect: async () => {
        await this.#options.cluster.connect()
        this.#instrumentation.emit(consumerEvents.CONNECT)
      },
      disconnect: () => this.#disconnect(),
      subscribe: (subscription) => this.#subscribe(subscription),
      stop: () => this.#stop(),
      run: (config) => this.#run(config ?? {}),
      commitOffsets: async (offsets) => {
        const topics = offsetsByTopic(offsets)
        await this.#ensureRunner().commitOffsets({ topics })
      },
      seek: ({ topic, partition, offset }) => {
        ensureTopic(topic)
        ensurePartition(partition)
        const target = { topic, partition: Number(partition), offset: ensureOffset(offset, [-1, -2]) }
        this.#ensureRunner().seek(target)
      },
      describeGroup: () => this.#describeGroup(),
      pause: (topics) => {
        ensurePausable(topics, 'pause')
        this.#ensureRunner()
        this.#state.pause(topics)
        this.#runner?.applyPauses()
      },
      paused: () => (this.#runner === undefined ? [] : this.#state.paused()),
      resume: (topics) => {
        ensurePausable(topics, 'resume')
        this.#ensureRunner()
        this.#state.resume(topics)
        this.#runner?.applyPauses()
      },
      on: createOn(this.#instrumentation, consumerEvents, 'consumer', this.#logger) as Consumer['on'],
      logger: () => this.#logger,
      events: consumerEvents,
    }
  }

  #ensureRunner(): Runner {
    if (this.#runner !== undefined) return this.#runner
    throw new KafkaJSNonRetriableError('Consumer group was not initialized, consumer#run must be called first')
  }

  async #subscribe(subscription: ConsumerSubscribeTopics | ConsumerSubscribeTopic): Promise<void> {
    const { topic, topics, fromBeginning = false } = subscription as ConsumerSubscribeTopics & ConsumerSubscribeTopic
    if (this.#runner !== undefined) {
      throw new KafkaJSNonRetriableError('Cannot subscribe to topic while consumer is running')
    }
    if (!topic && !topics) throw new KafkaJSNonRetriableError('Missing required argument "topics"')
    if (topics !== undefined && topics !== null && !Array.isArray(topics)) {
      throw new KafkaJSNonRetriableError('Argument "topics" must be an array')
    }
    const wanted: (string | RegExp)[] = topics ?? [topic]
    for (const each of wanted) {
      if (typeof each === 'string' || isRegExp(each)) continue
      throw new KafkaJSNonRetriableError(
        `Invalid topic ${String(each)} (${typeof each}), the topic name has to be a String or a RegExp`,
      )
    }
    const { cluster } = this.#options
    const known = wanted.some((each) => isRegExp(each)) ? (await cluster.metadata()).topicMetadata : []
    const names = wanted.flatMap((each) => {
      if (typeof each === 'string') return [each]
      const matched = known.map(({ topic: name }) => name).filter((name) => name.search(each) >= 0)
      this.#logger.debug('Subscription based on RegExp', { topicRegExp: String(each), matchedTopics: matched })
      return matched
    })
    for (const name of names) this.#topics.set(name, fromBeginning)
    await cluster.addMultipleTargetTopics(names)
  }

  async #run(config: ConsumerRunConfig): Promise<void> {
    const { groupId } = this.#settings
    if (this.#runner !== undefined) {
      this.#logger.warn('consumer#run was called, but the consumer is already running', { groupId })
      return
    }
    await this.#start(config)
  }

  #start(config: ConsumerRunConfig): Promise<void> {
    const { cluster, logger, partitionAssigners = [PartitionAssigners.roundRobin], retry } = this.#options
    const { groupId } = this.#settings
    this.#logger.info('Starting', { groupId })
    const assigners = partitionAssigners.map((create) =>
      create({ cluster: cluster as unknown as Cluster, groupId, logger: this.#logger }),
    )
    this.#state = new SubscriptionState()
    const runner = new Runner({
      cluster,
      settings: this.#settings,
      assigners,
      topics: new Map(this.#topics),
      run: config,
      logger: logger.namespace('ConsumerGroup'),
      instrumentation: this.#instrumentation,
      pauses: new RetryPauses(cluster.env, retry),
      state: this.#state,
      onCrash: (error) => this.#crashed(error, config),
    })
    this.#runner = runner
    this.#stopListening()
    this.#stopListening = cluster.commits.listen(groupId, (...commit) => runner.markCommitted(...commit))
    return runner.start()
  }

  async #crashed(error: Error, config: ConsumerRunConfig): Promise<void> {
    const { groupId } = this.#settings
    const { retryCount, retryTime } = error as { retryCount?: number; retryTime?: number }
    this.#logger.error(`Crash: ${error.name}: ${error.message}`, { groupId, retryCount, stack: error.stack })
    await this.#disconnect()
    const restart = isWorthRestarting(error) && (await this.#isRestartWanted(error))
    this.#instrumentation.emit(consumerEvents.CRASH, { error, groupId, restart })
    if (!restart) return
    const delay = retryTime ?? this.#options.retry?.initialRetryTime ?? retryDefaults.initialRetryTime
    this.#logger.error(`Restarting the consumer in ${delay}ms`, { retryCount, retryTime: delay, groupId })
    this.#restart = this.#options.cluster.env.timers.after(delay, () => {
      this.#restart = undefined
      void this.#start(config)
    })
  }

  async #isRestartWanted(error: Error): Promise<boolean> {
    const decide = this.#options.retry?.restartOnFailure
    if (decide === undefined) return true
    try {
      return await decide(error)
    } catch (thrown) {
      const text = 'Caught error when invoking user-provided "restartOnFailure" callback. Defaulting to restarting.'
      this.#logger.error(text, { error: (thrown as Error)?.message ?? thrown, groupId: this.#settings.groupId })
      return true
    }
  }

  #stop(): Promise<void> {
    this.#stopping ??= this.#stopOnce().finally(() => {
      this.#stopping = undefined
    })
    return this.#stopping
  }

  async #stopOnce(): Promise<void> {
    this.#restart?.cancel()
    this.#restart = undefined
    const runner = this.#runner
    if (runner !== undefined) {
      await runner.stop()
      this.#stopListening()
      this.#runner = undefined
      this.#instrumentation.emit(consumerEvents.STOP)
    }
    this.#logger.info('Stopped', { groupId: this.#settings.groupId })
  }

  async #disconnect(): Promise<void> {
    await this.#stop()
    await this.#options.cluster.disconnect()
    this.#instrumentation.emit(consumerEvents.DISCONNECT)
  }

  async #describeGroup(): Promise<GroupDescription> {
    const { cluster, retry } = this.#options
    const { groupId } = this.#settings
    const coordinator = await cluster.findGroupCoordinator({ groupId })
    const retrier = createRetrier(cluster.env, retry)
    const { groups } = await retrier(() => coordinator.describeGroups({ groupIds: [groupId] }))
    return groups.find((group) => group.groupId === groupId) as GroupDescription
  }
}

/** What the last cause says; too many retries are worth another start in any case. */
function isWorthRestarting(error: Error): boolean {
  if (error.name === 'KafkaJSNumberOfRetriesExceeded') return true
  let cause = error
  while (cause.cause instanceof Error) cause = cause.cause
  return (cause as { retriable?: boolean }).retriable === true
}
