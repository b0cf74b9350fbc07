import type { Env, Logger } from '@odradek/base'
import { KafkaError } from '@odradek/kafka-protocol'
import { ZooKeeperError } from '@odradek/zookeeper-client'
import type { BrokerFaults } from '../planted-faults.ts'
import {
  configChangeNumber,
  configChangePath,
  configChangeSequencePath,
  configChangesPath,
  decodeConfigChange,
  encodeConfigChange,
} from '../znodes/config-change.ts'
import { ZnodeError } from '../znodes/znode-error.ts'
import { unless } from './ensure-znodes.ts'
import type { SessionListener, ZooKeeperSession } from './zookeeper-session.ts'

/** Notifications are removed by whoever sees them after this time. */
const EXPIRY_MS = 15 * 60 * 1000
/** How long `caughtUp` waits for a session that is away. */
const CATCH_UP_TIMEOUT_MS = 10_000

/**
 * Follows /config/changes: whoever changes a configuration leaves a numbered notification there, and every broker reads again what it names,
 * this one too. Whoever has changed something waits for that before it says so: what is asked for then is answered from memory.
 */
export class ConfigChangeFeed implements SessionListener {
  readonly #env: Env
  readonly #log: Logger
  readonly #session: ZooKeeperSession
  readonly #onChange: (entityPath: string) => Promise<void>
  readonly #faults: BrokerFaults
  readonly #waiting = new Set<() => void>()
  #lastNumber = -1
  #announcedNumber = -1
  #isReading = false
  #isDirty = false
  #isClosed = false

  /** `onChange` gets the path below /config of what has changed, e.g. `topics/t1`. */
  constructor(
    env: Env,
    session: ZooKeeperSession,
    onChange: (entityPath: string) => Promise<void>,
    faults: BrokerFaults = {},
  ) {
    this.#faults = faults
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
    for (const check of this.#waiting) check()
  }

  /** Tells all brokers to read again what is set at this path below /config. */
  async announce(entityPath: string): Promise<void> {
    const { path } = await this.#session.run((client) =>
      client.create(configChangeSequencePath, encodeConfigChange(entityPath), { mode: 'persistentSequential' }),
    )
    const number = configChangeNumber(path.slice(configChangesPath.length + 1)) ?? -1
    this.#announcedNumber = Math.max(this.#announcedNumber, number)
  }

  /** Resolves when this broker has taken over all that it has announced itself; rejects with REQUEST_TIMED_OUT when that takes too long. */
  caughtUp(): Promise<void> {
    const wanted = this.#faults.answerBeforeShown === true ? -1 : this.#announcedNumber
    const isDone = (): boolean => this.#lastNumber >= wanted || this.#isClosed
    if (isDone()) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void): void => {
        timer.cancel()
        this.#waiting.delete(check)
        settle()
      }
      const check = (): void => {
        if (isDone()) finish(resolve)
      }
      const timer = this.#env.timers.after(CATCH_UP_TIMEOUT_MS, () => {
        const late = new KafkaError('REQUEST_TIMED_OUT', 'It is written, but this broker has not heard of it yet.')
        finish(() => reject(late))
      })
      this.#waiting.add(check)
    })
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
      for (const check of this.#waiting) check()
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
