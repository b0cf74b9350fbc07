import type { ClientMetrics, TaggedValue } from '../metrics/client-metrics.ts'
import type { Meter, Samples } from '../metrics/meters.ts'
import { FetchMetrics } from './fetch-metrics.ts'
import type { AssignedPartition } from './host/assigned-partition.ts'
import { MembershipMetrics } from './membership-metrics.ts'
import { PollMetrics } from './poll-metrics.ts'

const fetching = { group: 'consumer-fetch-manager-metrics' }
const coordinating = { group: 'consumer-coordinator-metrics' }
const polling = { group: 'consumer-metrics' }

/** `consumer-metrics`, `consumer-fetch-manager-metrics` and `consumer-coordinator-metrics`. */
export class ConsumerMetrics {
  readonly fetches: FetchMetrics
  readonly polls: PollMetrics
  readonly membership: MembershipMetrics
  readonly #nowMs: () => number
  readonly #commits: Meter
  readonly #commitLatencies: Samples
  readonly #joins: Meter
  readonly #joinTimes: Samples

  constructor(metrics: ClientMetrics, assignment: Iterable<AssignedPartition>, nowMs: () => number) {
    this.#nowMs = nowMs
    this.fetches = new FetchMetrics(metrics, fetching, nowMs)
    this.polls = new PollMetrics(metrics, polling, nowMs)
    this.membership = new MembershipMetrics(metrics, coordinating, nowMs)
    this.#commits = metrics.meter(coordinating, 'commit', 'commits')
    this.#commitLatencies = metrics.samples(coordinating, 'commit-latency', 'ms that a commit took')
    this.#joins = metrics.meter(coordinating, 'join', 'times that the group was joined')
    this.#joinTimes = metrics.samples(coordinating, 'join-time', 'ms that joining took')
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

  committed(latencyMs: number): void {
    const nowMs = this.#nowMs()
    this.#commits.record(1, nowMs)
    this.#commitLatencies.record(latencyMs, nowMs)
  }

  joined(durationMs: number): void {
    this.#joins.record(1, this.#nowMs())
    this.#joinTimes.record(durationMs, this.#nowMs())
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
