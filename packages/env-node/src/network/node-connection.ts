import { assert } from '@odradek/base'
import type { Connection, ConnectionHandler } from '@odradek/base'
import type { Socket } from 'node:net'
import { readInto } from './read-into.ts'
import { mapNetworkError } from './map-network-error.ts'

/**
 * A socket of node:net (made with `allowHalfOpen`) as the port sees it. No data flows until `handle` is called.
 */
export class NodeConnection implements Connection {
  readonly #socket: Socket
  #handler: ConnectionHandler | undefined
  #error: unknown

  readonly remoteAddress: string
  readonly remotePort: number
  readonly localAddress: string
  readonly localPort: number

  readonly peerSubject: string | undefined

  /** `peerSubject` is known of TLS sockets only. */
  constructor(socket: Socket, peerSubject?: string) {
    this.peerSubject = peerSubject
    this.#socket = socket
    // Kept: a socket forgets them when it closes.
    this.remoteAddress = socket.remoteAddress ?? ''
    this.remotePort = socket.remotePort ?? 0
    this.localAddress = socket.localAddress ?? ''
    this.localPort = socket.localPort ?? 0
    socket.setNoDelay(true)
    socket.on('error', (error) => (this.#error = error))
    socket.on('close', () => this.#handler?.onClose(this.#closeError()))
  }

  get pendingBytes(): number {
    return this.#socket.writableLength
  }

  handle(handler: ConnectionHandler): void {
    assert(this.#handler === undefined, 'a connection has one handler')
    this.#handler = handler
    const socket = this.#socket
    socket.on('drain', () => handler.onDrain?.())
    socket.on('end', () => {
      if (handler.onEnd === undefined) socket.end()
      else handler.onEnd()
    })
    if (
      handler.readTarget !== undefined &&
      readInto(
        socket,
        () => handler.readTarget?.(),
        (chunk) => handler.onData(chunk),
      )
    ) {
      socket.resume()
    } else {
      socket.on('data', (chunk: Buffer) => handler.onData(chunk))
    }
  }

  write(chunks: readonly Uint8Array[]): boolean {
    const socket = this.#socket
    if (!socket.writable) return false
    if (chunks.length === 1) return socket.write(chunks[0] as Uint8Array)
    socket.cork()
    let isBelowMark = true
    for (const chunk of chunks) isBelowMark = socket.write(chunk)
    socket.uncork()
    return isBelowMark
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  end(): void {
    this.#socket.end()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #closeError(): Error | undefined {
    if (this.#error === undefined) return undefined
    return mapNetworkError(this.#error, 'connection with', this.remoteAddress, this.remotePort)
  }
}
