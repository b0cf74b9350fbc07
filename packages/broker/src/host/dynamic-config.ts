import type { Env, Logger } from '@odradek/base'
import type { BrokerConfig } from '../config/broker-config.ts'
import { ConfigError } from '../config/config-error.ts'
import type { BrokerConfigTexts } from '../config/broker-config-texts.ts'
import { brokerKeyBehind, effectiveBrokerTexts } from '../config/broker-config-texts.ts'
import { dynamicKeyFault } from '../config/dynamic-broker-config.ts'
import { parseBrokerConfig } from '../config/parse-broker-config.ts'
import { configEntityPath, decodeConfigEntity, DEFAULT_ENTITY } from '../znodes/config-entity.ts'
import { ZnodeError } from '../znodes/znode-error.ts'
import { unless } from './ensure-znodes.ts'
import type { ZooKeeperSession } from './zookeeper-session.ts'

/**
 * The broker's configuration as it is now: server.properties, over it what is set for all brokers, over that what is set for this one.
 * What others set in ZooKeeper and this broker cannot take is left out with an error in the log.
 */
export class DynamicConfig {
  readonly #log: Logger
  readonly #session: ZooKeeperSession
  readonly #static: BrokerConfig
  readonly #listeners = new Set<() => void>()
  #current: BrokerConfig
  #dynamicDefault: ReadonlyMap<string, string> = new Map()
  #dynamicBroker: ReadonlyMap<string, string> = new Map()

  constructor(env: Env, session: ZooKeeperSession, config: BrokerConfig) {
    this.#log = env.log.child('config')
    this.#session = session
    this.#static = config
    this.#current = config
  }

  get current(): BrokerConfig {
    return this.#current
  }

  get texts(): BrokerConfigTexts {
    return {
      staticBroker: this.#static.originals,
      dynamicDefault: this.#dynamicDefault,
      dynamicBroker: this.#dynamicBroker,
    }
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener)
  }

  /** Reads what is set in ZooKeeper, at the start and whenever it has changed. */
  async reload(brokerId: number): Promise<void> {
    const [forAll, forThis] = await Promise.all([this.#read(DEFAULT_ENTITY), this.#read(String(brokerId))])
    const before = JSON.stringify([...this.#dynamicDefault, ...this.#dynamicBroker])
    this.#dynamicDefault = this.#usable(forAll, false)
    this.#dynamicBroker = this.#usable(forThis, true)
    if (JSON.stringify([...this.#dynamicDefault, ...this.#dynamicBroker]) === before) return
    try {
      this.#current = { ...parseBrokerConfig(effectiveBrokerTexts(this.texts)), originals: this.#static.originals }
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      this.#log.error('The dynamic configuration contradicts itself; the one before it stays', { error })
      return
    }
    for (const listener of this.#listeners) listener()
  }

  async #read(entity: string): Promise<Map<string, string>> {
    const path = configEntityPath('brokers', entity)
    const result = await this.#session.run((client) => unless(client.getData(path), 'NO_NODE'))
    try {
      return decodeConfigEntity(path, result?.data ?? null)
    } catch (error) {
      if (!(error instanceof ZnodeError)) throw error
      this.#log.error(error.message)
      return new Map()
    }
  }

  /** Drops keys that cannot change while the broker runs, and values that are none. */
  #usable(config: ReadonlyMap<string, string>, isPerBroker: boolean): Map<string, string> {
    return new Map(
      [...config].filter(([name, text]) => {
        try {
          const fault = dynamicKeyFault(name, isPerBroker)
          if (fault !== undefined) throw new ConfigError('INVALID_VALUE', `${name}: ${fault}`)
          brokerKeyBehind(name)?.parse(text)
          return true
        } catch (error) {
          if (!(error instanceof ConfigError)) throw error
          this.#log.error(
            `A dynamic value for ${isPerBroker ? 'this broker' : 'all brokers'} is left out: ${error.message}`,
          )
          return false
        }
      }),
    )
  }
}
