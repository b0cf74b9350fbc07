// One of the two brokers: asks it any request in any version, and tells what came of it.
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { ByteReader, ByteWriter } from '@odradek/base'
import type { Env } from '@odradek/base'
import { BrokerConnection } from '@odradek/client'
import { apiNameOf } from '@odradek/kafka-protocol'
import type { Message } from '@odradek/kafka-protocol'
import { metadataRequest, metadataResponse } from '@odradek/kafka-protocol/messages/03-metadata'
import { offsetFetchRequest, offsetFetchResponse } from '@odradek/kafka-protocol/messages/09-offset-fetch'
import { findCoordinatorRequest, findCoordinatorResponse } from '@odradek/kafka-protocol/messages/10-find-coordinator'
import { apiVersionsRequest, apiVersionsResponse } from '@odradek/kafka-protocol/messages/18-api-versions'
import { createTopicsRequest, createTopicsResponse } from '@odradek/kafka-protocol/messages/19-create-topics'
import { initProducerIdRequest, initProducerIdResponse } from '@odradek/kafka-protocol/messages/22-init-producer-id'
import { root } from '../lib/folders.ts'
import { pollUntil } from '../lib/poll-until.ts'
import type { Target } from '../lib/target.ts'
import type { Names, Value } from './cases.ts'
import { topics } from './cases.ts'

export interface Api {
  readonly name: string
  readonly request: Message<Value>
  readonly response: Message<Value>
}

/** What a broker makes of a request: its answer, or what happened instead. */
export type Reaction = Value | 'no answer' | 'disconnected'

const folder = path.join(root, 'packages', 'kafka-protocol', 'src', 'messages')
/** Answers come at once; what waits longer, waits for something. */
const patienceMs = 5000
const setupPatienceMs = 30_000

/** The messages of an API, if this program has them. */
export async function apiOf(apiKey: number): Promise<Api | undefined> {
  const prefix = `${String(apiKey).padStart(2, '0')}-`
  for (const file of readdirSync(folder).filter((name) => name.startsWith(prefix))) {
    const module = (await import(path.join(folder, file))) as Readonly<Record<string, Message<Value>>>
    const messages = Object.values(module).filter((each) => each.apiKey === apiKey)
    const request = messages.find(({ kind }) => kind === 'request')
    const response = messages.find(({ kind }) => kind === 'response')
    if (request !== undefined && response !== undefined) return { name: apiNameOf(apiKey) ?? file, request, response }
  }
  return undefined
}

export class Side {
  readonly target: Target
  readonly #env: Env
  #connection: BrokerConnection | undefined
  readonly #topicIds = new Map<string, string>()
  readonly #topicNames = new Map<string, string>()
  readonly #versions = new Map<number, readonly [number, number]>()

  private constructor(env: Env, target: Target) {
    this.#env = env
    this.target = target
  }

  static async open(env: Env, target: Target): Promise<Side> {
    const side = new Side(env, target)
    const connection = await side.#connect(setupPatienceMs)
    const { apiKeys } = await connection.send(apiVersionsRequest, apiVersionsResponse, 0, {})
    for (const { apiKey, minVersion, maxVersion } of apiKeys) side.#versions.set(apiKey, [minVersion, maxVersion])
    const wanted = topics.map(({ name, partitions, configs }) => {
      const entries = Object.entries({ ...configs, 'retention.ms': '-1' }).map(([key, value]) => ({
        name: key,
        value: String(value),
      }))
      return { name, numPartitions: partitions, replicationFactor: 1, configs: entries }
    })
    await connection.send(createTopicsRequest, createTopicsResponse, 5, { topics: wanted, timeoutMs: 10_000 })
    await pollUntil('the topics are there', 10_000, async () => {
      await side.learnTopics()
      return topics.every(({ name }) => side.#topicIds.has(name)) ? true : undefined
    })
    await pollUntil('groups have their coordinator, producers their ids', 30_000, async () => {
      const groups = Array.from({ length: 20 }, (_, index) => ({ groupId: `g${index}`, topics: null }))
      const { groups: answers } = await connection.send(offsetFetchRequest, offsetFetchResponse, 8, { groups })
      const { errorCode } = await connection.send(initProducerIdRequest, initProducerIdResponse, 1, {
        transactionalId: null,
        transactionTimeoutMs: 1000,
      })
      if (errorCode === 0 && answers.every((answer) => answer.errorCode === 0)) return true
      await connection.send(findCoordinatorRequest, findCoordinatorResponse, 2, { key: 'a' })
      return undefined
    })
    side.close()
    return side
  }

  /** The versions that it says it answers. */
  versionsOf(apiKey: number): readonly [from: number, to: number] {
    return this.#versions.get(apiKey) ?? [0, -1]
  }

  get versions(): ReadonlyMap<number, readonly [from: number, to: number]> {
    return this.#versions
  }

  names(serial: number): Names {
    return {
      topicId: (topic) => this.#topicIds.get(topic) ?? 'AAAAAAAAAAAAAAAAAAAAAQ',
      logDir: this.target.logDir,
      serial,
    }
  }

  topicName(id: string): string | undefined {
    return this.#topicNames.get(id)
  }

  /** Reads which id each topic has. */
  async learnTopics(): Promise<void> {
    const connection = await this.#connect()
    const metadata = await connection.send(metadataRequest, metadataResponse, 10, { topics: null })
    for (const { name, topicId } of metadata.topics) {
      if (name === null) continue
      this.#topicIds.set(name, topicId)
      this.#topicNames.set(topicId, name)
    }
  }

  /** Throws `EncodeError` when this version cannot say it. */
  async ask({ request, response }: Api, version: number, value: Value): Promise<Reaction> {
    const trial = new ByteWriter()
    request.encode(trial, value, version)
    const connection = await this.#connect()
    try {
      return await connection.send(request, response, version, value)
    } catch (error) {
      this.#connection = undefined
      return String(error).includes('no answer to') ? 'no answer' : 'disconnected'
    }
  }

  close(): void {
    this.#connection?.close()
    this.#connection = undefined
  }

  async #connect(requestTimeoutMs = patienceMs): Promise<BrokerConnection> {
    if (this.#connection?.isOpen === true) return this.#connection
    const [host = '', port = ''] = this.target.bootstrap.split(':')
    const options = { host, port: Number(port), clientId: 'judge', requestTimeoutMs }
    this.#connection = await BrokerConnection.connect(this.#env, options)
    return this.#connection
  }
}

/** A value as this version carries it, with all defaults filled in. */
export function completed({ request }: Api, version: number, value: Value): Value {
  const writer = new ByteWriter()
  request.encode(writer, value, version)
  return request.decode(
    new ByteReader(writer.finish().reduce((all, part) => Buffer.concat([all, part]), Buffer.alloc(0))),
    version,
  )
}
