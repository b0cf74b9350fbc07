import type { ClientMetrics, MetricPlace } from '../metrics/client-metrics.ts'
import type { Meter, Samples } from '../metrics/meters.ts'
import { secondsAgo } from './poll-metrics.ts'

const hourSeconds = 3600

/** Heartbeats of a member, and changes of what it has. */
export class MembershipMetrics {
  readonly #nowMs: () => number
  readonly #heartbeats: Meter
  readonly #responseTimes: Samples
  readonly #rebalances: Meter
  #lastHeartbeatMs = NaN
  #lastRebalanceMs = NaN

  constructor(metrics: ClientMetrics, place: MetricPlace, nowMs: () => number) {
    this.#nowMs = nowMs
    this.#heartbeats = metrics.meter(place, 'heartbeat', 'heartbeats that were answered')
    this.#responseTimes = metrics.samples(place, 'heartbeat-response-time', 'ms until a heartbeat was answered')
    this.#rebalances = metrics.meter(place, 'rebalance', 'times that partitions came or went')
    metrics.gauge(
      place,
      'rebalance-rate-per-hour',
      'times that partitions came or went, an hour',
      (atMs) => this.#rebalances.ratePerSecond(atMs) * hourSeconds,
    )
    const heartbeatMs = (): number => this.#lastHeartbeatMs
    const rebalanceMs = (): number => this.#lastRebalanceMs
    secondsAgo(metrics, place, 'last-heartbeat-seconds-ago', 'a heartbeat was answered last', heartbeatMs)
    secondsAgo(metrics, place, 'last-rebalance-seconds-ago', 'partitions came or went last', rebalanceMs)
  }

  heartbeat(durationMs: number): void {
    this.#lastHeartbeatMs = this.#nowMs()
    this.#heartbeats.record(1, this.#lastHeartbeatMs)
    this.#responseTimes.record(durationMs, this.#lastHeartbeatMs)
  }

  rebalanced(): void {
    this.#lastRebalanceMs = this.#nowMs()
    this.#rebalances.record(1, this.#lastRebalanceMs)
  }
}
