import { isIP } from 'node:net'
import type { Socket } from 'node:net'
import { connect, createServer } from 'node:tls'
import type { ConnectionOptions, SecureContextOptions, Server, TLSSocket, TlsOptions } from 'node:tls'
import { NetworkError } from '@odradek/base'
import type { Connection, TlsConnectOptions, TlsIdentity, TlsListenOptions } from '@odradek/base'
import { NodeConnection } from './node-connection.ts'

const handshakeTimeoutMs = 10_000

/** A listener whose connections speak TLS 1.2 or 1.3. Throws `NetworkError` when the key or a certificate cannot be read. */
export function createTlsServer(options: TlsListenOptions, onConnection: (connection: Connection) => void): Server {
  const { identity, trusted, clientCertificate } = options
  const tlsOptions: TlsOptions = {
    allowHalfOpen: true,
    handshakeTimeout: handshakeTimeoutMs,
    minVersion: 'TLSv1.2',
    requestCert: clientCertificate !== 'none',
    rejectUnauthorized: clientCertificate === 'required',
    ...(trusted === undefined ? {} : { ca: trusted }),
    ...identityOptions(identity),
  }
  let server: Server
  try {
    server = createServer(tlsOptions)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new NetworkError('OTHER', `the key or the certificates for TLS cannot be used: ${why}`, { cause })
  }
  server.on('secureConnection', (socket: TLSSocket) => {
    const certificate = socket.getPeerX509Certificate()
    if (certificate !== undefined && !socket.authorized) return void socket.destroy()
    onConnection(new NodeConnection(socket, certificate === undefined ? undefined : subjectName(certificate.subject)))
  })
  return server
}

/** A connection that is open, with TLS on it. Rejects with `NetworkError` when the other side's certificate is not believed, or it does not speak TLS. */
export function secured(socket: Socket, host: string, options: TlsConnectOptions): Promise<NodeConnection> {
  const { identity, trusted, isAnyHostBelieved = false } = options
  return new Promise((resolve, reject) => {
    const refuse = (cause: unknown): void => {
      const why = cause instanceof Error ? cause.message : String(cause)
      reject(new NetworkError('OTHER', `no TLS with ${host}: ${why}`, { cause }))
    }
    try {
      const connectOptions: ConnectionOptions = {
        socket,
        minVersion: 'TLSv1.2',
        host,
        ...(isIP(host) === 0 ? { servername: host } : {}),
        ...(trusted === undefined ? {} : { ca: trusted }),
        ...(identity === undefined ? {} : identityOptions(identity)),
        ...(isAnyHostBelieved ? { checkServerIdentity: () => undefined } : {}),
      }
      const secure = connect(connectOptions)
      secure.once('error', refuse)
      secure.once('close', () => refuse(new Error('the other side closed the connection')))
      secure.once('secureConnect', () => {
        const connection = new NodeConnection(secure)
        secure.off('error', refuse)
        resolve(connection)
      })
    } catch (error) {
      refuse(error)
    }
  })
}

function identityOptions(identity: TlsIdentity): SecureContextOptions {
  if (identity.kind === 'pkcs12') return { pfx: identity.content, passphrase: identity.passphrase }
  const { key, certificates: cert, passphrase } = identity
  return { key, cert, ...(passphrase === undefined ? {} : { passphrase }) }
}

/** Node has one part per line, the widest first; RFC 2253 has the narrowest first. */
function subjectName(subject: string): string {
  return subject.split('\n').reverse().join(',')
}
