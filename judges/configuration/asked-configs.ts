// What a broker says of its configuration, and of changes to it, as text that can be compared with another broker's.
import type { Env } from '@odradek/base'
import { BrokerConnection } from '@odradek/client'
import { errorOf } from '@odradek/kafka-protocol'
import { createTopicsRequest, createTopicsResponse } from '@odradek/kafka-protocol/messages/19-create-topics'
import { describeConfigsRequest, describeConfigsResponse } from '@odradek/kafka-protocol/messages/32-describe-configs'
import {
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
} from '@odradek/kafka-protocol/messages/44-incremental-alter-configs'
import { pause } from '../lib/poll-until.ts'

export const topicType = 2
export const brokerType = 4
export const loggerType = 8

/** name, operation (0 set, 1 delete, 2 append, 3 subtract), value. */
export type Change = readonly [name: string, operation: number, value: string | null]

export interface Alteration {
  readonly type: number
  readonly name: string
  readonly changes: readonly Change[]
  readonly validateOnly?: boolean
}

/** One broker that is asked. */
export class AskedConfigs {
  readonly #connection: BrokerConnection

  private constructor(connection: BrokerConnection) {
    this.#connection = connection
  }

  static async connect(env: Env, bootstrap: string): Promise<AskedConfigs> {
    const [host = '', port = ''] = bootstrap.split(':')
    return new AskedConfigs(await BrokerConnection.connect(env, { host, port: Number(port), clientId: 'judge' }))
  }

  close(): void {
    this.#connection.close()
  }

  async createTopic(name: string): Promise<void> {
    const topics = [{ name, numPartitions: 1, replicationFactor: 1 }]
    await this.#connection.send(createTopicsRequest, createTopicsResponse, 5, { topics, timeoutMs: 10_000 })
    await pause(1000)
  }

  /** Every key on a line of its own: name, value, source, flags, type, synonyms. */
  async describe(resourceType: number, resourceName: string): Promise<Map<string, string>> {
    const { results } = await this.#connection.send(describeConfigsRequest, describeConfigsResponse, 4, {
      resources: [{ resourceType, resourceName, configurationKeys: null }],
      includeSynonyms: true,
    })
    const lines = new Map<string, string>()
    for (const { errorCode, errorMessage, configs } of results) {
      if (errorCode !== 0) lines.set('error', `${errorOf(errorCode).name}: ${errorMessage}`)
      for (const config of configs) {
        const synonyms = config.synonyms.map(({ name, value, source }) => `${name}=${value}@${source}`).join(' ')
        const flags = `${config.readOnly ? ' read-only' : ''}${config.isSensitive ? ' sensitive' : ''}`
        lines.set(
          config.name,
          `${config.value} @${config.configSource}${flags} type ${config.configType} [${synonyms}]`,
        )
      }
    }
    return lines
  }

  /** NONE, or the error and its message. */
  async alter({ type, name, changes, validateOnly = false }: Alteration): Promise<string> {
    const configs = changes.map(([key, configOperation, value]) => ({ name: key, configOperation, value }))
    const { responses } = await this.#connection.send(
      incrementalAlterConfigsRequest,
      incrementalAlterConfigsResponse,
      1,
      {
        resources: [{ resourceType: type, resourceName: name, configs }],
        validateOnly,
      },
    )
    await pause(300)
    return responses
      .map(({ errorCode, errorMessage }) => (errorCode === 0 ? 'NONE' : `${errorOf(errorCode).name}: ${errorMessage}`))
      .join()
  }
}
