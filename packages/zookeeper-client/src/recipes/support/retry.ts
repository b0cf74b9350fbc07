import { ZooKeeperError } from '@odradek/zookeeper-protocol'
import type { ClientState } from '../../client-state.ts'
import type { ZooKeeperClient } from '../../zookeeper-client.ts'

/** Whether `error` is ZooKeeper's error of this code. */
export function hasCode(error: unknown, code: ZooKeeperError['code']): boolean {
  return error instanceof ZooKeeperError && error.code === code
}

/** Whether the session is over for good in this state. */
export function isFinal(state: ClientState): boolean {
  return state !== 'connected' && state !== 'disconnected'
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
 * aborted first, and with SESSION_EXPIRED when the session ends.
 */
export function awaited(
  client: ZooKeeperClient,
  signal: AbortSignal | undefined,
  begin: (resolve: () => void) => () => void,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const abort = (): void => reject(signal?.reason as Error)
  const ended = (state: ClientState): void => {
    if (isFinal(state)) reject(new ZooKeeperError('SESSION_EXPIRED', `the client is ${state}; make a new one`))
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
