import type { ClientMetrics, MetricPlace } from '../metrics/client-metrics.ts'
import type { Meter, Samples } from '../metrics/meters.ts'

interface RecordMeters {
  readonly records: Meter
  readonly bytes: Meter
  readonly perRequest: Samples
}

/** What is fetched and handed over: of consumers and share consumers, each in a group of their own, counted by request and by batch. */
export class FetchMetrics {
  readonly #metrics: ClientMetrics
  readonly #place: MetricPlace
  readonly #nowMs: () => number
  readonly #fetches: Meter
  readonly #latencies: Samples
  readonly #sizes: Samples
  readonly #throttleTimes: Samples
  readonly #all: RecordMeters
  readonly #topics = new Map<string, RecordMeters>()

  constructor(metrics: ClientMetrics, place: MetricPlace, nowMs: () => number) {
    this.#metrics = metrics
    this.#place = place
    this.#nowMs = nowMs
    this.#fetches = metrics.meter(place, 'fetch', 'fetches')
    this.#latencies = metrics.samples(place, 'fetch-latency', 'ms that a fetch took')
    this.#sizes = metrics.samples(place, 'fetch-size', 'bytes of records that a fetch brought')
    this.#throttleTimes = metrics.samples(place, 'fetch-throttle-time', 'ms that the broker asked to wait')
    this.#all = this.#meters(place, '')
  }

  #meters(place: MetricPlace, of: string): RecordMeters {
    return {
      records: this.#metrics.meter(place, 'records-consumed', `records handed over${of}`),
      bytes: this.#metrics.meter(place, 'bytes-consumed', `bytes of records fetched${of}`),
      perRequest: this.#metrics.samples(place, 'records-per-request', `records${of} that a fetch brought`),
    }
  }

  #topic(topic: string): RecordMeters {
    let meters = this.#topics.get(topic)
    if (meters === undefined) {
      meters = this.#meters({ group: this.#place.group, tags: { topic } }, ' of the topic')
      this.#topics.set(topic, meters)
    }
    return meters
  }

  fetched(latencyMs: number, sizeBytes: number, throttleTimeMs: number, recordCount: number): void {
    const nowMs = this.#nowMs()
    this.#fetches.record(1, nowMs)
    this.#latencies.record(latencyMs, nowMs)
    this.#sizes.record(sizeBytes, nowMs)
    this.#throttleTimes.record(throttleTimeMs, nowMs)
    if (sizeBytes > 0) this.#all.perRequest.record(recordCount, nowMs)
  }

  /** One answer has brought this of a topic. */
  received(topic: string, sizeBytes: number, recordCount: number): void {
    const nowMs = this.#nowMs()
    const meters = this.#topic(topic)
    this.#all.bytes.record(sizeBytes, nowMs)
    meters.bytes.record(sizeBytes, nowMs)
    meters.perRequest.record(recordCount, nowMs)
  }

  consumed(topic: string, recordCount: number): void {
    const nowMs = this.#nowMs()
    this.#all.records.record(recordCount, nowMs)
    this.#topic(topic).records.record(recordCount, nowMs)
  }
}
