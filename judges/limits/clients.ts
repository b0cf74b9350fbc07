// Clients that take more than they may, and one that does not.
import { readdirSync, readFileSync } from 'node:fs'
import net from 'node:net'
import type { Env } from '@odradek/base'
import { BrokerConnection } from '@odradek/client'
import { encodeRecordBatch, encodeRequest } from '@odradek/kafka-protocol'
import { produceRequest, produceResponse } from '@odradek/kafka-protocol/messages/00-produce'
import { fetchRequest, fetchResponse } from '@odradek/kafka-protocol/messages/01-fetch'
import { metadataRequest, metadataResponse } from '@odradek/kafka-protocol/messages/03-metadata'
import {
  alterClientQuotasRequest,
  alterClientQuotasResponse,
} from '@odradek/kafka-protocol/messages/49-alter-client-quotas'

/** What a request took, and for how long the broker said that it would not hear its client. */
export interface Timed {
  readonly durationMs: number
  readonly throttleMs: number
  readonly bytes: number
}

/** A connection of a well-behaved client. */
export class LimitClient {
  readonly #connection: BrokerConnection

  private constructor(connection: BrokerConnection) {
    this.#connection = connection
  }

  static async connect(env: Env, bootstrap: string, clientId: string): Promise<LimitClient> {
    const [host = '', port = ''] = bootstrap.split(':')
    const options = { host, port: Number(port), clientId, requestTimeoutMs: 120_000 }
    return new LimitClient(await BrokerConnection.connect(env, options))
  }

  close(): void {
    this.#connection.close()
  }

  async produce(topic: string, sizeBytes: number): Promise<Timed> {
    const records = encodeRecordBatch({ records: [{ value: Buffer.alloc(sizeBytes, 7), timestampMs: Date.now() }] })
    return timed(async () => {
      const { throttleTimeMs } = await this.#connection.send(produceRequest, produceResponse, 9, {
        acks: 1,
        timeoutMs: 10_000,
        topicData: [{ name: topic, partitionData: [{ index: 0, records }] }],
      })
      return { throttleMs: throttleTimeMs, bytes: sizeBytes }
    })
  }

  fetch(topic: string, maxBytes: number): Promise<Timed> {
    return this.#fetch(topic, maxBytes, 0)
  }

  /** A fetch that waits for as long for a record. */
  waitForRecords(topic: string, maxWaitMs: number): Promise<Timed> {
    return this.#fetch(topic, 1024 * 1024, maxWaitMs)
  }

  #fetch(topic: string, maxBytes: number, maxWaitMs: number): Promise<Timed> {
    return timed(async () => {
      const { throttleTimeMs, responses } = await this.#connection.send(fetchRequest, fetchResponse, 12, {
        maxWaitMs,
        minBytes: maxWaitMs > 0 ? 1 : 0,
        maxBytes,
        topics: [{ topic, partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: maxBytes }] }],
      })
      const chunks = responses.flatMap(({ partitions }) => partitions.flatMap(({ records }) => records ?? []))
      return { throttleMs: throttleTimeMs, bytes: chunks.reduce((sum, { length }) => sum + length, 0) }
    })
  }

  async metadata(): Promise<Timed> {
    return timed(async () => {
      const { throttleTimeMs } = await this.#connection.send(metadataRequest, metadataResponse, 9, { topics: null })
      return { throttleMs: throttleTimeMs, bytes: 0 }
    })
  }

  /** Sets a quota, or takes it away. */
  async setQuota(entityType: string, entityName: string, key: string, value: number | undefined): Promise<void> {
    const { entries } = await this.#connection.send(alterClientQuotasRequest, alterClientQuotasResponse, 1, {
      entries: [
        { entity: [{ entityType, entityName }], ops: [{ key, value: value ?? 0, remove: value === undefined }] },
      ],
    })
    const [entry] = entries
    if (entry?.errorCode !== 0) throw new Error(`the quota was refused: ${entry?.errorMessage}`)
  }
}

async function timed(work: () => Promise<Omit<Timed, 'durationMs'>>): Promise<Timed> {
  const startMs = performance.now()
  const result = await work()
  return { ...result, durationMs: performance.now() - startMs }
}

/** A connection by a raw socket that says nothing by itself. */
export function openSocket(bootstrap: string): Promise<net.Socket> {
  const [host = '', port = ''] = bootstrap.split(':')
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host, port: Number(port) })
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.on('error', () => socket.destroy())
      resolve(socket)
    })
  })
}

/** Whether the other side closes the socket within this time. */
export function isClosedWithin(socket: net.Socket, timeoutMs: number): Promise<boolean> {
  if (socket.closed || socket.readableEnded) return Promise.resolve(true)
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), timeoutMs)
    const closed = (): void => {
      clearTimeout(timer)
      resolve(true)
    }
    socket.resume()
    socket.once('end', closed)
    socket.once('close', closed)
  })
}

/** The bytes of a Fetch that asks for much. */
export function fetchFrame(topic: string, maxBytes: number): Buffer {
  const envelope = { apiKey: 1, apiVersion: 12, correlationId: 1, clientId: 'slow' }
  return Buffer.concat(
    encodeRequest(envelope, fetchRequest, {
      maxWaitMs: 0,
      maxBytes,
      topics: [{ topic, partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: maxBytes }] }],
    }),
  )
}

/** What a process and those that it has started hold in memory. */
export function residentBytes(pid: number): number {
  const parents = new Map<number, number>()
  const resident = new Map<number, number>()
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const status = readFileSync(`/proc/${name}/status`, 'utf8')
      parents.set(Number(name), Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]))
      resident.set(Number(name), Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1024)
    } catch {
      // Gone meanwhile.
    }
  }
  const isOf = (process: number): boolean =>
    process === pid || (parents.has(process) && isOf(parents.get(process) ?? 0))
  return [...resident].reduce((sum, [process, bytes]) => (isOf(process) ? sum + bytes : sum), 0)
}
