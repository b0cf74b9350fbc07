import { Producer } from '@odradek/client'
import type { Cluster as ClientCluster, ProducerConfigInput } from '@odradek/client'
import type { KafkaCluster } from '../cluster/kafka-cluster.ts'
import type { RetrySettings } from '../core/retry.ts'

const intMax = 2 ** 31 - 1
/** As large as batches may get before the next one begins; kafkajs knows no bound but the broker's. */
const batchSizeBytes = 1024 * 1024
/** Records that wait to be acknowledged: kafkajs has no bound either, so this one is out of the way. */
const bufferBytes = 2 ** 31 - 1

export interface ClientProducersOptions {
  readonly retry: RetrySettings
  readonly idempotent: boolean
  readonly transactionTimeout: number | undefined
}

/** The client's producers behind one of kafkajs: one for each kind of acknowledgement, and one for transactions; all over the same connections. */
export class ClientProducers {
  readonly #cluster: KafkaCluster
  readonly #options: ClientProducersOptions
  #producers = new Map<string, Producer>()
  #client: ClientCluster | undefined

  constructor(cluster: KafkaCluster, options: ClientProducersOptions) {
    this.#cluster = cluster
    this.#options = options
  }

  plain(acks: number): Producer {
    const { idempotent } = this.#options
    return this.#get(`acks ${acks}`, {
      acks: acks === 1 ? '1' : acks === 0 ? '0' : 'all',
      'enable.idempotence': idempotent,
    })
  }

  transactional(transactionalId: string): Producer {
    const { transactionTimeout = 60_000 } = this.#options
    return this.#get('transactional', {
      acks: 'all',
      'transactional.id': transactionalId,
      'transaction.timeout.ms': transactionTimeout,
    })
  }

  #get(name: string, own: ProducerConfigInput): Producer {
    const { client } = this.#cluster
    // Producers end with the connections that they were made over.
    if (client !== this.#client) {
      this.#producers = new Map()
      this.#client = client
    }
    let producer = this.#producers.get(name)
    if (producer === undefined) {
      const isStrict = own['transactional.id'] !== undefined || own['enable.idempotence'] === true
      producer = new Producer(this.#cluster.env, { ...this.#common(isStrict), ...own }, client)
      this.#producers.set(name, producer)
    }
    return producer
  }

  #common(isStrict: boolean): ProducerConfigInput {
    const { retries, initialRetryTime, maxRetryTime, multiplier } = this.#options.retry
    const { config } = this.#cluster.client
    const requestTimeoutMs = config['request.timeout.ms']
    let pausesMs = 0
    let pauseMs = initialRetryTime
    for (let retry = 0; retry < retries && pausesMs < intMax; retry++) {
      pausesMs += pauseMs
      pauseMs = Math.min(pauseMs * multiplier, maxRetryTime)
    }
    const { maxInFlightRequests } = this.#cluster.options
    return {
      'bootstrap.servers': config['bootstrap.servers'],
      'client.id': config['client.id'],
      'request.timeout.ms': requestTimeoutMs,
      'retry.backoff.ms': initialRetryTime,
      'retry.backoff.max.ms': Math.max(initialRetryTime, maxRetryTime),
      'delivery.timeout.ms': Math.min(intMax, Math.ceil(requestTimeoutMs + pausesMs)),
      'max.block.ms': Math.min(intMax, Math.ceil(requestTimeoutMs + pausesMs)),
      retries: Math.min(intMax, isStrict ? Math.max(1, retries) : retries),
      'max.in.flight.requests.per.connection': Math.max(1, Math.min(5, maxInFlightRequests ?? 5)),
      'batch.size': batchSizeBytes,
      'buffer.memory': bufferBytes,
      'max.request.size': intMax,
      'metadata.max.idle.ms': intMax,
    }
  }

  /** Waits for what was sent. */
  async close(): Promise<void> {
    const producers = [...this.#producers.values()]
    this.#producers = new Map()
    this.#client = undefined
    await Promise.all(producers.map((producer) => producer.close({ timeoutMs: 30_000 })))
  }
}
