import { BrokerConnection } from '@odradek/client'
import { createNodeEnv } from '@odradek/env-node'
import { encodeRecordBatch } from '@odradek/kafka-protocol'
import { produceRequest, produceResponse } from '@odradek/kafka-protocol/messages/00-produce'

/** The last version before brokers add partitions to transactions by themselves. */
const produceVersion = 9

/** Writes to partition 0, at its leader, a record of a transaction that no coordinator knows, as a producer did that was left over from a broker's bug (KIP-664, KIP-890). */
export async function hangTransaction(host: string, port: number, topic: string): Promise<void> {
  const env = createNodeEnv({ log: { level: 'error' } })
  const connection = await BrokerConnection.connect(env, { host, port, clientId: 'judge' })
  try {
    const records = encodeRecordBatch({
      records: [{ value: Buffer.from('held up'), timestampMs: Date.now() }],
      producerId: 4242,
      producerEpoch: 0,
      baseSequence: 0,
      isTransactional: true,
    })
    const answer = await connection.send(produceRequest, produceResponse, produceVersion, {
      transactionalId: 'left-over',
      acks: -1,
      timeoutMs: 10_000,
      topicData: [{ name: topic, partitionData: [{ index: 0, records }] }],
    })
    const [partition] = answer.responses[0]?.partitionResponses ?? []
    if (partition?.errorCode !== 0) throw new Error(`the record was refused: ${partition?.errorCode}`)
  } finally {
    connection.close()
  }
}
