// A connection that writes and reads single records and asks where a log begins and ends.
import type { Env } from '@odradek/base'
import { BrokerConnection } from '@odradek/client'
import { batchesOf, encodeRecordBatch, ErrorCode, errorOf } from '@odradek/kafka-protocol'
import { produceRequest, produceResponse } from '@odradek/kafka-protocol/messages/00-produce'
import { fetchRequest, fetchResponse } from '@odradek/kafka-protocol/messages/01-fetch'
import { listOffsetsRequest, listOffsetsResponse } from '@odradek/kafka-protocol/messages/02-list-offsets'
import { createTopicsRequest, createTopicsResponse } from '@odradek/kafka-protocol/messages/19-create-topics'
import { deleteRecordsRequest, deleteRecordsResponse } from '@odradek/kafka-protocol/messages/21-delete-records'
import {
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
} from '@odradek/kafka-protocol/messages/44-incremental-alter-configs'
import { pollUntil } from '../lib/poll-until.ts'

/** Its value begins with its number. */
export interface NumberedRecord {
  readonly number: number
  readonly valueBytes: number
  readonly timestampMs?: number
}

const earliest = -2n
const latest = -1n
const topicType = 2

export class LogClient {
  readonly #connection: BrokerConnection

  private constructor(connection: BrokerConnection) {
    this.#connection = connection
  }

  static async connect(env: Env, bootstrap: string): Promise<LogClient> {
    const [host = '', port = ''] = bootstrap.split(':')
    const options = { host, port: Number(port), clientId: 'log-files', requestTimeoutMs: 60_000 }
    return new LogClient(await BrokerConnection.connect(env, options))
  }

  close(): void {
    this.#connection.close()
  }

  /** Of one partition; resolves when it is served. */
  async createTopic(name: string, configs: Readonly<Record<string, string>>): Promise<void> {
    const topic = {
      name,
      numPartitions: 1,
      replicationFactor: 1,
      configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
    }
    const options = { topics: [topic], timeoutMs: 10_000 }
    // A broker that has just started may not know itself yet.
    await pollUntil(`${name} is made`, 30_000, async () => {
      const { topics } = await this.#connection.send(createTopicsRequest, createTopicsResponse, 5, options)
      const [answer] = topics
      if (answer?.errorCode === ErrorCode.INVALID_REPLICATION_FACTOR) return undefined
      mustBeNone(answer?.errorCode)
      return true
    })
    await pollUntil(`${name} is served`, 30_000, async () => ((await this.endOffset(name)) === 0 ? true : undefined))
  }

  async setTopicConfig(topic: string, name: string, value: string): Promise<void> {
    const { responses } = await this.#connection.send(
      incrementalAlterConfigsRequest,
      incrementalAlterConfigsResponse,
      1,
      {
        resources: [{ resourceType: topicType, resourceName: topic, configs: [{ name, configOperation: 0, value }] }],
        validateOnly: false,
      },
    )
    mustBeNone(responses[0]?.errorCode)
  }

  async produce(topic: string, { number, valueBytes, timestampMs = Date.now() }: NumberedRecord): Promise<void> {
    const value = Buffer.alloc(valueBytes)
    value.writeInt32BE(number)
    const { responses } = await this.#connection.send(produceRequest, produceResponse, 9, {
      acks: -1,
      timeoutMs: 30_000,
      topicData: [
        {
          name: topic,
          partitionData: [{ index: 0, records: encodeRecordBatch({ records: [{ value, timestampMs }] }) }],
        },
      ],
    })
    mustBeNone(responses[0]?.partitionResponses[0]?.errorCode)
  }

  /** The first record that a fetch of this offset gives. */
  async recordAt(
    topic: string,
    offset: number,
    maxBytes: number,
  ): Promise<{ offset: number; number: number; valueBytes: number }> {
    const { responses } = await this.#connection.send(fetchRequest, fetchResponse, 12, {
      maxWaitMs: 1000,
      minBytes: 1,
      maxBytes,
      topics: [{ topic, partitions: [{ partition: 0, fetchOffset: BigInt(offset), partitionMaxBytes: maxBytes }] }],
    })
    const partition = responses[0]?.partitions[0]
    mustBeNone(partition?.errorCode)
    const records = [...batchesOf(partition?.records ?? Buffer.alloc(0))].flatMap((batch) => [...batch.records()])
    const record = records.find((each) => each.offset >= offset)
    if (record === undefined) throw new Error(`nothing at offset ${offset} of ${topic}`)
    const value = record.value ?? Buffer.alloc(4)
    return { offset: record.offset, number: value.readInt32BE(), valueBytes: value.length }
  }

  startOffset(topic: string): Promise<number> {
    return this.#offset(topic, earliest)
  }

  endOffset(topic: string): Promise<number> {
    return this.#offset(topic, latest)
  }

  /** The first offset whose record is of this time or later. */
  offsetAt(topic: string, timestampMs: number): Promise<number> {
    return this.#offset(topic, BigInt(timestampMs))
  }

  /** -1 while the partition is not served. */
  async #offset(topic: string, timestamp: bigint): Promise<number> {
    const { topics } = await this.#connection.send(listOffsetsRequest, listOffsetsResponse, 7, {
      replicaId: -1,
      topics: [{ name: topic, partitions: [{ partitionIndex: 0, timestamp }] }],
    })
    return Number(topics[0]?.partitions[0]?.offset ?? -1)
  }

  /** Returns where the log begins then. */
  async deleteRecords(topic: string, beforeOffset: number): Promise<number> {
    const { topics } = await this.#connection.send(deleteRecordsRequest, deleteRecordsResponse, 2, {
      topics: [{ name: topic, partitions: [{ partitionIndex: 0, offset: BigInt(beforeOffset) }] }],
      timeoutMs: 10_000,
    })
    const partition = topics[0]?.partitions[0]
    mustBeNone(partition?.errorCode)
    return Number(partition?.lowWatermark)
  }
}

function mustBeNone(errorCode = -1): void {
  if (errorCode !== 0) throw new Error(errorOf(errorCode).name)
}
