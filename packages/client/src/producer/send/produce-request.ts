// Step 5 of 5, the bytes: a Produce request of batches, and its answer as one result per batch.
import { zeroUuid } from '@odradek/kafka-protocol'
import type { Input } from '@odradek/kafka-protocol'
import type { ProduceRequest, ProduceResponse } from '@odradek/kafka-protocol/messages/00-produce'
import type { BrokerNode, LeaderChange, MetadataCache } from '../../cluster/metadata-cache.ts'
import type { ProducerBatch } from '../accumulate/producer-batch.ts'
import { saturated } from '../../int64.ts'

/** Topic ids instead of names. */
const topicIdVersion = 13

export interface ProduceRequestOptions {
  readonly acks: number
  readonly timeoutMs: number
  readonly transactionalId: string | null
}

/** What the broker says of one batch. */
export interface BatchResult {
  readonly batch: ProducerBatch
  readonly errorCode: number
  readonly errorMessage: string | null
  readonly baseOffset: number
  readonly appendTimeMs: number
  readonly logStartOffset: number
  readonly currentLeader: { readonly leaderId: number; readonly leaderEpoch: number }
}

/** A Produce request under way. */
export class ProduceExchange {
  readonly #topics = new Map<string, ProducerBatch[]>()
  readonly #ids = new Map<string, string>()
  readonly #options: ProduceRequestOptions
  readonly batches: readonly ProducerBatch[]

  constructor(batches: readonly ProducerBatch[], metadata: MetadataCache, options: ProduceRequestOptions) {
    this.batches = batches
    this.#options = options
    for (const batch of batches) {
      const { topic } = batch.queue
      const others = this.#topics.get(topic)
      if (others !== undefined) others.push(batch)
      else {
        this.#topics.set(topic, [batch])
        this.#ids.set(topic, metadata.topic(topic)?.id ?? zeroUuid)
      }
    }
  }

  /** Brokers before Kafka 2.8 have no topic ids, and then neither has the request. */
  get versionMax(): number {
    return [...this.#ids.values()].includes(zeroUuid) ? topicIdVersion - 1 : topicIdVersion
  }

  request(version: number): Input<ProduceRequest> {
    const { acks, timeoutMs, transactionalId } = this.#options
    const topicData = [...this.#topics].map(([name, batches]) => ({
      ...(version >= topicIdVersion ? { topicId: this.#ids.get(name) } : { name }),
      partitionData: batches.map((batch) => ({
        index: batch.queue.partition,
        records: batch.seal(transactionalId !== null),
      })),
    }))
    return { transactionalId, acks, timeoutMs, topicData }
  }

  /** The results in the answer. A batch that it does not mention is in none of them. */
  results(response: ProduceResponse): BatchResult[] {
    const results: BatchResult[] = []
    for (const topic of response.responses) {
      const batches = this.#topics.get(this.#nameOf(topic)) ?? []
      for (const result of topic.partitionResponses) {
        const { index, errorCode, errorMessage, currentLeader } = result
        const batch = batches.find(({ queue }) => queue.partition === index)
        if (batch === undefined) continue
        const appendTimeMs = saturated(result.logAppendTimeMs)
        const recordError = result.recordErrors.find((each) => each.batchIndexErrorMessage !== null)
        const message = errorMessage ?? recordError?.batchIndexErrorMessage ?? null
        results.push({
          batch,
          errorCode,
          errorMessage: message,
          baseOffset: saturated(result.baseOffset),
          appendTimeMs,
          logStartOffset: Number(result.logStartOffset),
          currentLeader,
        })
      }
    }
    return results
  }

  #nameOf({ name, topicId }: { readonly name: string; readonly topicId: string }): string {
    if (topicId === zeroUuid) return name
    for (const [topic, id] of this.#ids) if (id === topicId) return topic
    return name
  }
}

/** The leaders that an answer tells (KIP-951), and where they are. */
export function leadersIn(response: ProduceResponse, results: readonly BatchResult[]): [LeaderChange[], BrokerNode[]] {
  const changes = results
    .filter(({ errorCode, currentLeader }) => errorCode !== 0 && currentLeader.leaderId >= 0)
    .map(({ batch, currentLeader }) => ({
      topic: batch.queue.topic,
      partition: batch.queue.partition,
      ...currentLeader,
    }))
  const brokers = response.nodeEndpoints.map(({ nodeId, host, port, rack }) => ({ id: nodeId, host, port, rack }))
  return [changes, brokers]
}
