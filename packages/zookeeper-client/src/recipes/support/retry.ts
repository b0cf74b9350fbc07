import { ZooKeeperError } from '@odradek/zookeeper-protocol'
import { endsClient, endsSession } from '../../client-state.ts'
import type { ClientState } from '../../client-state.ts'
import type { ZooKeeperClient } from '../../zookeeper-client.ts'

/** Whether `error` is ZooKeeper's error of this code. */
export function hasCode(error: unknown, code: ZooKeeperError['code']): boolean {
  return error instanceof ZooKeeperError && error.code === code
}

/**
 * Does `operation` again, when there is a connection again, as long as it fails with CONNECTION_LOSS. So it must be one that may be done
 * twice. Rejects with what else it fails with, with `signal`'s reason, or with SESSION_EXPIRED when the session is over.
 */
export async function untilAnswered<T>(
  client: ZooKeeperClient,
  signal: AbortSignal | undefined,
  operation: () => Promise<T>,
): Promise<T> {
  for (;;) {
    signal?.throwIfAborted()
    try {
      return await operation()
    } catch (error) {
      if (!hasCode(error, 'CONNECTION_LOSS')) throw error
    }
    await connected(client, signal)
  }
}

/**
 * Does `work` again, from its beginning, in each new session of a client that renews its session, as long as it fails with SESSION_EXPIRED.
 * What it made that belonged to the session is gone by then. Rejects with what else it fails with, with `signal`'s reason, or with
 * SESSION_EXPIRED when the client is at its end.
 */
export async function inEachSession<T>(
  client: ZooKeeperClient,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  for (;;) {
    const { sessionId } = client
    try {
      return await work()
    } catch (error) {
      if (!client.renewsSession || !hasCode(error, 'SESSION_EXPIRED')) throw error
    }
    await nextSession(client, sessionId, signal)
  }
}

/** Resolves when the client is attached to a server in another session than this. */
function nextSession(client: ZooKeeperClient, sessionId: bigint, signal: AbortSignal | undefined): Promise<void> {
  const isEnd = (state: ClientState): boolean => endsClient(state, client.renewsSession)
  return awaited(
    client,
    signal,
    (resolve) => {
      const look = (): void => {
        if (client.state === 'connected' && client.sessionId !== sessionId) resolve()
      }
      look()
      return client.onState(look)
    },
    isEnd,
  )
}

/** Resolves at once or when the client is attached to a server. Rejects as `untilAnswered` does. */
export function connected(client: ZooKeeperClient, signal: AbortSignal | undefined): Promise<void> {
  return awaited(client, signal, (resolve) => {
    if (client.state === 'connected') resolve()
    return client.onState((state) => {
      if (state === 'connected') resolve()
    })
  })
}

/**
 * Waits for what `begin` resolves by its argument; `begin` returns how to stop waiting. Rejects with `signal`'s reason when that is
 * aborted first, and with SESSION_EXPIRED in a state that is an end; by default, when the session ends.
 */
export function awaited(
  client: ZooKeeperClient,
  signal: AbortSignal | undefined,
  begin: (resolve: () => void) => () => void,
  isEnd: (state: ClientState) => boolean = endsSession,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const abort = (): void => reject(signal?.reason as Error)
  const ended = (state: ClientState): void => {
    if (isEnd(state)) reject(sessionOver(client, state))
  }
  const stopState = client.onState(ended)
  const stop = begin(resolve)
  ended(client.state)
  signal?.addEventListener('abort', abort)
  if (signal?.aborted) abort()
  return promise.finally(() => {
    stopState()
    stop()
    signal?.removeEventListener('abort', abort)
  })
}

/** Why nothing more can be done in the session of a client in this state. */
export function sessionOver(client: ZooKeeperClient, state: ClientState): ZooKeeperError {
  const next = endsClient(state, client.renewsSession) ? '; make a new one' : ': its next session is another'
  return new ZooKeeperError('SESSION_EXPIRED', `the client is ${state}${next}`)
}
