import { BrokerConnection, ClientError } from '@odradek/client'
import type { SeededRandom, SimulatedMachine } from '@odradek/env-sim'
import type { Input, Message } from '@odradek/kafka-protocol'
import { errorOf } from '@odradek/kafka-protocol'
import type { World } from '../world.ts'

const requestTimeoutMs = 5_000

/** A client's way to the broker: connects when there is no connection, and picks versions of requests. */
export class BrokerLink {
  readonly machine: SimulatedMachine
  readonly random: SeededRandom
  readonly #world: World
  readonly #name: string
  readonly #address: { readonly host: string; readonly port: number }
  #connection: BrokerConnection | undefined
  #connecting: Promise<BrokerConnection> | undefined

  constructor(world: World, machine: SimulatedMachine, name: string, address: { host: string; port: number }) {
    this.#world = world
    this.#name = name
    this.machine = machine
    this.random = world.random.fork(`link of ${name}`)
    this.#address = address
  }

  /**
   * Sends a request in a version that both sides know, at most `versionMax`: any of them, so that all are tried. Rejects with
   * `ClientError` when there is no answer; whether it was done is then unknown.
   */
  async send<Request, Response>(
    request: Message<Request>,
    response: Message<Response>,
    value: Input<Request>,
    versions: { readonly min?: number; readonly max?: number } = {},
  ): Promise<Response> {
    return this.sendOn(await this.connect(), request, response, value, versions)
  }

  /** As `send`, on a connection that the caller has: what is sent on one connection arrives in order. */
  sendOn<Request, Response>(
    connection: BrokerConnection,
    request: Message<Request>,
    response: Message<Response>,
    value: Input<Request>,
    versions: { readonly min?: number; readonly max?: number } = {},
  ): Promise<Response> {
    const newest = connection.versionFor(request, versions.max)
    const oldest = Math.max(request.minVersion, versions.min ?? 0)
    const version = oldest + this.random.integer(newest - oldest + 1)
    return connection.send(request, response, version, value)
  }

  /** The connection that is open, or a new one. Rejects with `ClientError`. */
  async connect(): Promise<BrokerConnection> {
    if (this.#connection?.isOpen === true) return this.#connection
    this.#connecting ??= this.#reconnect()
    try {
      return await this.#connecting
    } finally {
      this.#connecting = undefined
    }
  }

  async #reconnect(): Promise<BrokerConnection> {
    const options = { ...this.#address, clientId: this.machine.name, requestTimeoutMs }
    const connection = await BrokerConnection.connect(this.machine.env, options)
    await connection.negotiate()
    this.#connection = connection
    return connection
  }

  close(): void {
    this.#connection?.close()
  }

  /**
   * Runs `work` once; true if it ended well. What the network does is part of the game: false then, after a pause. Anything else is
   * a defect.
   */
  async attempt(work: () => Promise<void>): Promise<boolean> {
    try {
      await work()
      return true
    } catch (error) {
      if (!(error instanceof ClientError) || error.code === 'BAD_RESPONSE') throw error
      this.#world.count(`ended with ${error.code}`)
      await this.pause(300)
      return false
    }
  }

  /** False for an error that may pass; one that the protocol does not allow here ends the scenario. */
  isFine(errorCode: number, what: string, alsoAllowed: readonly string[] = []): boolean {
    if (errorCode === 0) return true
    const { name, retriable } = errorOf(errorCode)
    this.#world.count(`answered ${name}`)
    this.#world.record(`${this.#name} gets ${name} to ${what}`)
    if (!retriable && !alsoAllowed.includes(name)) this.#world.violate('only expected errors', `${name} to ${what}`)
    return false
  }

  pause(durationMsMax: number): Promise<void> {
    return new Promise((resolve) => {
      this.machine.env.timers.after(this.random.between(0, durationMsMax), resolve)
    })
  }
}
