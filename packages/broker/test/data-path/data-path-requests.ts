import type { BrokerConnection } from '@odradek/client'
import { batchesOf, encodeRecordBatch } from '@odradek/kafka-protocol'
import type { Input } from '@odradek/kafka-protocol'
import { produceRequest, produceResponse } from '@odradek/kafka-protocol/messages/00-produce'
import type { ProduceResponse } from '@odradek/kafka-protocol/messages/00-produce'
import { fetchRequest, fetchResponse } from '@odradek/kafka-protocol/messages/01-fetch'
import type { FetchRequest, FetchResponse } from '@odradek/kafka-protocol/messages/01-fetch'
import type { DataPathWorld } from './data-path-world.ts'
import { topicIdOf } from './data-path-world.ts'

/** A batch with these texts as values. */
export function batchOf(texts: readonly string[], timestampMs = 1000): Buffer {
  return encodeRecordBatch({ records: texts.map((text) => ({ value: Buffer.from(text), timestampMs })) })
}

interface RecordText {
  readonly key: Buffer | null
  readonly value: Buffer | null
}

/** One text per record; its value by default. */
export function textsIn(
  records: Buffer | null,
  textOf: (record: RecordText) => string = ({ value }) => String(value),
): string[] {
  const texts: string[] = []
  for (const batch of batchesOf(records ?? Buffer.alloc(0)))
    for (const record of batch.records()) texts.push(textOf(record))
  return texts
}

type PartitionAnswer = ProduceResponse['responses'][number]['partitionResponses'][number]

/** Produces to one partition, the first by default. */
export async function produce(
  connection: BrokerConnection,
  topic: string,
  texts: readonly string[],
  { acks = -1, timeoutMs = 5000, partition = 0 }: { acks?: number; timeoutMs?: number; partition?: number },
): Promise<PartitionAnswer> {
  const response = await connection.send(produceRequest, produceResponse, 9, {
    acks,
    timeoutMs,
    topicData: [{ name: topic, partitionData: [{ index: partition, records: batchOf(texts) }] }],
  })
  return response.responses[0]?.partitionResponses[0] as PartitionAnswer
}

export interface FetchWish {
  readonly offset?: bigint
  readonly partition?: number
  readonly replicaId?: number
  readonly decode?: (records: Buffer | null) => string[]
  readonly request?: Input<FetchRequest>
  readonly version?: number
}

/** A fetch request for one partition. */
export function fetchOf(topic: string, wish: FetchWish = {}): Input<FetchRequest> {
  const { offset = 0n, partition = 0, version = 12, replicaId = -1 } = wish
  return {
    maxWaitMs: 0,
    minBytes: 1,
    maxBytes: 1024 * 1024,
    ...(version >= 15 ? { replicaState: { replicaId, replicaEpoch: -1n } } : { replicaId }),
    topics: [
      {
        ...(version >= 13 ? { topicId: topicIdOf(topic) } : { topic }),
        partitions: [{ partition, fetchOffset: offset, partitionMaxBytes: 1024 * 1024 }],
      },
    ],
    ...wish.request,
  }
}

/** The whole answer to a fetch. */
export function fetch(world: DataPathWorld, topic: string, wish: FetchWish = {}): Promise<FetchResponse> {
  return world.ask(fetchRequest, fetchResponse, wish.version ?? 12, fetchOf(topic, wish))
}

/** The texts that one fetch of one partition gives. */
export async function fetchAll(world: DataPathWorld, topic: string, wish: FetchWish = {}): Promise<string[]> {
  const response = await fetch(world, topic, wish)
  const records = response.responses[0]?.partitions[0]?.records ?? null
  return (wish.decode ?? textsIn)(records)
}
