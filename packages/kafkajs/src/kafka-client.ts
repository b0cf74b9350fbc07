import type { Env } from '@odradek/base'
import { createAdmin } from './admin/create-admin.ts'
import { KafkaCluster } from './cluster/kafka-cluster.ts'
import type { KafkaClusterOptions } from './cluster/kafka-cluster.ts'
import { createConsumer } from './consumer/create-consumer.ts'
import { CommitBoard } from './core/commit-board.ts'
import { Instrumentation } from './core/instrumentation.ts'
import { createLogger } from './core/logger.ts'
import { createProducer } from './producer/create-producer.ts'
import type { Admin } from './types/admin.ts'
import type { AdminConfig, ConsumerConfig, KafkaConfig, ProducerConfig } from './types/config.ts'
import type { Consumer } from './types/consumer.ts'
import type { Logger } from './types/logger.ts'
import type { Producer } from './types/producer.ts'

const metadataMaxAgeDefault = 300_000

/** What the world around says: the machine, and the two variables of the environment that kafkajs looks at. */
export interface Surroundings {
  readonly env: Env
  /** KAFKAJS_LOG_LEVEL. */
  readonly logLevelName?: string | undefined
}

type OwnOptions = Pick<
  KafkaClusterOptions,
  'metadataMaxAge' | 'allowAutoTopicCreation' | 'maxInFlightRequests' | 'isolationLevel' | 'instrumentation'
>

/** A client of kafkajs: makes producers, consumers and admins of one configuration, each with connections of its own. */
export class KafkaClient {
  readonly #config: KafkaConfig
  readonly #env: Env
  readonly #logger: Logger
  readonly #commits = new CommitBoard()

  constructor(config: KafkaConfig, { env, logLevelName }: Surroundings) {
    this.#config = config
    this.#env = env
    const { logLevel, logCreator } = config
    this.#logger = createLogger({ clock: env.clock, level: logLevel, logCreator, levelName: logLevelName })
  }

  producer(config: ProducerConfig = {}): Producer {
    const { retry, metadataMaxAge, allowAutoTopicCreation, maxInFlightRequests, ...rest } = config
    const instrumentation = new Instrumentation(this.#env.clock)
    const cluster = this.#cluster({ metadataMaxAge, allowAutoTopicCreation, maxInFlightRequests, instrumentation })
    const isStrict = rest.idempotent === true && retry?.retries === undefined && this.#config.retry === undefined
    const all = { ...this.#config.retry, ...retry }
    return createProducer({
      ...rest,
      ...(isStrict && retry === undefined ? {} : { retry: all }),
      cluster,
      logger: this.#logger,
      instrumentation,
    })
  }

  consumer(config: ConsumerConfig): Consumer {
    const {
      retry = { retries: 5 },
      metadataMaxAge,
      allowAutoTopicCreation,
      maxInFlightRequests,
      ...others
    } = config ?? {}
    const { readUncommitted = false, ...rest } = others
    const isolationLevel = readUncommitted ? 0 : 1
    const instrumentation = new Instrumentation(this.#env.clock)
    const cluster = this.#cluster({
      metadataMaxAge,
      allowAutoTopicCreation,
      maxInFlightRequests,
      isolationLevel,
      instrumentation,
    })
    const all = { ...this.#config.retry, ...retry }
    return createConsumer({ ...rest, retry: all, isolationLevel, cluster, logger: this.#logger, instrumentation })
  }

  admin({ retry }: AdminConfig = {}): Admin {
    const instrumentation = new Instrumentation(this.#env.clock)
    const cluster = this.#cluster({ allowAutoTopicCreation: false, instrumentation })
    const all = { ...this.#config.retry, ...retry }
    return createAdmin({ retry: all, cluster, logger: this.#logger, instrumentation })
  }

  logger(): Logger {
    return this.#logger
  }

  #cluster({ metadataMaxAge = metadataMaxAgeDefault, ...own }: OwnOptions): KafkaCluster {
    const { logLevel: _level, logCreator: _creator, ...config } = this.#config
    return new KafkaCluster({
      ...config,
      ...own,
      metadataMaxAge,
      env: this.#env,
      logger: this.#logger,
      commits: this.#commits,
    })
  }
}
