import type { Connection, ConnectionHandler, Env } from '@odradek/base'

export interface Watching {
  /** Sees every delay that a timer is set to. */
  readonly onTimer?: (delayMs: number) => void
  /** Gives back what the client is to receive in place of a chunk. */
  readonly onData?: (chunk: Buffer) => Buffer
}

/** The same world, in which somebody looks at timers and at what comes over the network. */
export function watchedEnv(env: Env, { onTimer, onData }: Watching): Env {
  const watch = (connection: Connection): Connection => {
    const handle = connection.handle.bind(connection)
    connection.handle = (handler: ConnectionHandler) =>
      handle({
        ...handler,
        onData: (chunk) => handler.onData(onData?.(chunk) ?? chunk),
        onClose: (error) => handler.onClose(error),
      })
    return connection
  }
  return {
    ...env,
    timers: {
      endOfTurn: (callback) => env.timers.endOfTurn(callback),
      after: (delayMs, callback) => {
        onTimer?.(delayMs)
        return env.timers.after(delayMs, callback)
      },
    },
    network: {
      ...env.network,
      hostname: () => env.network.hostname(),
      connect: async (options) => watch(await env.network.connect(options)),
    },
  }
}
