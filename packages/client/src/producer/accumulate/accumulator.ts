// Steps 4 and 5 of 5, the part that decides: batches of all partitions, their memory, and which of them make the next requests.
import { BufferPool } from '@odradek/base'
import type { BuilderHeader, Compression, FieldInput } from '@odradek/kafka-protocol'
import { recordSizeBytesMax } from '@odradek/kafka-protocol'
import { PartitionQueue } from './partition-queue.ts'
import type { BatchRules } from './partition-queue.ts'
import type { ProducerBatch } from './producer-batch.ts'
import type { ProducerIdentity } from './producer-identity.ts'

export interface AccumulatorOptions {
  readonly batchSizeBytes: number
  readonly lingerMs: number
  readonly memoryBytesMax: number
  readonly requestBytesMax: number
  readonly compression: Compression
  readonly compressionLevel: number | undefined
  /** Undefined: batches carry no sequence numbers. */
  readonly identity: ProducerIdentity | undefined
}

/** One request that is to be sent. */
export interface ProduceWork {
  readonly brokerId: number
  /** At most one of a partition. */
  readonly batches: readonly ProducerBatch[]
}

/** What `collect` asks about the cluster. */
export interface Routes {
  /** -1 when the partition has none that is known. */
  leaderOf(queue: PartitionQueue): number
  /** How many more requests may be under way to a broker. */
  capacityOf(brokerId: number): number
  /** Whether batches of the partition may be sent now: within a transaction, it has to be part of that first. */
  isOpen(queue: PartitionQueue): boolean
}

const inFlightMaxWithSequences = 5
/** Bytes of header and names that come on top of the batches. */
const requestOverheadBytes = 1024
const plainToBatchMax = 16
/** Of buffer.memory, for batches to come. */
const pooledShareMax = 0.25
/** Text has at most three bytes for each of its units. */
const utf8BytesMax = 3

/** All batches of a producer. Pure: records and the time come in, requests go out. */
export class Accumulator {
  readonly #options: AccumulatorOptions
  readonly #rules: BatchRules
  readonly #busy = new Set<PartitionQueue>()
  readonly #queues = new Map<string, PartitionQueue[]>()
  /** Bytes of all records that are not settled. */
  memoryBytes = 0
  /** While above 0, nothing lingers: somebody waits for all to be sent. */
  hurried = 0
  /** Whether the last `collect` met a partition without a leader. */
  hasUnknownLeader = false
  /** When `collect` has to be called again though nothing happened; Infinity for never. */
  nextWakeMs = Infinity
  #compressionRatio = 1
  /** Of batches that are closed from now on. */
  compression: Compression

  constructor(options: AccumulatorOptions) {
    this.#options = options
    this.compression = options.compression
    this.#rules = {
      batchSizeBytes: options.batchSizeBytes,
      lingerMs: options.lingerMs,
      inFlightMax: options.identity === undefined ? Infinity : inFlightMaxWithSequences,
      identity: options.identity,
      close: (batch) => this.#close(batch),
      pool: new BufferPool({ freeBytesMax: Math.floor(options.memoryBytesMax * pooledShareMax) }),
    }
  }

  /**
   * The queue of a partition. With sequence numbers it is the same one for as long as the producer lives, also when the topic was forgotten in between: were they to begin
   * again at 0, the broker would take a new record for one that it has.
   */
  queueOf(topic: string, partition: number): PartitionQueue {
    if (this.#options.identity === undefined) return new PartitionQueue(topic, partition, this.#rules)
    let queues = this.#queues.get(topic)
    if (queues === undefined) this.#queues.set(topic, (queues = []))
    return (queues[partition] ??= new PartitionQueue(topic, partition, this.#rules))
  }

  /** Partitions with anything to do. */
  get busyQueues(): ReadonlySet<PartitionQueue> {
    return this.#busy
  }

  get isEmpty(): boolean {
    return this.#busy.size === 0
  }

  /** An upper bound of what a record takes: cheap and rough, or exact once that matters. */
  sizeBytesMaxOf(key: FieldInput, value: FieldInput, headers: readonly BuilderHeader[]): number {
    const rough = roughSizeBytes(key) + roughSizeBytes(value) + 21
    if (headers.length > 0 || rough * 4 > this.#options.batchSizeBytes) return recordSizeBytesMax(key, value, headers)
    return rough
  }

  /** Whether there is memory for a record of this size. */
  hasRoom(sizeBytesMax: number): boolean {
    return this.memoryBytes === 0 || this.memoryBytes + sizeBytesMax <= this.#options.memoryBytesMax
  }

  /** Adds a record and returns the batch that it is in; it is the last of that. */
  append(
    queue: PartitionQueue,
    nowMs: number,
    timestampMs: number,
    key: FieldInput,
    value: FieldInput,
    headers: readonly BuilderHeader[],
    sizeBytesMax: number,
  ): ProducerBatch {
    const { batchSizeBytes } = this.#options
    const plainBytesMax = Math.min(batchSizeBytes * plainToBatchMax, batchSizeBytes / this.#compressionRatio)
    const wasEmpty = queue.isEmpty
    const batch = queue.append(nowMs, timestampMs, key, value, headers, sizeBytesMax, plainBytesMax)
    this.memoryBytes += batch.memoryBytes - batch.countedBytes
    batch.countedBytes = batch.memoryBytes
    if (wasEmpty) this.#busy.add(queue)
    return batch
  }

  #close(batch: ProducerBatch): void {
    const { compression } = this
    const { compressionLevel } = this.#options
    const plainBytes = batch.builder.sizeBytes
    batch.builder.close(compression, compressionLevel)
    if (compression !== 'none') {
      const ratio = batch.builder.sizeBytes / plainBytes
      this.#compressionRatio = Math.max(0.02, this.#compressionRatio * 0.75 + Math.min(1, ratio) * 0.25)
    }
  }

  /** The requests that can be sent now. The batches in them are under way from here on. */
  collect(nowMs: number, routes: Routes): ProduceWork[] {
    this.hasUnknownLeader = false
    this.nextWakeMs = Infinity
    const byBroker = new Map<number, PartitionQueue[]>()
    const isHurried = this.hurried > 0
    for (const queue of this.#busy) {
      const readyAtMs = queue.readyAtMs(isHurried)
      if (readyAtMs > nowMs) {
        if (readyAtMs < this.nextWakeMs) this.nextWakeMs = readyAtMs
        continue
      }
      if (!routes.isOpen(queue)) continue
      const leaderId = routes.leaderOf(queue)
      if (leaderId < 0) this.hasUnknownLeader = true
      else {
        const queues = byBroker.get(leaderId)
        if (queues === undefined) byBroker.set(leaderId, [queue])
        else queues.push(queue)
      }
    }
    const works: ProduceWork[] = []
    for (const [brokerId, queues] of byBroker) this.#collectFor(brokerId, queues, nowMs, routes, works)
    return works
  }

  #collectFor(brokerId: number, queues: PartitionQueue[], nowMs: number, routes: Routes, works: ProduceWork[]): void {
    let waiting = queues
    for (let capacity = routes.capacityOf(brokerId); capacity > 0 && waiting.length > 0; capacity--) {
      const left: PartitionQueue[] = []
      const batches = this.#fillRequest(brokerId, waiting, nowMs, left)
      if (batches.length === 0) return
      works.push({ brokerId, batches })
      waiting = left
    }
  }

  #fillRequest(
    brokerId: number,
    queues: readonly PartitionQueue[],
    nowMs: number,
    left: PartitionQueue[],
  ): ProducerBatch[] {
    const isHurried = this.hurried > 0
    const batches: ProducerBatch[] = []
    let sizeBytes = requestOverheadBytes
    for (const queue of queues) {
      if (batches.length > 0 && sizeBytes + queue.nextSizeBytes > this.#options.requestBytesMax) {
        left.push(queue)
        continue
      }
      const batch = queue.takeNext(nowMs, brokerId, isHurried)
      if (batch === undefined) continue
      sizeBytes += batch.builder.sizeBytes
      batches.push(batch)
      // Behind the others next time: a busy partition does not hold up the rest.
      this.#busy.delete(queue)
      this.#busy.add(queue)
      if (queue.readyAtMs(isHurried) <= nowMs) left.push(queue)
    }
    return batches
  }

  /** Takes a batch out of the books, after its queue has let go of it. */
  release(queue: PartitionQueue, batch: ProducerBatch): void {
    this.memoryBytes -= batch.countedBytes
    batch.countedBytes = 0
    if (queue.isEmpty) this.#busy.delete(queue)
  }

  /** Takes in the parts of a batch that was split. */
  adopt(parts: readonly ProducerBatch[]): void {
    for (const part of parts) {
      this.memoryBytes += part.memoryBytes
      part.countedBytes = part.memoryBytes
    }
  }
}

function roughSizeBytes(field: FieldInput): number {
  if (field === null || field === undefined) return 0
  return typeof field === 'string' ? field.length * utf8BytesMax : field.length
}
