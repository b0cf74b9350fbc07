import type { KafkaCluster } from '../cluster/kafka-cluster.ts'
import { createOn, Instrumentation } from '../core/instrumentation.ts'
import { createRetrier, RetryPauses } from '../core/retry.ts'
import { KafkaJSError, KafkaJSNonRetriableError } from '../errors.ts'
import type { ProducerConfig, RetryOptions } from '../types/config.ts'
import type { Logger } from '../types/logger.ts'
import type { Producer, ProducerEvents, Transaction } from '../types/producer.ts'
import { ClientProducers } from './client-producers.ts'
import { createMessageSender } from './message-sender.ts'
import { Partitioners } from './partitioners.ts'
import { Transactions } from './transactions.ts'

export const producerEvents: ProducerEvents = {
  CONNECT: 'producer.connect',
  DISCONNECT: 'producer.disconnect',
  REQUEST: 'producer.network.request',
  REQUEST_TIMEOUT: 'producer.network.request_timeout',
  REQUEST_QUEUE_SIZE: 'producer.network.request_queue_size',
}

export interface CreateProducerOptions extends Omit<ProducerConfig, 'metadataMaxAge' | 'allowAutoTopicCreation'> {
  readonly cluster: KafkaCluster
  readonly logger: Logger
  readonly instrumentation?: Instrumentation | undefined
}

function retryOf({ retry, idempotent = false }: CreateProducerOptions): RetryOptions {
  const given = retry ?? { retries: idempotent ? Number.MAX_SAFE_INTEGER : 5 }
  if (idempotent && (given.retries ?? 5) < 1) {
    throw new KafkaJSNonRetriableError('Idempotent producer must allow retries to protect against transient errors')
  }
  return given
}

/** A producer of kafkajs over the client's. */
export function createProducer(options: CreateProducerOptions): Producer {
  const { cluster, logger: root, idempotent = false, transactionalId, transactionTimeout } = options
  const retry = retryOf(options)
  const logger = root.namespace('Producer')
  if (idempotent && (retry.retries ?? 5) < Number.MAX_SAFE_INTEGER) {
    logger.warn('Limiting retries for the idempotent producer may invalidate EoS guarantees')
  }
  let status: 'connected' | 'disconnecting' | 'disconnected' = 'disconnected'
  const instrumentation = options.instrumentation ?? new Instrumentation(cluster.env?.clock)
  const settings = new RetryPauses(cluster.env, retry).settings
  const producers = new ClientProducers(cluster, { retry: settings, idempotent, transactionTimeout })
  const common = {
    cluster,
    logger,
    retry: settings,
    retrier: createRetrier(cluster.env, retry),
    partitioner: (options.createPartitioner ?? Partitioners.DefaultPartitioner)(),
    ensureOpen: () => {
      if (status === 'disconnecting') {
        throw new KafkaJSNonRetriableError(
          "The producer is disconnecting; therefore, it can't safely accept messages anymore",
        )
      }
      if (status === 'disconnected') throw new KafkaJSError('The producer is disconnected')
    },
  }
  const sender = createMessageSender({
    ...common,
    isIdempotent: idempotent,
    producerFor: (acks) => producers.plain(acks),
  })
  const transactions =
    transactionalId === undefined ? undefined : new Transactions({ ...common, producers, transactionalId })
  return {
    connect: async () => {
      await cluster.connect()
      status = 'connected'
      instrumentation.emit(producerEvents.CONNECT)
    },
    disconnect: async () => {
      status = 'disconnecting'
      await producers.close()
      transactions?.forget()
      await cluster.disconnect()
      status = 'disconnected'
      instrumentation.emit(producerEvents.DISCONNECT)
    },
    isIdempotent: () => idempotent,
    events: producerEvents,
    on: createOn(instrumentation, producerEvents, 'producer', logger) as Producer['on'],
    send: sender.send,
    sendBatch: sender.sendBatch,
    transaction: (): Promise<Transaction> =>
      transactions === undefined
        ? Promise.reject(new KafkaJSNonRetriableError('Must provide transactional id for transactional producer'))
        : transactions.begin(),
    logger: () => logger,
  }
}
