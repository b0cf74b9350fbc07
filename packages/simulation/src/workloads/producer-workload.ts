import type { BrokerConnection } from '@odradek/client'
import type { SimulatedMachine } from '@odradek/env-sim'
import { encodeRecordBatch, ErrorCode } from '@odradek/kafka-protocol'
import { produceRequest, produceResponse } from '@odradek/kafka-protocol/messages/00-produce'
import { initProducerIdRequest, initProducerIdResponse } from '@odradek/kafka-protocol/messages/22-init-producer-id'
import type { PartitionHistory } from '../invariants/partition-history.ts'
import type { World } from '../world.ts'
import { BrokerLink } from './broker-link.ts'

const batchRecordsMax = 4
const valueBytesMax = 2_500
const inFlightMax = 4
const orderName = 'an idempotent producer that repeats what was not answered is never out of order'
// Not zstd, which older versions of Produce and Fetch refuse.
const compressions = ['none', 'none', 'gzip', 'lz4', 'snappy'] as const

export interface ProducerOptions {
  readonly name: string
  readonly broker: { readonly host: string; readonly port: number }
  readonly topic: string
  readonly histories: readonly PartitionHistory[]
  /** True: with sequence numbers, repeated until it is answered. False: sent once, whatever happens. */
  readonly isIdempotent: boolean
}

interface Batch {
  readonly values: readonly string[]
  readonly baseSequence: number
}

type Outcome = 'acknowledged' | 'outOfOrder' | 'unknown'

interface ProducerIdentity {
  readonly producerId: number
  readonly producerEpoch: number
}

/** Sends values that occur only once, one partition after the other, several requests at a time. */
export class ProducerWorkload {
  readonly #world: World
  readonly #options: ProducerOptions
  readonly #link: BrokerLink
  readonly #pauseMsMax: number
  #identity: ProducerIdentity | undefined
  readonly #sequences: number[]
  /** Partitions where a batch of this producer was acknowledged. */
  readonly #isKnown: boolean[] = []
  #count = 0
  #isStopping = false

  constructor(world: World, machine: SimulatedMachine, options: ProducerOptions) {
    this.#world = world
    this.#options = options
    this.#link = new BrokerLink(world, machine, options.name, options.broker)
    this.#pauseMsMax = this.#link.random.between(200, 600)
    this.#sequences = options.histories.map(() => 0)
  }

  /** Until `stop`; what an idempotent producer has begun to send is acknowledged when it resolves. */
  async run(): Promise<void> {
    while (!this.#isStopping) {
      await this.#link.pause(this.#pauseMsMax)
      if (this.#options.isIdempotent && this.#identity === undefined) {
        await this.#link.attempt(() => this.#identify())
        continue
      }
      await this.#sendBatches(this.#link.random.integer(this.#options.histories.length))
    }
    this.#link.close()
  }

  stop(): void {
    this.#isStopping = true
  }

  async #identify(): Promise<void> {
    const value = { transactionalId: null, transactionTimeoutMs: 60_000 }
    const answer = await this.#link.send(initProducerIdRequest, initProducerIdResponse, value, { max: 4 })
    if (!this.#link.isFine(answer.errorCode, 'InitProducerId')) return
    this.#identity = { producerId: Number(answer.producerId), producerEpoch: answer.producerEpoch }
  }

  async #sendBatches(partition: number): Promise<void> {
    const { name, isIdempotent } = this.#options
    // As in Kafka, a broker that knows nothing of a producer takes any sequence, so the first batch must arrive before others.
    const count = this.#isKnown[partition] === true || !isIdempotent ? 1 + this.#link.random.integer(inFlightMax) : 1
    let batches = Array.from({ length: count }, () => this.#newBatch(partition))
    for (;;) {
      const answers = await this.#sendAll(partition, batches)
      if (answers[0] === 'outOfOrder')
        this.#world.violate(orderName, `${name}, partition ${partition}: the next batch was refused`)
      const unanswered = batches.filter((_, index) => answers[index] !== 'acknowledged')
      if (!isIdempotent || unanswered.length === 0) return
      batches = unanswered
      await this.#link.pause(200)
    }
  }

  /** On one connection, so that none can overtake another. */
  async #sendAll(partition: number, batches: readonly Batch[]): Promise<readonly Outcome[]> {
    let answers: readonly Outcome[] = []
    await this.#link.attempt(async () => {
      const connection = await this.#link.connect()
      const encoded = batches.map((batch) => ({ batch, records: this.#encode(batch) }))
      const sent = encoded.map(({ batch, records }) => this.#sendOne(connection, partition, batch, records))
      answers = await Promise.all(sent)
    })
    return answers
  }

  #newBatch(partition: number): Batch {
    const { name, histories } = this.#options
    const count = 1 + this.#link.random.integer(batchRecordsMax)
    const values = Array.from({ length: count }, () => {
      const padding = this.#link.random.integer(valueBytesMax)
      return `${name} ${++this.#count} ${this.#link.random.bytes(padding).toString('hex')}`
    })
    for (const value of values) histories[partition]?.attempt(value)
    const baseSequence = this.#sequences[partition] ?? 0
    this.#sequences[partition] = baseSequence + count
    return { values, baseSequence }
  }

  #encode({ values, baseSequence }: Batch): Buffer {
    const timestampMs = this.#link.machine.env.clock.wallMs()
    return encodeRecordBatch({
      records: values.map((value) => ({ timestampMs, value: Buffer.from(value) })),
      compression: this.#link.random.pick(compressions),
      ...(this.#identity === undefined ? {} : { ...this.#identity, baseSequence }),
    })
  }

  /** Whether the broker has the batch for sure. */
  async #sendOne(connection: BrokerConnection, partition: number, batch: Batch, records: Buffer): Promise<Outcome> {
    const { topic, histories, isIdempotent } = this.#options
    let outcome: Outcome = 'unknown'
    await this.#link.attempt(async () => {
      const acks = isIdempotent || this.#link.random.chance(0.5) ? -1 : 1
      const topicData = [{ name: topic, partitionData: [{ index: partition, records }] }]
      const answer = await this.#link.sendOn(
        connection,
        produceRequest,
        produceResponse,
        { acks, timeoutMs: 3_000, topicData },
        { max: 12 },
      )
      const result = answer.responses[0]?.partitionResponses[0]
      if (result === undefined)
        return this.#world.violate('only expected errors', 'an answer to Produce without the partition')
      // One behind another that was refused is out of order and comes again behind it.
      const allowed = isIdempotent ? ['OUT_OF_ORDER_SEQUENCE_NUMBER', 'DUPLICATE_SEQUENCE_NUMBER'] : []
      const isDuplicate = result.errorCode === ErrorCode.DUPLICATE_SEQUENCE_NUMBER
      if (result.errorCode === ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER) outcome = 'outOfOrder'
      if (!this.#link.isFine(result.errorCode, 'Produce', allowed) && !isDuplicate) return
      outcome = 'acknowledged'
      this.#isKnown[partition] = true
      this.#world.count('batches acknowledged')
      histories[partition]?.acknowledge(isDuplicate ? -1 : Number(result.baseOffset), batch.values)
    })
    return outcome
  }
}
