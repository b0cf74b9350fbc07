import type { Assignor, ConfigInput, consumerKeys } from '@odradek/client'
import type { KafkaCluster } from '../cluster/kafka-cluster.ts'

/** Of a consumer, all of it said. */
export interface ConsumerSettings {
  readonly groupId: string
  readonly sessionTimeout: number
  readonly rebalanceTimeout: number
  readonly heartbeatInterval: number
  readonly maxBytesPerPartition: number
  readonly minBytes: number
  readonly maxBytes: number
  readonly maxWaitTimeInMs: number
  /** 1: only what transactions have committed. */
  readonly isolationLevel: number
  readonly rackId: string
}

const intMax = 2 ** 31 - 1
/** In the place of none: kafkajs sends one whenever it can. */
const heartbeatIntervalMin = 1000
const bufferedBytesMin = 64 * 1024 * 1024

/** The same in the client's words. Commits are kafkajs's, so the client's own are off. */
export function clientConsumerConfig(
  cluster: KafkaCluster,
  settings: ConsumerSettings,
  assignors: readonly Assignor[],
): ConfigInput<typeof consumerKeys> {
  const { config } = cluster.client
  return {
    'bootstrap.servers': config['bootstrap.servers'],
    'client.id': config['client.id'],
    'request.timeout.ms': config['request.timeout.ms'],
    'client.rack': settings.rackId,
    'group.id': settings.groupId,
    'partition.assignment.strategy': assignors,
    'session.timeout.ms': settings.sessionTimeout,
    'heartbeat.interval.ms': settings.heartbeatInterval > 0 ? settings.heartbeatInterval : heartbeatIntervalMin,
    // kafkajs has one time for both: how long the others wait for this member, and how long the application may be silent.
    'max.poll.interval.ms': Math.max(settings.rebalanceTimeout, settings.sessionTimeout),
    'max.poll.records': intMax,
    'enable.auto.commit': false,
    'isolation.level': settings.isolationLevel === 1 ? 'read_committed' : 'read_uncommitted',
    'fetch.min.bytes': settings.minBytes,
    'fetch.max.bytes': settings.maxBytes,
    'fetch.max.wait.ms': settings.maxWaitTimeInMs,
    'max.partition.fetch.bytes': settings.maxBytesPerPartition,
    'buffered.bytes.max': Math.max(bufferedBytesMin, 2 * settings.maxBytes),
  }
}
