import { inspect } from 'node:util'
import type { Delivery } from '@odradek/client'
import { KafkaJSError } from '../errors.ts'
import type { KafkaMessage } from '../types/consumer.ts'
import { KafkaBatch } from './kafka-batch.ts'
import type { Runner } from './runner.ts'

/** Handlers may throw what is no error, such as an object with a message and a `retriable` flag: that is its cause then. */
function errorOf(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown
  const { message, retriable } = Object(thrown) as { message?: unknown; retriable?: unknown }
  const text = typeof message === 'string' ? message : inspect(thrown)
  const error = new Error(text, { cause: thrown })
  return retriable === undefined ? error : Object.assign(error, { retriable })
}

/** The application's work on one batch. */
export class BatchWork {
  readonly #runner: Runner
  readonly #delivery: Delivery
  readonly #batch: KafkaBatch

  constructor(runner: Runner, delivery: Delivery) {
    this.#runner = runner
    this.#delivery = delivery
    this.#batch = new KafkaBatch(delivery.batch)
  }

  get #place(): { topic: string; partition: number } {
    const { topic, partition } = this.#batch
    return { topic, partition }
  }

  /** Read on from elsewhere: what is left of it is not wanted, and what the application says of it counts for nothing. */
  isSought = false

  get #isStale(): boolean {
    return this.isSought || this.#delivery.batch.signal.aborted
  }

  /** Rejects with what the application throws; what it had done with before is committed, if commits are automatic. */
  async run(): Promise<void> {
    const { options } = this.#runner
    const { clock } = options.cluster.env
    const startMs = clock.wallMs()
    const batch = this.#batch
    const payload = {
      ...this.#place,
      highWatermark: batch.highWatermark,
      offsetLag: batch.offsetLag(),
      offsetLagLow: batch.offsetLagLow(),
      batchSize: batch.messages.length,
      firstOffset: batch.firstOffset(),
      lastOffset: batch.lastOffset(),
    }
    this.#runner.emit('START_BATCH_PROCESS', payload)
    if (batch.isEmpty()) this.#resolve(batch.lastOffset())
    else if (options.run.eachMessage) await this.#eachMessage()
    else if (options.run.eachBatch) await this.#eachBatch()
    this.#runner.emit('END_BATCH_PROCESS', { ...payload, duration: clock.wallMs() - startMs })
    await this.#runner.autoCommitOffsets()
    if (!this.#isStale) await this.#heartbeat()
  }

  #heartbeat(): Promise<void> {
    return this.#runner.heartbeat(this.#delivery)
  }

  #pause = (): (() => void) => {
    const { topic, partition } = this.#place
    const { options } = this.#runner
    const wish = [{ topic, partitions: [partition] }]
    options.state.pause(wish)
    this.#runner.applyPauses()
    return () => {
      options.state.resume(wish)
      this.#runner.applyPauses()
    }
  }

  async #eachMessage(): Promise<void> {
    const { options } = this.#runner
    const { topic, partition } = this.#place
    const { messages } = this.#batch
    for (const [index, message] of messages.entries()) {
      if (!this.#runner.isRunning || this.#isStale) return
      await this.#callForMessage(message)
      this.#resolve(index === messages.length - 1 ? this.#batch.lastOffset() : message.offset)
      await this.#heartbeat()
      if (this.#runner.isAutomatic) await this.#runner.commitOffsetsIfNecessary()
      if (options.state.isPaused(topic, partition)) return
    }
  }

  async #callForMessage(message: KafkaMessage): Promise<void> {
    const heartbeat = (): Promise<void> => this.#heartbeat()
    try {
      await this.#runner.options.run.eachMessage?.({ ...this.#place, message, heartbeat, pause: this.#pause })
    } catch (error) {
      await this.#failed('eachMessage', message.offset, error)
    }
  }

  async #eachBatch(): Promise<void> {
    const { ledger, options } = this.#runner
    const batch = this.#batch
    try {
      await options.run.eachBatch?.({
        batch,
        resolveOffset: (offset) => {
          const isLast = Number(offset) === Number(batch.messages.at(-1)?.offset)
          // What comes after it is not for the application, and must not keep the consumer from going on.
          this.#resolve(isLast ? batch.lastOffset() : String(offset))
        },
        heartbeat: () => this.#heartbeat(),
        pause: this.#pause,
        commitOffsetsIfNecessary: (offsets) =>
          offsets ? this.#runner.commitOffsets(offsets) : this.#runner.commitOffsetsIfNecessary(),
        uncommittedOffsets: () => ({ topics: ledger.uncommitted() }),
        isRunning: () => this.#runner.isRunning,
        isStale: () => this.#isStale,
      })
    } catch (error) {
      await this.#failed('eachBatch', batch.firstOffset(), error)
    }
    if (options.run.eachBatchAutoResolve ?? true) this.#resolve(batch.lastOffset())
  }

  async #failed(handler: string, offset: string | null, thrown: unknown): Promise<never> {
    const error = errorOf(thrown)
    if (!(error instanceof KafkaJSError)) {
      const facts = { ...this.#place, offset, stack: error.stack, error }
      this.#runner.options.logger.error(`Error when calling ${handler}`, facts)
    }
    await this.#runner.autoCommitOffsets()
    throw error
  }

  /** The application has done with this offset and what is before it. */
  #resolve(offset: string): void {
    if (this.isSought) return
    const { topic, partition } = this.#place
    this.#runner.ledger.resolve(topic, partition, Number(offset) + 1)
    this.#delivery.recordDone({ offset: Number(offset) })
  }
}
