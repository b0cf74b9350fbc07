import type { Env, Logger } from '@odradek/base'
import { ZooKeeperError } from '@odradek/zookeeper-client'
import { configChangeNumber, configChangePath, configChangesPath, decodeConfigChange } from '../znodes/config-change.ts'
import { ZnodeError } from '../znodes/znode-error.ts'
import { unless } from './ensure-znodes.ts'
import type { SessionListener, ZooKeeperSession } from './zookeeper-session.ts'

/** Notifications are removed by whoever sees them after this time. */
const EXPIRY_MS = 15 * 60 * 1000

/**
 * Follows /config/changes: whoever changes a configuration leaves a numbered notification there, and every broker reads again what it names.
 */
export class ConfigChangeFeed implements SessionListener {
  readonly #env: Env
  readonly #log: Logger
  readonly #session: ZooKeeperSession
  readonly #onChange: (entityPath: string) => Promise<void>
  #lastNumber = -1
  #isReading = false
  #isDirty = false
  #isClosed = false

  /** `onChange` gets the path below /config of what has changed, e.g. `topics/t1`. */
  constructor(env: Env, session: ZooKeeperSession, onChange: (entityPath: string) => Promise<void>) {
    this.#env = env
    this.#log = env.log.child('config-changes')
    this.#session = session
    this.#onChange = onChange
  }

  /** Reads what is there and watches for more. */
  async start(): Promise<void> {
    await this.#read()
  }

  close(): void {
    this.#isClosed = true
  }

  onSessionLost(): void {}

  /** The watch went with the old session. */
  onSessionEstablished(): void {
    this.#readSoon()
  }

  /** One function for all watches: the client counts the same one on the same path once. */
  readonly #readSoon = (): void => {
    if (this.#isClosed) return
    if (this.#isReading) {
      this.#isDirty = true
      return
    }
    this.#read().catch((error: unknown) => {
      // The next session begins by reading.
      if (!this.#isClosed) this.#log.warn('Could not read the configuration changes', { error })
    })
  }

  async #read(): Promise<void> {
    this.#isReading = true
    try {
      do {
        this.#isDirty = false
        await this.#readOnce()
      } while (this.#isDirty && !this.#isClosed)
    } finally {
      this.#isReading = false
    }
  }

  async #readOnce(): Promise<void> {
    const { children } = await this.#session.run((client) => client.getChildren(configChangesPath, this.#readSoon))
    const numbered = children
      .flatMap((name) => {
        const number = configChangeNumber(name)
        return number === undefined ? [] : [{ name, number }]
      })
      .sort((left, right) => left.number - right.number)
    for (const { name, number } of numbered) {
      if (number <= this.#lastNumber || this.#isClosed) continue
      await this.#take(name)
      this.#lastNumber = number
    }
    await this.#purge(numbered.map(({ name }) => name))
  }

  async #take(name: string): Promise<void> {
    const result = await this.#session.run((client) => unless(client.getData(configChangePath(name)), 'NO_NODE'))
    if (result === undefined) return
    try {
      await this.#onChange(decodeConfigChange(name, result.data))
    } catch (error) {
      if (error instanceof ZooKeeperError) throw error
      const why = error instanceof ZnodeError ? error.message : 'A configuration change could not be taken over'
      this.#log.error(why, { notification: name, error })
    }
  }

  async #purge(names: readonly string[]): Promise<void> {
    const oldestMs = this.#env.clock.wallMs() - EXPIRY_MS
    for (const name of names) {
      const path = configChangePath(name)
      const stat = await this.#session.run((client) => client.exists(path))
      if (stat === undefined) continue
      // The rest is younger.
      if (Number(stat.ctime) >= oldestMs) return
      await this.#session.run((client) => unless(client.delete(path), 'NO_NODE'))
    }
  }
}
