import { encodeRecordBatch, ErrorCode } from '@odradek/kafka-protocol'
import type { RecordBatchInput } from '@odradek/kafka-protocol'
import { produceRequest, produceResponse } from '@odradek/kafka-protocol/messages/00-produce'
import type { ClientWorld } from './client-world.ts'

/** Appends a batch as it is given, and resolves with its first offset: what a test of consumers needs of a producer. */
export async function writeBatch(
  world: ClientWorld,
  { topic, partition }: { readonly topic: string; readonly partition: number },
  batch: RecordBatchInput | Buffer,
): Promise<number> {
  const cluster = world.cluster()
  const write = (): Promise<number> =>
    cluster.retry({ timeoutMs: 60_000, onRetry: () => cluster.requestUpdate() }, async () => {
      await cluster.loadTopics([topic], { timeoutMs: 30_000 })
      const link = cluster.links.get(cluster.metadata.partition(topic, partition)?.leaderId ?? -1)
      if (link === undefined) throw new Error(`${topic}-${partition} has no leader`)
      const records = Buffer.isBuffer(batch) ? batch : encodeRecordBatch(batch)
      const answer = await link.send(
        produceRequest,
        produceResponse,
        {
          acks: -1,
          timeoutMs: 30_000,
          topicData: [{ name: topic, partitionData: [{ index: partition, records }] }],
        },
        { maxVersion: 9 },
      )
      const [result] = answer.responses[0]?.partitionResponses ?? []
      if (result?.errorCode !== ErrorCode.NONE) throw new Error(`${result?.errorCode}: ${result?.errorMessage}`)
      return Number(result.baseOffset)
    })
  try {
    return await world.run(write())
  } finally {
    cluster.close()
  }
}

/** Records with these values, and keys where they are given as `key=value`. */
export function writeValues(
  world: ClientWorld,
  place: { readonly topic: string; readonly partition: number },
  values: readonly string[],
): Promise<number> {
  const timestampMs = world.env.clock.wallMs()
  const records = values.map((text) => {
    const [key, value] = text.includes('=') ? (text.split('=') as [string, string]) : [null, text]
    return { timestampMs, key: key === null ? null : Buffer.from(key), value: Buffer.from(value) }
  })
  return writeBatch(world, place, { records })
}
