import type { ClientMetrics } from '../metrics/client-metrics.ts'
import type { Meter, Samples } from '../metrics/meters.ts'

/** What the metrics have to know of a batch. */
interface MeasuredBatch {
  readonly queue: { readonly topic: string }
  readonly recordCount: number
  readonly createdMs: number
  readonly attempts: number
  readonly builder: { readonly sizeBytes: number }
}

interface TopicMeters {
  readonly records: Meter
  readonly bytes: Meter
  readonly errors: Meter
  readonly retries: Meter
}

export interface ProducerGauges {
  readonly bufferTotalBytes: number
  readonly bufferUsedBytes: () => number
  readonly requestsInFlight: () => number
  readonly waitingBytes: () => number
}

const all = { group: 'producer-metrics' }

/** `producer-metrics` and `producer-topic-metrics`, counted by batch. */
export class ProducerMetrics {
  readonly #metrics: ClientMetrics
  readonly #records: Meter
  readonly #errors: Meter
  readonly #retries: Meter
  readonly #batchSizes: Samples
  readonly #batchSplits: Meter
  readonly #recordSizes: Samples
  readonly #perRequest: Samples
  readonly #queueTimes: Samples
  readonly #throttleTimes: Samples
  readonly #topics = new Map<string, TopicMeters>()

  constructor(metrics: ClientMetrics, gauges: ProducerGauges) {
    this.#metrics = metrics
    this.#records = metrics.meter(all, 'record-send', 'records sent')
    this.#errors = metrics.meter(all, 'record-error', 'records given up')
    this.#retries = metrics.meter(all, 'record-retry', 'records sent again')
    this.#batchSplits = metrics.meter(all, 'batch-split', 'batches split since the broker found them too large')
    this.#batchSizes = metrics.samples(all, 'batch-size', 'bytes of a batch')
    this.#recordSizes = metrics.samples(all, 'record-size', 'bytes of a record, as the mean of its batch')
    this.#perRequest = metrics.samples(all, 'records-per-request', 'records in a request')
    this.#queueTimes = metrics.samples(all, 'record-queue-time', 'ms that batches waited to be sent')
    this.#throttleTimes = metrics.samples(all, 'produce-throttle-time', 'ms that the broker asked to wait')
    metrics.gauge(all, 'requests-in-flight', 'requests that wait for their answer', gauges.requestsInFlight)
    metrics.gauge(all, 'buffer-total-bytes', 'buffer.memory', () => gauges.bufferTotalBytes)
    metrics.gauge(all, 'buffer-available-bytes', 'what is left of buffer.memory', () =>
      Math.max(0, gauges.bufferTotalBytes - gauges.bufferUsedBytes()),
    )
    metrics.gauge(all, 'buffer-waiting-bytes', 'bytes of records that wait for memory or metadata', gauges.waitingBytes)
  }

  sent(batches: readonly MeasuredBatch[], nowMs: number): void {
    let recordCount = 0
    for (const batch of batches) {
      recordCount += batch.recordCount
      this.#batchSizes.record(batch.builder.sizeBytes, nowMs)
      this.#recordSizes.record(batch.builder.sizeBytes / Math.max(1, batch.recordCount), nowMs)
      const topic = this.#topic(batch)
      if (batch.attempts <= 1) {
        this.#queueTimes.record(nowMs - batch.createdMs, nowMs)
        topic.records.record(batch.recordCount, nowMs)
        topic.bytes.record(batch.builder.sizeBytes, nowMs)
      } else {
        this.#retries.record(batch.recordCount, nowMs)
        topic.retries.record(batch.recordCount, nowMs)
      }
    }
    this.#records.record(recordCount, nowMs)
    this.#perRequest.record(recordCount, nowMs)
  }

  failed(batch: MeasuredBatch, nowMs: number): void {
    this.#errors.record(batch.recordCount, nowMs)
    this.#topic(batch).errors.record(batch.recordCount, nowMs)
  }

  split(nowMs: number): void {
    this.#batchSplits.record(1, nowMs)
  }

  throttled(durationMs: number, nowMs: number): void {
    this.#throttleTimes.record(durationMs, nowMs)
  }

  #topic({ queue: { topic } }: MeasuredBatch): TopicMeters {
    let meters = this.#topics.get(topic)
    if (meters === undefined) {
      const place = { group: 'producer-topic-metrics', tags: { topic } }
      meters = {
        records: this.#metrics.meter(place, 'record-send', 'records sent to the topic'),
        bytes: this.#metrics.meter(place, 'byte', 'bytes sent to the topic'),
        errors: this.#metrics.meter(place, 'record-error', 'records for the topic that were given up'),
        retries: this.#metrics.meter(place, 'record-retry', 'records for the topic that were sent again'),
      }
      this.#topics.set(topic, meters)
    }
    return meters
  }
}
