import type { Env, Logger } from '@odradek/base'
import type { ClientQuotas } from '../core/quota/client-quotas.ts'
import { quotaEntityOf, quotaEntityPath } from '../core/quota/quota-entity.ts'
import type { QuotaEntity } from '../core/quota/quota-entity.ts'
import { decodeConfigEntity } from '../znodes/config-entity.ts'
import { ZnodeError } from '../znodes/znode-error.ts'
import { changeConfig } from './config-writer.ts'
import { unless } from './ensure-znodes.ts'
import type { ZooKeeperSession } from './zookeeper-session.ts'

/** Every key whose value is a quota; what else a user has there (credentials) is none of this. */
const valuePattern =
  /^(?:producer_byte_rate|consumer_byte_rate|request_percentage|controller_mutation_rate|connection_creation_rate)$/

/** Quotas as they lie in ZooKeeper, below /config/users, /config/clients and /config/ips. */
export class QuotaStore {
  readonly #log: Logger
  readonly #session: ZooKeeperSession
  readonly #quotas: ClientQuotas

  constructor(env: Env, session: ZooKeeperSession, quotas: ClientQuotas) {
    this.#log = env.log.child('quotas')
    this.#session = session
    this.#quotas = quotas
  }

  /** Reads all that is set. */
  async loadAll(): Promise<void> {
    const [users, clients, ips] = await Promise.all(['users', 'clients', 'ips'].map((type) => this.#pathsBelow(type)))
    const ofUsers = await Promise.all((users ?? []).map((path) => this.#pathsBelow(`${path}/clients`)))
    const paths = [...(users ?? []), ...(clients ?? []), ...(ips ?? []), ...ofUsers.flat()]
    await Promise.all(paths.map((path) => this.reload(path)))
  }

  async #pathsBelow(path: string): Promise<string[]> {
    const listed = await this.#session.run((client) => unless(client.getChildren(`/config/${path}`), 'NO_NODE'))
    return (listed?.children ?? []).map((name) => `${path}/${name}`)
  }

  /** What lies at this path below /config may have changed. Other paths than quotas' are left alone. */
  async reload(path: string): Promise<void> {
    if (quotaEntityOf(path) === undefined) return
    const result = await this.#session.run((client) => unless(client.getData(`/config/${path}`), 'NO_NODE'))
    try {
      const texts = [...decodeConfigEntity(`/config/${path}`, result?.data ?? null)]
      const values = texts.filter(([key, text]) => valuePattern.test(key) && Number.isFinite(Number.parseFloat(text)))
      this.#quotas.set(path, new Map(values.map(([key, text]) => [key, Number.parseFloat(text)])))
    } catch (error) {
      if (!(error instanceof ZnodeError)) throw error
      this.#log.error('A quota cannot be read; the one before it stays', { path, error })
    }
  }

  /**
   * Sets and takes away values of an entity; a null takes a value away. Resolves to the path below /config that is to be announced: what
   * is enforced changes when it was.
   */
  async change(entity: QuotaEntity, changes: ReadonlyMap<string, string | null>): Promise<string> {
    const path = quotaEntityPath(entity)
    await changeConfig(this.#session, path, (config) => {
      for (const [key, text] of changes) {
        if (text === null) config.delete(key)
        else config.set(key, text)
      }
    })
    return path
  }
}
