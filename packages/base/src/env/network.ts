/** What a connection tells its owner. All callbacks come from a turn of their own, never from inside a call. */
export interface ConnectionHandler {
  /** Bytes came. The chunk belongs to the owner from now on. */
  onData(chunk: Buffer): void
  /**
   * Where the next bytes should go: a network that can reads straight into it, at most as much as fits, and gives `onData` the part that it
   * filled. Others make a chunk of their own for every arrival. Asked before every read; never empty.
   */
  readTarget?(): Buffer
  /** The bytes that `write` took are out (or below the high-water mark again), after `write` had returned false. */
  onDrain?(): void
  /** The other side will send no more. The default is to close this side too, after what was written is out. */
  onEnd?(): void
  /** The connection is gone, exactly once, whoever closed it. `error` says why if it was not closed in good order. */
  onClose(error?: Error): void
}

/** One TCP connection, or its simulation: ordered bytes both ways until one side closes. */
export interface Connection {
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localAddress: string
  readonly localPort: number
  /** Whom the certificate that the other side has shown, and that is believed, names: as RFC 2253 writes it, `CN=bob,O=here`. */
  readonly peerSubject?: string | undefined
  /** Bytes given to `write` that are not out yet. */
  readonly pendingBytes: number
  /** Must be called in the turn in which the connection is handed over. */
  handle(handler: ConnectionHandler): void
  /** Sends the chunks, in order, as one write. They must not be changed before `pendingBytes` is 0. False: wait for `onDrain` before much more. */
  write(chunks: readonly Uint8Array[]): boolean
  /** Stops `onData` until `resume` (backpressure). */
  pause(): void
  resume(): void
  /** Closes in good order: what was written goes out first. */
  end(): void
  /** Closes at once. */
  destroy(): void
}

/** An open listening port. */
export interface Listener {
  readonly host: string
  /** The port, also when port 0 was asked for. */
  readonly port: number
  /** Stops accepting; connections that are open stay. */
  close(): Promise<void>
}

/** A private key and the certificates that go with it: the contents of files, not their names. */
export type TlsIdentity =
  | { readonly kind: 'pem'; readonly key: Buffer; readonly certificates: Buffer; readonly passphrase?: string }
  | { readonly kind: 'pkcs12'; readonly content: Buffer; readonly passphrase: string }

/** TLS of a listener. */
export interface TlsListenOptions {
  readonly identity: TlsIdentity
  /** Certificates, in PEM, of those whose signature on a client's certificate is believed. Default: the system's. */
  readonly trusted?: Buffer
  /** Whether clients show certificates: they must, they may (one that is not believed ends the connection), or they are not asked. */
  readonly clientCertificate: 'required' | 'wanted' | 'none'
}

/** TLS of a connection that is opened from here. The other side's certificate has to be good for its host, unless any is believed. */
export interface TlsConnectOptions {
  /** What to show when the other side asks for a certificate. */
  readonly identity?: TlsIdentity
  /** Certificates, in PEM, of those whose signature is believed. Default: the system's. */
  readonly trusted?: Buffer
  /** A certificate that is believed is good for every host. */
  readonly isAnyHostBelieved?: boolean
}

export interface ConnectOptions {
  readonly host: string
  readonly port: number
  /** Default: as long as the system tries. */
  readonly timeoutMs?: number
  /** TLS on this connection. A simulated network leaves it away. */
  readonly tls?: TlsConnectOptions
}

export interface ListenOptions {
  /** Address to bind, e.g. `127.0.0.1`, `0.0.0.0` or `::`. */
  readonly host: string
  /** 0 asks for any free port. */
  readonly port: number
  /** TLS on this port. A simulated network leaves it away. */
  readonly tls?: TlsListenOptions
}

/** An HTTP request handler in the terms of the web platform's fetch. */
export type HttpHandler = (request: Request) => Response | Promise<Response>

/** The network of one machine. */
export interface Network {
  /** Listens for TCP connections. Rejects with `NetworkError` (`ADDRESS_IN_USE`, …) and a message that names the address. */
  listen(options: ListenOptions, onConnection: (connection: Connection) => void): Promise<Listener>
  /** Opens a TCP connection. Rejects with `NetworkError` (`CONNECTION_REFUSED`, `HOST_UNKNOWN`, `TIMED_OUT`, …). */
  connect(options: ConnectOptions): Promise<Connection>
  /** Serves HTTP/1.1. */
  listenHttp(options: ListenOptions, handler: HttpHandler): Promise<Listener>
  /** This machine's host name, as other machines would call it. */
  hostname(): string
}
