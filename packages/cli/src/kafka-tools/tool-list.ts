import type { KafkaTool } from './kafka-tool.ts'

/** Kafka's tools, by the names of its scripts without `.sh`. */
export const kafkaTools: Readonly<Record<string, () => Promise<KafkaTool>>> = {
  'kafka-topics': async () => (await import('./kafka-topics.ts')).kafkaTopics,
  'kafka-configs': async () => (await import('./kafka-configs.ts')).kafkaConfigs,
  'kafka-console-producer': async () => (await import('./kafka-console-producer.ts')).kafkaConsoleProducer,
  'kafka-console-consumer': async () => (await import('./kafka-console-consumer.ts')).kafkaConsoleConsumer,
  'kafka-producer-perf-test': async () => (await import('./kafka-producer-perf-test.ts')).kafkaProducerPerfTest,
  'kafka-consumer-perf-test': async () => (await import('./kafka-consumer-perf-test.ts')).kafkaConsumerPerfTest,
  'kafka-acls': async () => (await import('./kafka-acls.ts')).kafkaAcls,
  'kafka-reassign-partitions': async () => (await import('./kafka-reassign-partitions.ts')).kafkaReassignPartitions,
  'kafka-verifiable-producer': async () => (await import('./kafka-verifiable-producer.ts')).kafkaVerifiableProducer,
  'kafka-verifiable-consumer': async () => (await import('./kafka-verifiable-consumer.ts')).kafkaVerifiableConsumer,
  'kafka-e2e-latency': async () => (await import('./kafka-e2e-latency.ts')).kafkaE2eLatency,
  'kafka-broker-api-versions': async () => (await import('./kafka-broker-api-versions.ts')).kafkaBrokerApiVersions,
  'kafka-groups': async () => (await import('./kafka-groups.ts')).kafkaGroups,
  'kafka-client-metrics': async () => (await import('./kafka-client-metrics.ts')).kafkaClientMetrics,
  'kafka-features': async () => (await import('./kafka-features.ts')).kafkaFeatures,
  'kafka-metadata-quorum': async () => (await import('./kafka-metadata-quorum.ts')).kafkaMetadataQuorum,
  'kafka-delegation-tokens': async () => (await import('./kafka-delegation-tokens.ts')).kafkaDelegationTokens,
  'kafka-transactions': async () => (await import('./kafka-transactions.ts')).kafkaTransactions,
  'kafka-dump-log': async () => (await import('./kafka-dump-log.ts')).kafkaDumpLog,
  'kafka-share-groups': async () => (await import('./kafka-share-groups.ts')).kafkaShareGroups,
  'kafka-streams-groups': async () => (await import('./kafka-streams-groups.ts')).kafkaStreamsGroups,
  'kafka-console-share-consumer': async () =>
    (await import('./kafka-console-share-consumer.ts')).kafkaConsoleShareConsumer,
  'kafka-verifiable-share-consumer': async () =>
    (await import('./kafka-verifiable-share-consumer.ts')).kafkaVerifiableShareConsumer,
  'kafka-share-consumer-perf-test': async () =>
    (await import('./kafka-share-consumer-perf-test.ts')).kafkaShareConsumerPerfTest,
  'kafka-streams-application-reset': async () =>
    (await import('./kafka-streams-application-reset.ts')).kafkaStreamsApplicationReset,
  'kafka-consumer-groups': async () => (await import('./kafka-consumer-groups.ts')).kafkaConsumerGroups,
  'kafka-get-offsets': async () => (await import('./kafka-get-offsets.ts')).kafkaGetOffsets,
  'kafka-delete-records': async () => (await import('./kafka-delete-records.ts')).kafkaDeleteRecords,
  'kafka-leader-election': async () => (await import('./kafka-leader-election.ts')).kafkaLeaderElection,
  'kafka-log-dirs': async () => (await import('./kafka-log-dirs.ts')).kafkaLogDirs,
  'kafka-storage': async () => (await import('./kafka-storage.ts')).kafkaStorage,
  'kafka-replica-verification': async () => (await import('./kafka-replica-verification.ts')).kafkaReplicaVerification,
  'kafka-cluster': async () => (await import('./kafka-cluster.ts')).kafkaCluster,
}
