import type { Watch } from '../../watch-event.ts'
import type { ZooKeeperClient } from '../../zookeeper-client.ts'
import { awaited } from './retry.ts'

/** A one-shot watch that is given to a read, and then waited for. */
export class ChangeSignal {
  #hasChanged = false
  #tell = (): void => {}

  /** To be given to one or more reads. */
  readonly watch: Watch = () => {
    this.#hasChanged = true
    this.#tell()
  }

  /** Resolves when the watch has been called. Rejects with `signal`'s reason, or with SESSION_EXPIRED when the session ends. */
  wait(client: ZooKeeperClient, signal: AbortSignal | undefined): Promise<void> {
    return awaited(client, signal, (resolve) => {
      this.#tell = resolve
      if (this.#hasChanged) resolve()
      return () => {}
    })
  }
}
