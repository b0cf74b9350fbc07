import type { ClientMetrics, TaggedValue } from '../metrics/client-metrics.ts'
import type { Meter, Samples } from '../metrics/meters.ts'
import type { AssignedPartition } from './host/assigned-partition.ts'

interface TopicMeters {
  readonly records: Meter
  readonly bytes: Meter
}

const fetching = { group: 'consumer-fetch-manager-metrics' }
const coordinating = { group: 'consumer-coordinator-metrics' }
const polling = { group: 'consumer-metrics' }

/** `consumer-metrics`, `consumer-fetch-manager-metrics` and `consumer-coordinator-metrics`, counted by request and by batch. */
export class ConsumerMetrics {
  readonly #metrics: ClientMetrics
  readonly #nowMs: () => number
  readonly #fetches: Meter
  readonly #fetchLatencies: Samples
  readonly #fetchSizes: Samples
  readonly #throttleTimes: Samples
  readonly #all: TopicMeters
  readonly #topics = new Map<string, TopicMeters>()
  readonly #commits: Meter
  readonly #commitLatencies: Samples
  readonly #heartbeats: Meter
  readonly #joins: Meter
  readonly #joinTimes: Samples
  readonly #rebalances: Meter
  readonly #pollGaps: Samples
  readonly #idleRatios: Samples
  #lastHeartbeatMs = NaN
  #lastRebalanceMs = NaN
  #lastPollMs = NaN
  #lastIdleMs = 0

  constructor(metrics: ClientMetrics, assignment: Iterable<AssignedPartition>, nowMs: () => number) {
    this.#metrics = metrics
    this.#nowMs = nowMs
    this.#fetches = metrics.meter(fetching, 'fetch', 'fetches')
    this.#fetchLatencies = metrics.samples(fetching, 'fetch-latency', 'ms that a fetch took')
    this.#fetchSizes = metrics.samples(fetching, 'fetch-size', 'bytes of records that a fetch brought')
    this.#throttleTimes = metrics.samples(fetching, 'fetch-throttle-time', 'ms that the broker asked to wait')
    this.#all = this.#meters(fetching, '')
    this.#commits = metrics.meter(coordinating, 'commit', 'commits')
    this.#commitLatencies = metrics.samples(coordinating, 'commit-latency', 'ms that a commit took')
    this.#heartbeats = metrics.meter(coordinating, 'heartbeat', 'heartbeats that were answered')
    this.#joins = metrics.meter(coordinating, 'join', 'times that the group was joined')
    this.#joinTimes = metrics.samples(coordinating, 'join-time', 'ms that joining took')
    this.#rebalances = metrics.meter(coordinating, 'rebalance', 'times that partitions came or went')
    this.#pollGaps = metrics.samples(polling, 'time-between-poll', 'ms between two times that records were asked for')
    this.#idleRatios = metrics.samples(
      polling,
      'poll-idle-ratio',
      'share of the time that was spent waiting for records',
    )
    const secondsAgo = (atMs: number): number => (Number.isNaN(atMs) ? -1 : Math.floor((nowMs() - atMs) / 1000))
    const ago = (place: typeof polling, name: string, what: string, at: () => number): void =>
      metrics.gauge(place, name, `seconds since ${what}; -1 when that never was`, () => secondsAgo(at()))
    ago(coordinating, 'last-heartbeat-seconds-ago', 'a heartbeat was answered last', () => this.#lastHeartbeatMs)
    ago(coordinating, 'last-rebalance-seconds-ago', 'partitions came or went last', () => this.#lastRebalanceMs)
    ago(polling, 'last-poll-seconds-ago', 'records were asked for last', () => this.#lastPollMs)
    metrics.gauge(coordinating, 'assigned-partitions', 'partitions of this member', () => [...assignment].length)
    metrics.gauge(fetching, 'records-lag-max', 'records that the partition furthest behind is behind', () =>
      [...assignment].reduce(
        (most, partition) => (lagOf(partition) > most || Number.isNaN(most) ? lagOf(partition) : most),
        NaN,
      ),
    )
    const each = (name: string, what: string, read: (partition: AssignedPartition) => number): void =>
      metrics.family(fetching.group, name, what, () => tagged(assignment, read))
    each('records-lag', 'records between position and end', lagOf)
    each('records-lead', 'records between the first and the position', leadOf)
    each('preferred-read-replica', 'the broker that is read from instead of the leader; -1: the leader', (partition) =>
      partition.preferredReplica === undefined ? -1 : partition.preferredReplica.brokerId,
    )
  }

  #meters(
    place: { readonly group: string; readonly tags?: Readonly<Record<string, string>> },
    of: string,
  ): TopicMeters {
    return {
      records: this.#metrics.meter(place, 'records-consumed', `records handed over${of}`),
      bytes: this.#metrics.meter(place, 'bytes-consumed', `bytes of records fetched${of}`),
    }
  }

  #topic(topic: string): TopicMeters {
    let meters = this.#topics.get(topic)
    if (meters === undefined) {
      meters = this.#meters({ group: fetching.group, tags: { topic } }, ' of the topic')
      this.#topics.set(topic, meters)
    }
    return meters
  }

  fetched(latencyMs: number, sizeBytes: number, throttleTimeMs: number): void {
    const nowMs = this.#nowMs()
    this.#fetches.record(1, nowMs)
    this.#fetchLatencies.record(latencyMs, nowMs)
    this.#fetchSizes.record(sizeBytes, nowMs)
    this.#throttleTimes.record(throttleTimeMs, nowMs)
  }

  received(topic: string, sizeBytes: number): void {
    const nowMs = this.#nowMs()
    this.#all.bytes.record(sizeBytes, nowMs)
    this.#topic(topic).bytes.record(sizeBytes, nowMs)
  }

  consumed(topic: string, recordCount: number): void {
    const nowMs = this.#nowMs()
    this.#all.records.record(recordCount, nowMs)
    this.#topic(topic).records.record(recordCount, nowMs)
  }

  committed(latencyMs: number): void {
    const nowMs = this.#nowMs()
    this.#commits.record(1, nowMs)
    this.#commitLatencies.record(latencyMs, nowMs)
  }

  heartbeat(): void {
    this.#lastHeartbeatMs = this.#nowMs()
    this.#heartbeats.record(1, this.#lastHeartbeatMs)
  }

  joined(durationMs: number): void {
    this.#joins.record(1, this.#nowMs())
    this.#joinTimes.record(durationMs, this.#nowMs())
  }

  rebalanced(): void {
    this.#lastRebalanceMs = this.#nowMs()
    this.#rebalances.record(1, this.#lastRebalanceMs)
  }

  /** Records were asked for at `fromMs`, and have come now. */
  polled(fromMs: number): void {
    const nowMs = this.#nowMs()
    if (!Number.isNaN(this.#lastPollMs)) {
      const gapMs = fromMs - this.#lastPollMs
      this.#pollGaps.record(gapMs, nowMs)
      this.#idleRatios.record(gapMs <= 0 ? 0 : Math.min(1, this.#lastIdleMs / gapMs), nowMs)
    }
    this.#lastPollMs = fromMs
    this.#lastIdleMs = nowMs - fromMs
  }
}

function lagOf({ consumed, highWatermark }: AssignedPartition): number {
  return consumed === undefined || highWatermark < 0 ? NaN : Math.max(0, highWatermark - consumed.offset)
}

function leadOf({ consumed, logStartOffset }: AssignedPartition): number {
  return consumed === undefined || logStartOffset < 0 ? NaN : Math.max(0, consumed.offset - logStartOffset)
}

function tagged(
  partitions: Iterable<AssignedPartition>,
  read: (partition: AssignedPartition) => number,
): TaggedValue[] {
  return [...partitions].map((partition) => ({
    tags: { topic: partition.topic, partition: String(partition.partition) },
    value: read(partition),
  }))
}
