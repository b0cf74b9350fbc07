import { KafkaError } from '@odradek/kafka-protocol'
import { quotaEntityOf, quotaEntityPath } from '../core/quota/quota-entity.ts'
import type { ScramChange } from '../core/security/scram-changes.ts'
import { scramIterationsOf, scramMechanisms } from '../core/security/scram-credential.ts'
import { configEntitiesPath, decodeConfigEntity } from '../znodes/config-entity.ts'
import { changeConfig } from './config-writer.ts'
import { unless } from './ensure-znodes.ts'
import type { ZooKeeperSession } from './zookeeper-session.ts'

/** A credential, without what proves its password. */
export interface StoredScramCredential {
  /** Of the mechanism: see `scramMechanisms`. */
  readonly mechanism: number
  readonly iterations: number
}

const pathOf = (user: string): string => quotaEntityPath(new Map([['user', user]]))

/** SCRAM credentials as they lie in ZooKeeper below /config/users, beside the users' quotas. Nothing of them is kept in memory. */
export class ScramStore {
  readonly #session: ZooKeeperSession

  constructor(session: ZooKeeperSession) {
    this.#session = session
  }

  /** A user's credentials; none for a user who is not known. Throws `ZnodeError` or `KafkaError` when they cannot be read. */
  async credentialsOf(user: string): Promise<StoredScramCredential[]> {
    const path = `/config/${pathOf(user)}`
    const result = await this.#session.run((client) => unless(client.getData(path), 'NO_NODE'))
    const config = decodeConfigEntity(path, result?.data ?? null)
    return scramMechanisms.flatMap(({ type, name }) => {
      const text = config.get(name)
      if (text === undefined) return []
      const iterations = scramIterationsOf(text)
      if (iterations === undefined) {
        throw new KafkaError('UNKNOWN_SERVER_ERROR', `What stands in ${path} for ${name} is no SCRAM credential.`)
      }
      return [{ mechanism: type, iterations }]
    })
  }

  /** All users of whom something is known, sorted by name; some may have quotas and no credentials. */
  async users(): Promise<string[]> {
    const listed = await this.#session.run((client) =>
      unless(client.getChildren(configEntitiesPath('users')), 'NO_NODE'),
    )
    const names = (listed?.children ?? []).map((child) => quotaEntityOf(`users/${child}`)?.get('user'))
    return names.filter((name) => typeof name === 'string').sort()
  }

  /** Changes a user's credentials. Resolves to the path below /config that is to be announced. Rejects when one is to go that is not there. */
  async change(user: string, change: ScramChange): Promise<string> {
    const path = pathOf(user)
    await changeConfig(this.#session, path, (config) => {
      for (const [mechanism, text] of change) {
        if (text !== null) config.set(mechanism, text)
        else if (!config.delete(mechanism)) {
          throw new KafkaError('RESOURCE_NOT_FOUND', 'Attempt to delete a user credential that does not exist')
        }
      }
    })
    return path
  }
}
