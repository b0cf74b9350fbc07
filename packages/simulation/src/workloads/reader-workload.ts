import type { SimulatedMachine } from '@odradek/env-sim'
import { batchesOf, ErrorCode } from '@odradek/kafka-protocol'
import { fetchRequest, fetchResponse } from '@odradek/kafka-protocol/messages/01-fetch'
import { listOffsetsRequest, listOffsetsResponse } from '@odradek/kafka-protocol/messages/02-list-offsets'
import type { PartitionHistory } from '../invariants/partition-history.ts'
import type { World } from '../world.ts'
import { BrokerLink } from './broker-link.ts'

const latest = -1n
const maxWaitMs = 200

export interface ReaderOptions {
  readonly name: string
  readonly broker: { readonly host: string; readonly port: number }
  readonly topic: string
  readonly histories: readonly PartitionHistory[]
  /** Names partitions again only where something changed (KIP-227). */
  readonly usesSession: boolean
}

/** No session yet: epoch 0 asks for one, -1 for none. */
const sessionless = { id: 0, epoch: -1 }
const sessionWanted = { id: 0, epoch: 0 }

/** Reads all partitions of a topic from their starts on, forever, without a group, and hands what it gets to the histories. */
export class ReaderWorkload {
  readonly #world: World
  readonly #topic: string
  readonly #histories: readonly PartitionHistory[]
  readonly #link: BrokerLink
  readonly #positions: number[]
  readonly #usesSession: boolean
  #session: { readonly id: number; readonly epoch: number }
  /** What the broker's session knows. */
  readonly #sentPositions = new Map<number, number>()
  #isStopping = false

  constructor(world: World, machine: SimulatedMachine, options: ReaderOptions) {
    this.#world = world
    this.#topic = options.topic
    this.#histories = options.histories
    this.#link = new BrokerLink(world, machine, options.name, options.broker)
    this.#usesSession = options.usesSession
    this.#session = options.usesSession ? sessionWanted : sessionless
    this.#positions = options.histories.map(() => 0)
  }

  async run(): Promise<void> {
    while (!this.#isStopping) {
      if (!(await this.#link.attempt(() => this.#fetch()))) this.#dropSession()
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
        if (!(await this.#link.attempt(() => this.#fetch()))) this.#dropSession()
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
    const { id, epoch } = this.#session
    const isFull = epoch <= 0
    const partitions = [...this.#positions.entries()]
      .filter(([partition, position]) => isFull || this.#sentPositions.get(partition) !== position)
      .map(([partition, position]) => ({
        partition,
        fetchOffset: BigInt(position),
        partitionMaxBytes: this.#sizeBytesMax(),
      }))
    for (const { partition, fetchOffset } of partitions) this.#sentPositions.set(partition, Number(fetchOffset))
    const topics = partitions.length === 0 ? [] : [{ topic: this.#topic, partitions }]
    const request = { maxWaitMs, minBytes: 1, sessionId: id, sessionEpoch: epoch, topics }
    const versions = { min: this.#usesSession ? 7 : 4, max: 12 }
    const answer = await this.#link.send(fetchRequest, fetchResponse, request, versions)
    if (!this.#link.isFine(answer.errorCode, 'Fetch')) return this.#dropSession()
    if (this.#usesSession) this.#session = { id: answer.sessionId, epoch: answer.sessionId === 0 ? 0 : epoch + 1 }
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

  #dropSession(): void {
    if (this.#usesSession) this.#session = sessionWanted
  }

  /** Now and then less than a batch. */
  #sizeBytesMax(): number {
    return this.#link.random.chance(0.3) ? 1 + this.#link.random.integer(2_000) : 100_000
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
