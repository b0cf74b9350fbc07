import { createServer } from 'node:tls'
import type { Server, TLSSocket, TlsOptions } from 'node:tls'
import { NetworkError } from '@odradek/base'
import type { Connection, TlsIdentity, TlsListenOptions } from '@odradek/base'
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

function identityOptions(identity: TlsIdentity): TlsOptions {
  if (identity.kind === 'pkcs12') return { pfx: identity.content, passphrase: identity.passphrase }
  const { key, certificates: cert, passphrase } = identity
  return { key, cert, ...(passphrase === undefined ? {} : { passphrase }) }
}

/** Node has one part per line, the widest first; RFC 2253 has the narrowest first. */
function subjectName(subject: string): string {
  return subject.split('\n').reverse().join(',')
}
