import net from 'node:net'
import { connectFrame } from './frames.ts'

/** A connection of the load generator: writes frames, and of what comes back looks only at lengths, errors and events. */
export class LoadConnection {
  readonly #socket: net.Socket
  #rest: Buffer | undefined
  #hasSession = false
  errorCount = 0
  /** How many replies this chunk brought. */
  onReplies: (count: number) => void = () => undefined
  onEvent: () => void = () => undefined
  #onSession: () => void = () => undefined
  #onFailure: (error: Error) => void = () => undefined

  private constructor(port: number) {
    this.#socket = net.connect({ host: '127.0.0.1', port, noDelay: true })
    this.#socket.on('data', (chunk) => this.#take(chunk))
    this.#socket.on('error', (error) => this.#onFailure(error))
    this.#socket.on('close', () => this.#onFailure(new Error(`the server on port ${port} closed a connection`)))
  }

  /** Resolves when the server has given it a session; a server that is only just starting may take the request and forget it. */
  static open(port: number, timeoutMs = 30_000): Promise<LoadConnection> {
    return new Promise((resolve, reject) => {
      const connection = new LoadConnection(port)
      const fail = (error: Error): void => {
        clearTimeout(timer)
        connection.close()
        reject(error)
      }
      const timer = setTimeout(() => fail(new Error(`no session within ${timeoutMs} ms`)), timeoutMs)
      connection.#onSession = () => {
        clearTimeout(timer)
        resolve(connection)
      }
      connection.#onFailure = fail
      connection.#socket.write(connectFrame())
    })
  }

  write(bytes: Buffer): void {
    this.#socket.write(bytes)
  }

  /** Sends one request and resolves when it is answered. */
  call(frame: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) throw new Error('the connection has been closed')
      const before = this.errorCount
      this.#onFailure = reject
      this.onReplies = () =>
        this.errorCount === before ? resolve() : reject(new Error('a request of the load generator was refused'))
      this.write(frame)
    })
  }

  #take(chunk: Buffer): void {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk])
    let at = 0
    let replies = 0
    while (bytes.length - at >= 4) {
      const length = bytes.readInt32BE(at)
      if (bytes.length - at - 4 < length) break
      if (!this.#hasSession) {
        this.#hasSession = true
        this.#onSession()
      } else if (bytes.readInt32BE(at + 4) === -1) {
        this.onEvent()
      } else {
        replies++
        if (bytes.readInt32BE(at + 16) !== 0) this.errorCount++
      }
      at += 4 + length
    }
    this.#rest = at === bytes.length ? undefined : bytes.subarray(at)
    if (replies > 0) this.onReplies(replies)
  }

  close(): void {
    this.#onFailure = () => undefined
    this.#socket.destroy()
  }
}
