import type { Counter, MetricsRegistry } from '@odradek/base'

/** What went through this broker's partitions, over all topics (Kafka: BrokerTopicMetrics). */
export class DataMetrics {
  readonly messagesIn: Counter
  readonly bytesIn: Counter
  readonly bytesOut: Counter
  readonly replicationBytesOut: Counter
  readonly failedProduceRequests: Counter
  readonly failedFetchRequests: Counter

  constructor(metrics: MetricsRegistry) {
    const counter = (name: string, help: string): Counter =>
      metrics.counter(`kafka_server_brokertopicmetrics_${name}_total`, help)
    this.messagesIn = counter('messagesin', 'Records that producers appended.')
    this.bytesIn = counter('bytesin', 'Bytes of the batches that producers appended.')
    this.bytesOut = counter('bytesout', 'Bytes of the batches that consumers were given.')
    this.replicationBytesOut = counter('replicationbytesout', 'Bytes of the batches that followers were given.')
    this.failedProduceRequests = counter('failedproducerequests', 'Batches that were refused.')
    this.failedFetchRequests = counter('failedfetchrequests', 'Partitions of fetches that were answered with an error.')
  }
}
