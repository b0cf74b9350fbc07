import type { Env, Logger } from '@odradek/base'
import type { LogConfig } from '@odradek/storage'
import { logConfigOf } from '../config/log-config-of.ts'
import { resolveTopicConfig } from '../config/resolve-topic-config.ts'
import type { TopicConfig } from '../config/topic-keys.ts'
import { configEntitiesPath, configEntityPath, decodeConfigEntity } from '../znodes/config-entity.ts'
import { ZnodeError } from '../znodes/znode-error.ts'
import { unless } from './ensure-znodes.ts'
import type { ZooKeeperSession } from './zookeeper-session.ts'

/**
 * The configuration of topics: their own values, read from ZooKeeper, over the broker's. What was read stays until a change is announced.
 * A topic must be loaded before its log is opened.
 */
export class TopicConfigs {
  readonly #log: Logger
  readonly #session: ZooKeeperSession
  readonly #brokerTexts: () => ReadonlyMap<string, string>
  readonly #overrides = new Map<string, ReadonlyMap<string, string>>()
  readonly #resolved = new Map<string, TopicConfig>()
  readonly #listeners = new Set<(topic: string) => void>()

  constructor(env: Env, session: ZooKeeperSession, brokerTexts: () => ReadonlyMap<string, string>) {
    this.#log = env.log.child('topic-configs')
    this.#session = session
    this.#brokerTexts = brokerTexts
  }

  /** The topic's own values; none for a topic that has none or was not loaded. */
  overridesOf(topic: string): ReadonlyMap<string, string> {
    return this.#overrides.get(topic) ?? new Map()
  }

  /** The whole configuration of a topic. */
  configOf(topic: string): TopicConfig {
    let config = this.#resolved.get(topic)
    if (config === undefined) {
      config = resolveTopicConfig(this.overridesOf(topic), this.#brokerTexts())
      this.#resolved.set(topic, config)
    }
    return config
  }

  logConfigOf(topic: string): LogConfig {
    return logConfigOf(this.configOf(topic), this.#brokerTexts())
  }

  /** Calls `listener` with the name of a topic whose configuration has changed. */
  onChange(listener: (topic: string) => void): void {
    this.#listeners.add(listener)
  }

  /** Reads the values of all topics that have some. */
  async loadAll(): Promise<void> {
    const listed = await this.#session.run((client) =>
      unless(client.getChildren(configEntitiesPath('topics')), 'NO_NODE'),
    )
    await this.ensureLoaded(listed?.children ?? [])
  }

  /** Reads the values of those topics that were not read yet. */
  async ensureLoaded(topics: readonly string[]): Promise<void> {
    await Promise.all(topics.filter((topic) => !this.#overrides.has(topic)).map((topic) => this.#read(topic)))
  }

  /** The topic's values may have changed in ZooKeeper. Nobody is told of a topic that this broker has not asked about. */
  async reload(topic: string): Promise<void> {
    const before = this.#overrides.get(topic)
    if (before === undefined) return
    await this.#read(topic)
    if (!sameValues(before, this.overridesOf(topic))) for (const listener of this.#listeners) listener(topic)
  }

  /** The topic is gone; another of the same name must not inherit from it. */
  forget(topic: string): void {
    this.#overrides.delete(topic)
    this.#resolved.delete(topic)
  }

  /** The broker's own values, which topics inherit, have changed. */
  onBrokerConfigChanged(): void {
    this.#resolved.clear()
  }

  async #read(topic: string): Promise<void> {
    const path = configEntityPath('topics', topic)
    const result = await this.#session.run((client) => unless(client.getData(path), 'NO_NODE'))
    try {
      this.#overrides.set(topic, decodeConfigEntity(path, result?.data ?? null))
    } catch (error) {
      if (!(error instanceof ZnodeError)) throw error
      this.#log.error('The configuration of a topic cannot be read; it gets the defaults', { topic, error })
      this.#overrides.set(topic, new Map())
    }
    this.#resolved.delete(topic)
  }
}

function sameValues(left: ReadonlyMap<string, string>, right: ReadonlyMap<string, string>): boolean {
  return left.size === right.size && [...left].every(([name, value]) => right.get(name) === value)
}
