import type { Env, Logger } from '@odradek/base'
import {
  configEntitiesPath,
  configEntityPath,
  decodeConfigEntity,
  encodeConfigEntity,
} from '../znodes/config-entity.ts'
import { ZnodeError } from '../znodes/znode-error.ts'
import { ensureZnode, unless } from './ensure-znodes.ts'
import type { ZooKeeperSession } from './zookeeper-session.ts'

/** Types of entities whose configuration is nobody's but their own: groups (KIP-848) and subscriptions to clients' metrics (KIP-714). */
export type OwnConfigType = 'groups' | 'client-metrics'

const types: readonly OwnConfigType[] = ['groups', 'client-metrics']

/** The configurations of groups and of subscriptions to clients' metrics, as they lie in ZooKeeper below /config. */
export class EntityConfigs {
  readonly #log: Logger
  readonly #session: ZooKeeperSession
  readonly #configs = new Map<OwnConfigType, Map<string, ReadonlyMap<string, string>>>(
    types.map((type) => [type, new Map()]),
  )
  readonly #listeners = new Set<(type: OwnConfigType, name: string) => void>()

  constructor(env: Env, session: ZooKeeperSession) {
    this.#log = env.log.child('entity-configs')
    this.#session = session
  }

  /** What is set for an entity; nothing for one that has no configuration. */
  overridesOf(type: OwnConfigType, name: string): ReadonlyMap<string, string> {
    return this.#configs.get(type)?.get(name) ?? none
  }

  /** The entities that have a configuration. */
  all(type: OwnConfigType): ReadonlyMap<string, ReadonlyMap<string, string>> {
    return this.#configs.get(type) ?? new Map()
  }

  /** Calls `listener` when what is set for an entity has changed. */
  onChange(listener: (type: OwnConfigType, name: string) => void): void {
    this.#listeners.add(listener)
  }

  /** Reads all that is set. */
  async loadAll(): Promise<void> {
    for (const type of types) {
      const listed = await this.#session.run((client) =>
        unless(client.getChildren(configEntitiesPath(type)), 'NO_NODE'),
      )
      await Promise.all((listed?.children ?? []).map((child) => this.reload(`${type}/${child}`)))
    }
  }

  /** What lies at this path below /config may have changed. Paths of other types are left alone. */
  async reload(entityPath: string): Promise<void> {
    const slash = entityPath.indexOf('/')
    const type = types.find((candidate) => candidate === entityPath.slice(0, slash))
    if (type === undefined) return
    const sanitized = entityPath.slice(slash + 1)
    const path = configEntityPath(type, sanitized)
    const result = await this.#session.run((client) => unless(client.getData(path), 'NO_NODE'))
    try {
      this.#set(type, decodeURIComponent(sanitized), decodeConfigEntity(path, result?.data ?? null))
    } catch (error) {
      if (!(error instanceof ZnodeError) && !(error instanceof URIError)) throw error
      this.#log.error('A configuration cannot be read; the one before it stays', { path, error })
    }
  }

  #set(type: OwnConfigType, name: string, config: ReadonlyMap<string, string>): void {
    const configs = this.#configs.get(type)
    if (config.size === 0) configs?.delete(name)
    else configs?.set(name, config)
    for (const listener of this.#listeners) listener(type, name)
  }

  /** Sets all that an entity has, here at once. Resolves to its path below /config, which is to be announced to the other brokers. */
  async write(type: OwnConfigType, name: string, config: ReadonlyMap<string, string>): Promise<string> {
    const sanitized = sanitize(name)
    const path = configEntityPath(type, sanitized)
    await this.#session.run(async (client) => {
      await ensureZnode(client, configEntitiesPath(type), Buffer.alloc(0))
      await ensureZnode(client, path, encodeConfigEntity(new Map()))
      if (config.size === 0) await unless(client.delete(path), 'NO_NODE')
      else await client.setData(path, encodeConfigEntity(config))
    })
    this.#set(type, name, config)
    return `${type}/${sanitized}`
  }
}

const none: ReadonlyMap<string, string> = new Map()

/** As it stands in a path: Kafka encodes what a znode's name may not hold as a URL does. */
function sanitize(name: string): string {
  if (name === '.' || name === '..') return name.replaceAll('.', '%2E')
  return encodeURIComponent(name).replaceAll('*', '%2A')
}
