import type {
  Connection,
  ConnectOptions,
  HttpHandler,
  Listener,
  ListenOptions,
  Network,
  TlsListenOptions,
} from '@odradek/base'
import { createServer, isIPv4, Socket } from 'node:net'
import type { Server } from 'node:net'
import { hostname } from 'node:os'
import { mapNetworkError, timedOut } from './map-network-error.ts'
import { NodeConnection } from './node-connection.ts'

/** Opens a socket to the address, and calls `onConnect` when it is open. */
export type ConnectSocket = (target: { readonly host: string; readonly port: number }, onConnect: () => void) => Socket

/** So many connections may wait to be accepted. */
const backlog = 511

/** TCP by node:net, HTTP by node:http, which is loaded on first use. */
export class NodeNetwork implements Network {
  readonly #connectSocket: ConnectSocket | undefined

  constructor(connectSocket?: ConnectSocket) {
    this.#connectSocket = connectSocket
  }

  listen(options: ListenOptions, onConnection: (connection: Connection) => void): Promise<Listener> {
    if (options.tls !== undefined) return this.#listenTls(options, options.tls, onConnection)
    const server = createServer({ allowHalfOpen: true }, (socket) => onConnection(new NodeConnection(socket)))
    return startListening(server, options)
  }

  async #listenTls(
    options: ListenOptions,
    tls: TlsListenOptions,
    onConnection: (connection: Connection) => void,
  ): Promise<Listener> {
    const { createTlsServer } = await import('./node-tls.ts')
    return startListening(createTlsServer(tls, onConnection), options)
  }

  async connect(options: ConnectOptions): Promise<Connection> {
    const { host, port, timeoutMs } = options
    const connectSocket = this.#connectSocket
    const tls = connectSocket === undefined ? options.tls : undefined
    const secure = tls === undefined ? undefined : (await import('./node-tls.ts')).secured
    return new Promise((resolve, reject) => {
      let socket: Socket | undefined
      const refuse = (error: Error): void => {
        clearTimeout(timeout)
        socket?.destroy()
        reject(error)
      }
      const timeout =
        timeoutMs === undefined
          ? undefined
          : setTimeout(() => refuse(timedOut('cannot connect to', host, port, timeoutMs)), timeoutMs)
      const onError = (error: Error): void => refuse(mapNetworkError(error, 'cannot connect to', host, port))
      const opened = (open: Socket): void => {
        const done = (connection: NodeConnection): void => {
          clearTimeout(timeout)
          open.off('error', onError)
          resolve(connection)
        }
        if (secure === undefined || tls === undefined) done(new NodeConnection(open))
        else secure(open, host, tls).then(done, refuse)
      }
      try {
        socket =
          connectSocket === undefined
            ? new Socket({ allowHalfOpen: true })
            : connectSocket({ host, port }, () => opened(socket as Socket))
        socket.once('error', onError)
        if (connectSocket === undefined) socket.connect({ host, port }, () => opened(socket as Socket))
      } catch (error) {
        onError(error as Error)
      }
    })
  }

  async listenHttp(options: ListenOptions, handler: HttpHandler): Promise<Listener> {
    const { createHttpServer } = await import('./node-http.ts')
    return startListening(createHttpServer(handler), options)
  }

  hostname(): string {
    return hostname()
  }
}

function startListening(server: Server, { host, port }: ListenOptions): Promise<Listener> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(mapNetworkError(error, 'cannot listen on', host, port)))
    listenOn(server, host, port, () => {
      const address = server.address()
      resolve({
        host,
        port: typeof address === 'object' && address !== null ? address.port : port,
        // The callback of `close` waits for all connections; the port is free before.
        close: () =>
          new Promise((closed) => {
            server.close()
            setImmediate(closed)
          }),
      })
    })
  })
}

interface ListeningServer {
  /** What `listen` comes to when it has found out which address a name stands for, and that this process is no worker of a cluster. */
  _listen2?(address: string, port: number, family: 4 | 6, backlog: number, descriptor: undefined, flags: number): void
}

/** `server.listen`, but an address is not looked up: Node would load modules for it that a start can do without. */
function listenOn(server: Server, host: string, port: number, listening: () => void): void {
  const family = isIPv4(host) ? 4 : undefined
  const direct = server as unknown as ListeningServer
  if (family === undefined || typeof direct._listen2 !== 'function' || process.env['NODE_UNIQUE_ID'] !== undefined) {
    server.listen({ host, port, backlog }, listening)
    return
  }
  server.once('listening', listening)
  direct._listen2(host, port, family, backlog, undefined, 0)
}
