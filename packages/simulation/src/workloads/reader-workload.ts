import type { SimulatedMachine } from '@odradek/env-sim'
import { batchesOf, ErrorCode } from '@odradek/kafka-protocol'
import { fetchRequest, fetchResponse } from '@odradek/kafka-protocol/messages/01-fetch'
import { listOffsetsRequest, listOffsetsResponse } from '@odradek/kafka-protocol/messages/02-list-offsets'
import type { PartitionHistory } from '../invariants/partition-history.ts'
import type { World } from '../world.ts'
import { BrokerLink } from './broker-link.ts'

const latest = -1n
const maxWaitMs = 200

/** Reads all partitions of a topic from their starts on, forever, without a group, and hands what it gets to the histories. */
export class ReaderWorkload {
  readonly #world: World
  readonly #topic: string
  readonly #histories: readonly PartitionHistory[]
  readonly #link: BrokerLink
  readonly #positions: number[]
  #isStopping = false

  constructor(
    world: World,
    machine: SimulatedMachine,
    options: {
      name: string
      broker: { host: string; port: number }
      topic: string
      histories: readonly PartitionHistory[]
    },
  ) {
    this.#world = world
    this.#topic = options.topic
    this.#histories = options.histories
    this.#link = new BrokerLink(world, machine, options.name, options.broker)
    this.#positions = options.histories.map(() => 0)
  }

  async run(): Promise<void> {
    while (!this.#isStopping) {
      await this.#link.attempt(() => this.#fetch())
      await this.#link.pause(200)
    }
  }

  stop(): void {
    this.#isStopping = true
  }

  /** Reads to the ends, which must hold all that was acknowledged. Called when nobody writes any more. */
  async readToEnd(): Promise<void> {
    for (const partition of this.#histories.keys()) {
      const end = await this.#endOf(partition)
      while ((this.#positions[partition] ?? 0) < end) {
        await this.#link.attempt(() => this.#fetch())
        await this.#link.pause(20)
      }
    }
    this.#link.close()
  }

  async #endOf(partition: number): Promise<number> {
    const history = this.#histories[partition] as PartitionHistory
    for (;;) {
      let end = -1
      await this.#link.attempt(async () => {
        const { acknowledgedEnd } = history
        const topics = [{ name: this.#topic, partitions: [{ partitionIndex: partition, timestamp: latest }] }]
        const answer = await this.#link.send(
          listOffsetsRequest,
          listOffsetsResponse,
          { replicaId: -1, topics },
          { max: 7 },
        )
        const result = answer.topics[0]?.partitions[0]
        if (result === undefined || !this.#link.isFine(result.errorCode, 'ListOffsets')) return
        end = Number(result.offset)
        history.end(end, acknowledgedEnd)
      })
      if (end >= 0) return end
      await this.#link.pause(200)
    }
  }

  async #fetch(): Promise<void> {
    const partitionMaxBytes = this.#link.random.chance(0.3) ? 1 + this.#link.random.integer(2_000) : 100_000
    const partitions = this.#positions.map((position, partition) => ({
      partition,
      fetchOffset: BigInt(position),
      partitionMaxBytes,
    }))
    const request = { maxWaitMs, minBytes: 1, topics: [{ topic: this.#topic, partitions }] }
    const answer = await this.#link.send(fetchRequest, fetchResponse, request, { max: 12 })
    if (!this.#link.isFine(answer.errorCode, 'Fetch')) return
    let hasFailed = false
    for (const { partitionIndex, errorCode, records } of answer.responses.flatMap((topic) => topic.partitions)) {
      if (errorCode === ErrorCode.OFFSET_OUT_OF_RANGE) {
        this.#histories[partitionIndex]?.outOfRange(this.#positions[partitionIndex] ?? 0)
      }
      if (!this.#link.isFine(errorCode, 'Fetch')) hasFailed = true
      else if (records !== null) this.#take(partitionIndex, records)
    }
    if (hasFailed) await this.#link.pause(200)
  }

  #take(partition: number, records: Buffer): void {
    const history = this.#histories[partition] as PartitionHistory
    for (const batch of batchesOf(records)) {
      if (!batch.isCrcValid()) history.corrupt(`the batch at ${batch.baseOffset} is served damaged`)
      for (const { offset, value } of batch.records()) {
        const position = this.#positions[partition] ?? 0
        // A batch is served whole, also when its first records are not asked for.
        if (offset < position) continue
        history.follow(position, offset)
        history.serve(offset, value?.toString() ?? '')
        this.#positions[partition] = offset + 1
        this.#world.count('records served')
      }
    }
  }
}
