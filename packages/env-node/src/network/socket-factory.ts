import net from 'node:net'
import type { Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'

const keepAliveDelayMs = 60_000

/** Where a socket is to lead, with TLS if its options are there. */
export interface SocketTarget {
  readonly host: string
  readonly port: number
  readonly ssl?: ConnectionOptions | undefined
  readonly onConnect: () => void
}

/** Opens sockets as Node does by itself, with all that its TLS can be told; keeps idle ones alive. */
export function createSocketFactory(): (target: SocketTarget) => Socket {
  return ({ host, port, ssl, onConnect }) => {
    const servername = net.isIP(host) === 0 ? { servername: host } : {}
    const socket =
      ssl === undefined || ssl === null
        ? net.connect({ host, port }, onConnect)
        : process.getBuiltinModule('node:tls').connect({ host, port, ...servername, ...ssl }, onConnect)
    return socket.setKeepAlive(true, keepAliveDelayMs)
  }
}
