import type { SimulatedMachine } from '@odradek/env-sim'
import { describeConfigsRequest, describeConfigsResponse } from '@odradek/kafka-protocol/messages/32-describe-configs'
import {
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
} from '@odradek/kafka-protocol/messages/44-incremental-alter-configs'
import {
  describeClientQuotasRequest,
  describeClientQuotasResponse,
} from '@odradek/kafka-protocol/messages/48-describe-client-quotas'
import {
  alterClientQuotasRequest,
  alterClientQuotasResponse,
} from '@odradek/kafka-protocol/messages/49-alter-client-quotas'
import type { SettingHistory } from '../invariants/setting-history.ts'
import type { World } from '../world.ts'
import { BrokerLink } from './broker-link.ts'

const topicResource = 2
const topicKey = 'file.delete.delay.ms'
const topicValueMin = 60_000
/** Nobody in the simulation has this client id. */
const client = 'nobody'
const quotaKey = 'producer_byte_rate'

/** As Kafka: a broker that has just started may not know the topic yet; and without a session it knows nothing to say. */
const allowedErrors = ['UNKNOWN_TOPIC_OR_PARTITION', 'UNKNOWN_SERVER_ERROR']

/** Changes the configuration of a topic and a quota again and again, and looks at each right after. */
export class SettingsAdmin {
  readonly #world: World
  readonly #topic: string
  readonly #history: SettingHistory
  readonly #link: BrokerLink
  #count = 0
  #isStopping = false

  constructor(
    world: World,
    machine: SimulatedMachine,
    options: { name: string; broker: { host: string; port: number }; topic: string; history: SettingHistory },
  ) {
    this.#world = world
    this.#topic = options.topic
    this.#history = options.history
    this.#link = new BrokerLink(world, machine, options.name, options.broker)
  }

  async run(): Promise<void> {
    while (!this.#isStopping) {
      await this.#link.pause(800)
      const isQuota = this.#link.random.chance(0.5)
      await this.#link.attempt(async () => {
        if (this.#link.random.chance(0.7)) await (isQuota ? this.#setQuota() : this.#setConfig())
        await (isQuota ? this.#lookAtQuota() : this.#lookAtConfig())
      })
    }
    this.#link.close()
  }

  stop(): void {
    this.#isStopping = true
  }

  async #setConfig(): Promise<void> {
    const value = String(topicValueMin + ++this.#count)
    this.#history.asking(topicKey, value)
    const configs = [{ name: topicKey, configOperation: 0, value }]
    const resources = [{ resourceType: topicResource, resourceName: this.#topic, configs }]
    const { responses } = await this.#link.send(incrementalAlterConfigsRequest, incrementalAlterConfigsResponse, {
      resources,
    })
    if (!this.#link.isFine(responses[0]?.errorCode ?? -1, 'IncrementalAlterConfigs', allowedErrors)) return
    this.#history.answered(topicKey, value)
    this.#world.count('settings changed')
  }

  async #lookAtConfig(): Promise<void> {
    const resources = [{ resourceType: topicResource, resourceName: this.#topic, configurationKeys: [topicKey] }]
    const { results } = await this.#link.send(describeConfigsRequest, describeConfigsResponse, { resources })
    const [result] = results
    if (!this.#link.isFine(result?.errorCode ?? -1, 'DescribeConfigs', allowedErrors)) return
    const value = result?.configs[0]?.value ?? undefined
    // The default counts as none.
    this.#history.shown(topicKey, value === String(topicValueMin) ? undefined : value)
  }

  async #setQuota(): Promise<void> {
    const value = 1000 + this.#count++
    this.#history.asking(quotaKey, String(value))
    const entity = [{ entityType: 'client-id', entityName: client }]
    const { entries } = await this.#link.send(alterClientQuotasRequest, alterClientQuotasResponse, {
      entries: [{ entity, ops: [{ key: quotaKey, value, remove: false }] }],
    })
    if (!this.#link.isFine(entries[0]?.errorCode ?? -1, 'AlterClientQuotas', allowedErrors)) return
    this.#history.answered(quotaKey, String(value))
    this.#world.count('quotas changed')
  }

  async #lookAtQuota(): Promise<void> {
    const components = [{ entityType: 'client-id', matchType: 0, match: client }]
    const answer = await this.#link.send(describeClientQuotasRequest, describeClientQuotasResponse, { components })
    if (!this.#link.isFine(answer.errorCode, 'DescribeClientQuotas', allowedErrors)) return
    const value = answer.entries?.[0]?.values[0]?.value
    this.#history.shown(quotaKey, value === undefined ? undefined : String(value))
  }
}
