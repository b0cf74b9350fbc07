import type { ZooKeeperClient } from '../zookeeper-client.ts'
import { ChangeSignal } from './support/change-signal.ts'
import { childPath, ensureDeleted, makePath } from './support/paths.ts'
import { hasCode, inEachSession, untilAnswered } from './support/retry.ts'

const readyName = 'ready'

export interface DoubleBarrierOptions {
  /** How many have to be there before anyone goes on. */
  readonly memberCount: number
  /** Names this member; unique among them. */
  readonly member: string
}

/**
 * Members begin together and end together: nobody passes `enter` before `memberCount` are there, and nobody passes `leave` before all have
 * left. One path is for one round: enter it again only when everybody has left. The same nodes as Curator's `DistributedDoubleBarrier`.
 * A member whose session ends counts as one that has left; one that still waits in `enter` comes again if its client renews the session. One whose
 * process died and was started again waits in `enter` until the session of its former process has ended.
 * Recipe: ZooKeeper's page "Recipes and Solutions", Double Barriers.
 */
export class DoubleBarrier {
  readonly #client: ZooKeeperClient
  readonly #path: string
  readonly #options: DoubleBarrierOptions

  constructor(client: ZooKeeperClient, path: string, options: DoubleBarrierOptions) {
    this.#client = client
    this.#path = path
    this.#options = options
  }

  /** Resolves when enough are there. Rejects with `signal`'s reason, and is not there then, or with SESSION_EXPIRED. */
  enter(signal?: AbortSignal): Promise<void> {
    return inEachSession(this.#client, signal, () => this.#enter(signal))
  }

  /** Resolves when all have left. Rejects with `signal`'s reason, having left, or with SESSION_EXPIRED. */
  leave(signal?: AbortSignal): Promise<void> {
    return inEachSession(this.#client, signal, () => this.#leave(signal))
  }

  async #enter(signal: AbortSignal | undefined): Promise<void> {
    const { memberCount, member } = this.#options
    const ready = childPath(this.#path, readyName)
    await makePath(this.#client, this.#path, { signal, mode: 'persistent' })
    await this.#join(childPath(this.#path, member), signal)
    try {
      for (;;) {
        const change = new ChangeSignal()
        const isReady = await untilAnswered(this.#client, signal, () => this.#client.exists(ready, change.watch))
        if (isReady !== undefined) return
        if ((await this.#members(signal)).length >= memberCount) return await this.#create(ready, 'persistent', signal)
        await change.wait(this.#client, signal)
      }
    } catch (error) {
      void ensureDeleted(this.#client, childPath(this.#path, member)).catch(() => undefined)
      throw error
    }
  }

  /** A node of this name that another session holds is what a former process of this member left: it counts until that session ends, then this one does. */
  async #join(path: string, signal: AbortSignal | undefined): Promise<void> {
    for (;;) {
      await this.#create(path, 'ephemeral', signal)
      const change = new ChangeSignal()
      const stat = await untilAnswered(this.#client, signal, () => this.#client.exists(path, change.watch))
      if (stat?.ephemeralOwner === this.#client.sessionId) return
      if (stat !== undefined) await change.wait(this.#client, signal)
    }
  }

  async #leave(signal: AbortSignal | undefined): Promise<void> {
    await ensureDeleted(this.#client, childPath(this.#path, this.#options.member), signal)
    for (;;) {
      const [first] = await this.#members(signal)
      if (first === undefined) break
      const change = new ChangeSignal()
      const path = childPath(this.#path, first)
      const stat = await untilAnswered(this.#client, signal, () => this.#client.exists(path, change.watch))
      if (stat !== undefined) await change.wait(this.#client, signal)
    }
    await ensureDeleted(this.#client, childPath(this.#path, readyName), signal)
  }

  async #members(signal: AbortSignal | undefined): Promise<string[]> {
    const { children } = await untilAnswered(this.#client, signal, () => this.#client.getChildren(this.#path))
    return children.filter((name) => name !== readyName).sort((a, b) => (a < b ? -1 : 1))
  }

  async #create(path: string, mode: 'ephemeral' | 'persistent', signal: AbortSignal | undefined): Promise<void> {
    try {
      await untilAnswered(this.#client, signal, () => this.#client.create(path, null, { mode }))
    } catch (error) {
      if (!hasCode(error, 'NODE_EXISTS')) throw error
    }
  }
}
