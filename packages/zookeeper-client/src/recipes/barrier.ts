import type { ZooKeeperClient } from '../zookeeper-client.ts'
import { ChangeSignal } from './support/change-signal.ts'
import { ensureDeleted, makePath, parentPath } from './support/paths.ts'
import { hasCode, inEachSession, untilAnswered } from './support/retry.ts'

/**
 * A barrier: while its node is there, whoever comes waits. The same as Curator's `DistributedBarrier`.
 * Recipe: ZooKeeper's page "Recipes and Solutions", Barriers.
 */
export class Barrier {
  readonly #client: ZooKeeperClient
  readonly #path: string

  constructor(client: ZooKeeperClient, path: string) {
    this.#client = client
    this.#path = path
  }

  /** Closes the barrier; one that is closed stays so. It outlives the session. */
  raise(): Promise<void> {
    return inEachSession(this.#client, undefined, async () => {
      await makePath(this.#client, parentPath(this.#path), { mode: 'persistent' })
      try {
        await untilAnswered(this.#client, undefined, () => this.#client.create(this.#path, null))
      } catch (error) {
        if (!hasCode(error, 'NODE_EXISTS')) throw error
      }
    })
  }

  /** Opens it: all who wait go on. */
  lower(): Promise<void> {
    return inEachSession(this.#client, undefined, () => ensureDeleted(this.#client, this.#path))
  }

  /** Resolves when the barrier is open, at once if it is. Rejects with `signal`'s reason, or with SESSION_EXPIRED. */
  wait(signal?: AbortSignal): Promise<void> {
    return inEachSession(this.#client, signal, async () => {
      for (;;) {
        const change = new ChangeSignal()
        const stat = await untilAnswered(this.#client, signal, () => this.#client.exists(this.#path, change.watch))
        if (stat === undefined) return
        await change.wait(this.#client, signal)
      }
    })
  }
}
