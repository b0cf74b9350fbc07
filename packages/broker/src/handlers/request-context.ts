import type { BrokerServices } from '../host/broker-services.ts'

/** What a handler knows about a request besides its body. */
export interface RequestContext {
  readonly broker: BrokerServices
  readonly apiKey: number
  readonly apiVersion: number
  readonly correlationId: number
  readonly clientId: string | null
  readonly connection: ConnectionContext
  /** Wall time at which the whole request had arrived. */
  readonly requestReceivedMs: number
  /** Set by a handler that wants to know when the network is done with the bytes of its answer; not called when the connection ends before. */
  onWritten?: () => void
}

/** The connection that a request came by. Shared by all its requests. */
export interface ConnectionContext {
  /** Unique in the life of the process. */
  readonly connectionId: string
  /** As Kafka shows it to users and stores it in groups: a slash and the address, e.g. `/127.0.0.1`. */
  readonly clientHost: string
  /** The listener's name in `listeners`, e.g. `PLAINTEXT`: clients learn the addresses of this listener. */
  readonly listenerName: string
  /** Who the client proved to be, e.g. `User:ANONYMOUS`. */
  readonly principal: string
  /** True on the listener that brokers use among themselves. */
  readonly isInterBroker: boolean
  /** From ApiVersions 3 and above; `unknown` before it. */
  softwareName: string
  softwareVersion: string
  /** Calls `listener` when the connection is gone; returns what forgets it. */
  onClose(listener: () => void): () => void
  /** Begins and reads no more of its requests for so long: its client used more than its quota. What was begun is answered. */
  mute(durationMs: number): void
}
