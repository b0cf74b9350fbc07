import type { Timer } from '@odradek/base'
import { ZooKeeperError } from '@odradek/zookeeper-protocol'
import { endsSession } from '../../client-state.ts'
import type { ClientState } from '../../client-state.ts'
import type { ZooKeeperClient } from '../../zookeeper-client.ts'
import type { WatchEvent } from '../../watch-event.ts'
import { ensureDeleted } from './paths.ts'

/**
 * What counts as the loss of something that is held. `disconnect`: every loss of the connection, since from then on nobody here can know
 * how long the session lives; the safe choice. `expiry`: only the end of the session, or so long without a connection that it may have ended.
 */
export type LostOn = 'disconnect' | 'expiry'

/** An ephemeral node that stands for something that this client holds. Disposing of it gives it back. */
export interface Held extends AsyncDisposable {
  /** The node that stands for it. */
  readonly path: string
  /**
   * Aborted, with a `ZooKeeperError` as reason, as soon as it may no longer be held; work under it should take this signal and stop.
   * `release` does not abort it.
   */
  readonly lost: AbortSignal
  /** Gives it back. Resolves when others can have it; if there is no connection, when there is one again or the session is over. Never rejects. */
  release(): Promise<void>
}

/** Watches over an ephemeral node of this session until it is released or lost: a next session has no part in it. */
export class HeldNode implements Held {
  readonly path: string
  readonly #giveBack: () => Promise<void>
  readonly #client: ZooKeeperClient
  readonly #lost = new AbortController()
  readonly #stopState: () => void
  #clock: Timer | undefined
  #released: Promise<void> | undefined

  /** `sessionEnd`: nothing counts as a loss but what the server says. `giveBack` deletes the node if it is still this client's. */
  constructor(
    client: ZooKeeperClient,
    path: string,
    lostOn: LostOn | 'sessionEnd',
    giveBack = () => ensureDeleted(client, path),
  ) {
    this.#client = client
    this.path = path
    this.#giveBack = giveBack
    const onState = (state: ClientState): void => {
      this.#clock?.cancel()
      if (endsSession(state)) this.#lose('SESSION_EXPIRED', `the client is ${state}`)
      else if (state === 'connected') this.#watch()
      else if (lostOn === 'disconnect') this.#lose('CONNECTION_LOSS', 'the connection is lost')
      else if (lostOn === 'expiry') this.#startClock()
    }
    this.#stopState = client.onState(onState)
    onState(client.state)
  }

  get lost(): AbortSignal {
    return this.#lost.signal
  }

  release(): Promise<void> {
    this.#stop()
    return (this.#released ??= this.#giveBack().catch(() => undefined))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release()
  }

  /** A loss is noticed after two thirds of the session's timeout at the latest; the server may end the session a third later. */
  #startClock(): void {
    const { env, sessionTimeoutMs } = this.#client
    this.#clock = env.timers.after(sessionTimeoutMs / 3, () =>
      this.#lose('SESSION_EXPIRED', 'there has been no connection for so long that the session may have ended'),
    )
  }

  #stop(): void {
    this.#stopState()
    this.#clock?.cancel()
  }

  #watch(): void {
    if (this.#lost.signal.aborted || this.#released !== undefined) return
    this.#client.exists(this.path, this.#onEvent).then(
      (stat) => {
        if (stat === undefined) this.#lose('NO_NODE', `${this.path} was deleted by somebody else`)
      },
      // The connection is lost: its listener looks after that.
      () => undefined,
    )
  }

  readonly #onEvent = (event: WatchEvent): void => {
    if (event.type === 'deleted') this.#lose('NO_NODE', `${this.path} was deleted by somebody else`)
    else this.#watch()
  }

  #lose(code: ZooKeeperError['code'], reason: string): void {
    if (this.#released !== undefined || this.#lost.signal.aborted) return
    this.#stop()
    this.#lost.abort(new ZooKeeperError(code, `${this.path} may no longer be held: ${reason}`))
  }
}
