import type { Counter, MetricsRegistry } from '@odradek/base'
import type { RecordFault } from '@odradek/storage'
import { metricName } from '../metrics/metric-name.ts'

/** Kafka's name of each, and what it counts. */
const meters = {
  messagesIn: ['MessagesInPerSec', 'Records that producers appended.'],
  bytesIn: ['BytesInPerSec', 'Bytes of the batches that producers appended.'],
  bytesOut: ['BytesOutPerSec', 'Bytes of the batches that consumers were given.'],
  bytesRejected: ['BytesRejectedPerSec', 'Bytes of batches that are larger than their topic takes.'],
  totalProduceRequests: ['TotalProduceRequestsPerSec', 'Partitions of produce requests.'],
  totalFetchRequests: ['TotalFetchRequestsPerSec', 'Partitions of fetches that were answered.'],
  failedProduceRequests: ['FailedProduceRequestsPerSec', 'Batches that were refused.'],
  failedFetchRequests: ['FailedFetchRequestsPerSec', 'Partitions of fetches that were answered with an error.'],
} as const

/** What went through the partitions of one topic, or of all. */
export type TopicDataMetrics = Readonly<Record<keyof typeof meters, Counter>>

/** What went through this broker's partitions, topic by topic and over all (Kafka: BrokerTopicMetrics). */
export class DataMetrics {
  readonly all: TopicDataMetrics
  readonly replicationBytesOut: Counter
  readonly isrShrinks: Counter
  readonly isrExpands: Counter
  /** Batches whose checksum does not match. */
  readonly invalidChecksums: Counter
  /** Batches that were refused, by what was wrong with them. */
  readonly faults: Readonly<Record<RecordFault, Counter>>
  readonly #registry: MetricsRegistry
  readonly #byTopic = new Map<string, TopicDataMetrics>()

  constructor(registry: MetricsRegistry) {
    this.#registry = registry
    this.all = countersOf(registry, {})
    this.replicationBytesOut = registry.counter(
      nameOf('ReplicationBytesOutPerSec'),
      'Bytes of the batches that followers were given.',
    )
    this.invalidChecksums = registry.counter(
      nameOf('InvalidMessageCrcRecordsPerSec'),
      'Batches that were refused because they are not what their checksum says.',
    )
    this.faults = {
      magic: registry.counter(
        nameOf('InvalidMagicNumberRecordsPerSec'),
        'Batches that were refused because their format is none, or one of the past.',
      ),
      'offset-or-sequence': registry.counter(
        nameOf('InvalidOffsetOrSequenceRecordsPerSec'),
        'Batches that were refused because of their offsets, counts or sequence numbers.',
      ),
      'no-key': registry.counter(
        nameOf('NoKeyCompactedTopicRecordsPerSec'),
        'Batches that were refused because a record has no key and the topic is compacted.',
      ),
    }
    const ofReplicas = (name: string): string => metricName('kafka.server', 'ReplicaManager', name)
    this.isrShrinks = registry.counter(
      ofReplicas('IsrShrinksPerSec'),
      'How often a partition that is led here lost in-sync replicas.',
    )
    this.isrExpands = registry.counter(
      ofReplicas('IsrExpandsPerSec'),
      'How often a partition that is led here got in-sync replicas back.',
    )
  }

  /** Counters of a topic that is here; what is added to them is to be added to those of all too. */
  of(topic: string): TopicDataMetrics {
    let counters = this.#byTopic.get(topic)
    if (counters === undefined) {
      counters = countersOf(this.#registry, { topic })
      this.#byTopic.set(topic, counters)
    }
    return counters
  }

  /** The topic is gone. */
  forget(topic: string): void {
    if (!this.#byTopic.delete(topic)) return
    for (const [name] of Object.values(meters)) this.#registry.remove(nameOf(name), { topic })
  }
}

function nameOf(name: string): string {
  return metricName('kafka.server', 'BrokerTopicMetrics', name)
}

function countersOf(registry: MetricsRegistry, labels: Readonly<Record<string, string>>): TopicDataMetrics {
  const counters = Object.entries(meters).map(([field, [name, help]]) => [
    field,
    registry.counter(nameOf(name), help, labels),
  ])
  return Object.fromEntries(counters) as TopicDataMetrics
}
