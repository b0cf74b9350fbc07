import { FetchMetrics } from '../consumer/fetch-metrics.ts'
import { MembershipMetrics } from '../consumer/membership-metrics.ts'
import { PollMetrics } from '../consumer/poll-metrics.ts'
import type { ClientMetrics } from '../metrics/client-metrics.ts'
import type { Meter } from '../metrics/meters.ts'

const fetching = { group: 'consumer-share-fetch-manager-metrics' }
const coordinating = { group: 'consumer-share-coordinator-metrics' }
const polling = { group: 'consumer-share-metrics' }

/** `consumer-share-metrics`, `consumer-share-fetch-manager-metrics` and `consumer-share-coordinator-metrics`. */
export class ShareMetrics {
  readonly fetches: FetchMetrics
  readonly polls: PollMetrics
  readonly membership: MembershipMetrics
  readonly #nowMs: () => number
  readonly #acknowledgements: Meter
  readonly #failures: Meter

  constructor(metrics: ClientMetrics, nowMs: () => number) {
    this.#nowMs = nowMs
    this.fetches = new FetchMetrics(metrics, fetching, nowMs)
    this.polls = new PollMetrics(metrics, polling, nowMs)
    this.membership = new MembershipMetrics(metrics, coordinating, nowMs)
    this.#acknowledgements = metrics.meter(fetching, 'acknowledgements-send', 'records whose acknowledgement was sent')
    this.#failures = metrics.meter(fetching, 'acknowledgements-error', 'records whose acknowledgement does not count')
  }

  acknowledging(recordCount: number): void {
    if (recordCount > 0) this.#acknowledgements.record(recordCount, this.#nowMs())
  }

  refused(recordCount: number): void {
    this.#failures.record(recordCount, this.#nowMs())
  }
}
