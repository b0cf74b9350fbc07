import type { Random } from '@odradek/base'
import type { FieldInput } from '@odradek/kafka-protocol'
import { ClientError } from '../client-error.ts'
import type { MetadataCache, TopicMetadata } from '../cluster/metadata-cache.ts'
import type { Accumulator } from './accumulate/accumulator.ts'
import type { PartitionQueue } from './accumulate/partition-queue.ts'
import type { PendingRecord } from './pending-record.ts'
import { defaultPartitioner } from './partition/partitioner.ts'
import type { Partitioner } from './partition/partitioner.ts'
import { StickyPartition } from './partition/sticky-partition.ts'
import type { PartitionLoad } from './partition/sticky-partition.ts'
import type { ProducerConfig } from './producer-keys.ts'

/** What a producer knows of one topic: its partitions' queues, and whose turn it is among them. */
export class TopicState {
  readonly name: string
  /** Records that wait for the topic's metadata. */
  readonly waiting: PendingRecord[] = []
  lastUsedMs = 0
  readonly #metadata: MetadataCache
  readonly #accumulator: Accumulator
  readonly #partitioner: Partitioner
  readonly #ignoresKeys: boolean
  readonly #sticky: StickyPartition
  readonly #queues: PartitionQueue[] = []
  #version = -1
  #topic: TopicMetadata | undefined
  #available: readonly number[] = []

  constructor(name: string, config: ProducerConfig, metadata: MetadataCache, accumulator: Accumulator, random: Random) {
    this.name = name
    this.#metadata = metadata
    this.#accumulator = accumulator
    this.#partitioner = config['partitioner.class']
    this.#ignoresKeys = config['partitioner.ignore.keys']
    const isAdaptive = config['partitioner.adaptive.partitioning.enable']
    this.#sticky = new StickyPartition(random, config['batch.size'], isAdaptive)
  }

  /** Whether the partitions are known; what is known is as new as the cache. */
  get isKnown(): boolean {
    if (this.#version !== this.#metadata.version) this.#update()
    return this.#topic !== undefined && this.#topic.partitions.length > 0
  }

  #update(): void {
    this.#version = this.#metadata.version
    const topic = this.#metadata.topic(this.name)
    // What goes wrong with a topic for a while does not make its partitions unknown.
    if (topic?.errorCode === 0 || topic === undefined) this.#topic = topic
    const partitions = this.#topic?.partitions ?? []
    const available = partitions.filter(({ leaderId }) => leaderId >= 0)
    this.#available = (available.length === 0 ? partitions : available).map(({ partition }) => partition)
  }

  /** Nothing of it is waiting or under way. */
  get isIdle(): boolean {
    return this.waiting.length === 0 && this.#queues.every((queue) => queue.isEmpty)
  }

  /** The queue of the partition that the record goes to. Throws `ClientError` INVALID_ARGUMENT for one that does not exist. */
  queueFor(partition: number | undefined, key: FieldInput, value: FieldInput, sizeBytesMax: number): PartitionQueue {
    const partitionCount = this.isKnown ? (this.#topic?.partitions.length ?? 0) : 0
    const chosen = partition ?? this.#choose(key, value, partitionCount, sizeBytesMax)
    if (!Number.isInteger(chosen) || chosen < 0 || chosen >= partitionCount) {
      const why = `the topic ${this.name} has partitions 0 to ${partitionCount - 1}`
      throw new ClientError('INVALID_ARGUMENT', `there is no partition ${chosen}: ${why}`)
    }
    for (let index = this.#queues.length; index <= chosen; index++) {
      this.#queues.push(this.#accumulator.queueOf(this.name, index))
    }
    return this.#queues[chosen] as PartitionQueue
  }

  #choose(key: FieldInput, value: FieldInput, partitionCount: number, sizeBytesMax: number): number {
    const partitionerKey = this.#ignoresKeys ? null : key
    const isLeftToSticky = partitionerKey === null && this.#partitioner === defaultPartitioner
    const chosen = isLeftToSticky
      ? undefined
      : this.#partitioner({
          topic: this.name,
          key: partitionerKey,
          value,
          partitionCount,
          availablePartitions: this.#available,
        })
    return chosen ?? this.#stickyFor(sizeBytesMax)
  }

  #stickyFor(sizeBytesMax: number): number {
    let sticky = this.#sticky.settled
    if (sticky < 0) {
      sticky = this.#sticky.current(
        (current) => this.#queues[current]?.isAtBatchEnd(sizeBytesMax) ?? true,
        () => this.#loads(),
      )
    }
    this.#sticky.produced(sizeBytesMax)
    return sticky
  }

  #loads(): PartitionLoad[] {
    return this.#available.map((partition) => ({ partition, queuedBatches: this.#queues[partition]?.queuedCount ?? 0 }))
  }
}
