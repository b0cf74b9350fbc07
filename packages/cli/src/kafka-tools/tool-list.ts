import type { KafkaTool } from './kafka-tool.ts'

/** Kafka's tools, by the names of its scripts without `.sh`. */
export const kafkaTools: Readonly<Record<string, () => Promise<KafkaTool>>> = {
  'kafka-topics': async () => (await import('./kafka-topics.ts')).kafkaTopics,
  'kafka-consumer-groups': async () => (await import('./kafka-consumer-groups.ts')).kafkaConsumerGroups,
  'kafka-get-offsets': async () => (await import('./kafka-get-offsets.ts')).kafkaGetOffsets,
  'kafka-delete-records': async () => (await import('./kafka-delete-records.ts')).kafkaDeleteRecords,
  'kafka-leader-election': async () => (await import('./kafka-leader-election.ts')).kafkaLeaderElection,
  'kafka-log-dirs': async () => (await import('./kafka-log-dirs.ts')).kafkaLogDirs,
  'kafka-cluster': async () => (await import('./kafka-cluster.ts')).kafkaCluster,
}
