import type { ClientMetrics } from './client-metrics.ts'
import type { Meter, Samples } from './meters.ts'

/** What kind of client it is, as the names of its metrics begin. */
export type ClientKind = 'producer' | 'consumer' | 'admin-client'

/** What goes over the connections to one broker. */
export interface Traffic {
  sent(sizeBytes: number): void
  received(sizeBytes: number): void
  /** An answer has come, so long after its request. */
  answered(latencyMs: number): void
  opened(): void
  closed(): void
  /** Whether a connection was let in. */
  authenticated(isSuccess: boolean): void
}

interface Meters {
  readonly requests: Meter
  readonly responses: Meter
  readonly sentBytes: Meter
  readonly receivedBytes: Meter
  readonly requestSizes: Samples
  readonly latencies: Samples
}

/** `KIND-metrics` of all connections together, `KIND-node-metrics` of each broker. */
export class NetworkMetrics {
  readonly #metrics: ClientMetrics
  readonly #kind: ClientKind
  readonly #nowMs: () => number
  readonly #all: Meters
  readonly #byNode = new Map<string, Traffic>()
  readonly #created: Meter
  readonly #closed: Meter
  readonly #authenticated: Meter
  readonly #refused: Meter
  #openCount = 0

  constructor(metrics: ClientMetrics, kind: ClientKind, nowMs: () => number) {
    this.#metrics = metrics
    this.#kind = kind
    this.#nowMs = nowMs
    const place = { group: `${kind}-metrics` }
    this.#all = this.#meters(place)
    this.#created = metrics.meter(place, 'connection-creation', 'connections opened')
    this.#closed = metrics.meter(place, 'connection-close', 'connections closed')
    this.#authenticated = metrics.meter(place, 'successful-authentication', 'connections let in by SASL')
    this.#refused = metrics.meter(place, 'failed-authentication', 'connections not let in by SASL')
    metrics.gauge(place, 'connection-count', 'connections that are open', () => this.#openCount)
  }

  #meters(place: { readonly group: string; readonly tags?: Readonly<Record<string, string>> }): Meters {
    return {
      requests: this.#metrics.meter(place, 'request', 'requests sent'),
      responses: this.#metrics.meter(place, 'response', 'answers received'),
      sentBytes: this.#metrics.meter(place, 'outgoing-byte', 'bytes sent'),
      receivedBytes: this.#metrics.meter(place, 'incoming-byte', 'bytes received'),
      requestSizes: this.#metrics.samples(place, 'request-size', 'bytes of a request'),
      latencies: this.#metrics.samples(place, 'request-latency', 'ms from a request to its answer'),
    }
  }

  /** Of the broker with this id; of a bootstrap address, whose id is not known, with `undefined`. */
  node(brokerId: number | undefined): Traffic {
    const node = brokerId === undefined ? 'node-bootstrap' : `node-${brokerId}`
    let traffic = this.#byNode.get(node)
    if (traffic === undefined) {
      traffic = this.#traffic(this.#meters({ group: `${this.#kind}-node-metrics`, tags: { 'node-id': node } }))
      this.#byNode.set(node, traffic)
    }
    return traffic
  }

  #traffic(own: Meters): Traffic {
    const all = this.#all
    const nowMs = this.#nowMs
    return {
      sent: (sizeBytes) => {
        const atMs = nowMs()
        for (const meters of [all, own]) {
          meters.requests.record(1, atMs)
          meters.sentBytes.record(sizeBytes, atMs)
          meters.requestSizes.record(sizeBytes, atMs)
        }
      },
      received: (sizeBytes) => {
        const atMs = nowMs()
        all.receivedBytes.record(sizeBytes, atMs)
        own.receivedBytes.record(sizeBytes, atMs)
      },
      answered: (latencyMs) => {
        const atMs = nowMs()
        for (const meters of [all, own]) {
          meters.responses.record(1, atMs)
          meters.latencies.record(latencyMs, atMs)
        }
      },
      opened: () => {
        this.#openCount++
        this.#created.record(1, nowMs())
      },
      closed: () => {
        this.#openCount--
        this.#closed.record(1, nowMs())
      },
      authenticated: (isSuccess) => (isSuccess ? this.#authenticated : this.#refused).record(1, nowMs()),
    }
  }
}
