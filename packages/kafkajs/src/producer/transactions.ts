import type { Producer as ClientProducer } from '@odradek/client'
import { KafkaJSNonRetriableError } from '../errors.ts'
import { toKafkaJSError } from '../protocol-error.ts'
import type { Offsets, Transaction } from '../types/producer.ts'
import type { ClientProducers } from './client-producers.ts'
import { createMessageSender } from './message-sender.ts'
import type { MessageSenderOptions } from './message-sender.ts'

export interface TransactionsOptions extends Omit<MessageSenderOptions, 'isIdempotent' | 'producerFor'> {
  readonly producers: ClientProducers
  readonly transactionalId: string
}

/** The transactions of one producer, one after the other. */
export class Transactions {
  readonly #options: TransactionsOptions
  /** Its producer is ready for transactions. */
  #ready: ClientProducer | undefined
  #current: object | undefined

  constructor(options: TransactionsOptions) {
    this.#options = options
  }

  /** The producer is gone, and with it what it had begun. */
  forget(): void {
    this.#ready = undefined
    this.#current = undefined
  }

  async begin(): Promise<Transaction> {
    if (this.#current !== undefined) {
      throw new KafkaJSNonRetriableError(
        'There is already an ongoing transaction for this producer. Please end the transaction before beginning another.',
      )
    }
    const token = {}
    this.#current = token
    try {
      const { cluster, producers, transactionalId } = this.#options
      await cluster.connect()
      const producer = producers.transactional(transactionalId)
      if (producer !== this.#ready) await producer.initTransactions()
      this.#ready = producer
      producer.beginTransaction()
      return this.#transaction(producer, token)
    } catch (error) {
      this.#current = undefined
      throw toKafkaJSError(error)
    }
  }

  #transaction(producer: ClientProducer, token: object): Transaction {
    const isActive = (): boolean => this.#current === token
    const guarded =
      <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
      async (...args: Args): Promise<Result> => {
        if (!isActive()) throw new KafkaJSNonRetriableError('Cannot continue to use transaction once ended')
        try {
          return await call(...args)
        } catch (error) {
          throw toKafkaJSError(error)
        }
      }
    const sender = createMessageSender({ ...this.#options, isIdempotent: true, producerFor: () => producer })
    const end = (call: () => Promise<void>): (() => Promise<void>) =>
      guarded(async () => {
        await call()
        this.#current = undefined
      })
    return {
      send: guarded(sender.send),
      sendBatch: guarded(sender.sendBatch),
      sendOffsets: guarded((offsets) => this.#sendOffsets(producer, offsets)),
      commit: end(() => producer.commitTransaction()),
      abort: end(() => producer.abortTransaction()),
      isActive,
    }
  }

  async #sendOffsets(
    producer: ClientProducer,
    { consumerGroupId, topics }: Offsets & { consumerGroupId: string },
  ): Promise<void> {
    if (!consumerGroupId) throw new KafkaJSNonRetriableError('Missing consumerGroupId')
    if (!topics) throw new KafkaJSNonRetriableError('Missing offset topics')
    const offsets = topics.flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, offset }) => ({ topic, partition: Number(partition), offset: Number(offset) })),
    )
    await producer.sendOffsetsToTransaction(offsets, { groupId: consumerGroupId })
    const { cluster } = this.#options
    for (const { topic, partition, offset } of offsets) {
      cluster.markOffsetAsCommitted({ groupId: consumerGroupId, topic, partition, offset: String(offset) })
    }
  }
}
