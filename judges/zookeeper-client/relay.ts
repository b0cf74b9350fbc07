import { once } from 'node:events'
import net from 'node:net'
import type { AddressInfo } from 'node:net'

/** A port that leads to a server, until it is cut: then connections are dropped, and new ones closed at once. */
export class Relay {
  readonly #server: net.Server
  readonly #targetPort: number
  readonly #sockets = new Set<net.Socket>()
  #isCut = false

  private constructor(targetPort: number) {
    this.#targetPort = targetPort
    this.#server = net.createServer((socket) => this.#join(socket))
  }

  static async open(targetPort: number): Promise<Relay> {
    const relay = new Relay(targetPort)
    relay.#server.listen(0, '127.0.0.1')
    await once(relay.#server, 'listening')
    return relay
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  cut(): void {
    this.#isCut = true
    for (const socket of this.#sockets) socket.destroy()
  }

  heal(): void {
    this.#isCut = false
  }

  close(): void {
    this.cut()
    this.#server.close()
  }

  #join(socket: net.Socket): void {
    if (this.#isCut) return void socket.destroy()
    const target = net.connect(this.#targetPort, '127.0.0.1')
    for (const [one, other] of [
      [socket, target],
      [target, socket],
    ] as const) {
      this.#sockets.add(one)
      one.on('error', () => undefined)
      one.on('close', () => {
        this.#sockets.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  }
}
