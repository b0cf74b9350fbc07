/** Kafka's script, which is the name that ours has too, and the class that it runs (at 3.9.1; of share groups at 4.3.1), by the short name of a step's tool. */
export const toolNames: Readonly<Record<string, { readonly script: string; readonly mainClass: string }>> = {
  topics: { script: 'kafka-topics', mainClass: 'org.apache.kafka.tools.TopicCommand' },
  configs: { script: 'kafka-configs', mainClass: 'kafka.admin.ConfigCommand' },
  'console-producer': { script: 'kafka-console-producer', mainClass: 'kafka.tools.ConsoleProducer' },
  'console-consumer': {
    script: 'kafka-console-consumer',
    mainClass: 'org.apache.kafka.tools.consumer.ConsoleConsumer',
  },
  'producer-perf': { script: 'kafka-producer-perf-test', mainClass: 'org.apache.kafka.tools.ProducerPerformance' },
  'consumer-perf': { script: 'kafka-consumer-perf-test', mainClass: 'org.apache.kafka.tools.ConsumerPerformance' },
  'end-to-end-latency': { script: 'kafka-e2e-latency', mainClass: 'org.apache.kafka.tools.EndToEndLatency' },
  'verifiable-producer': {
    script: 'kafka-verifiable-producer',
    mainClass: 'org.apache.kafka.tools.VerifiableProducer',
  },
  'verifiable-consumer': {
    script: 'kafka-verifiable-consumer',
    mainClass: 'org.apache.kafka.tools.VerifiableConsumer',
  },
  'consumer-groups': {
    script: 'kafka-consumer-groups',
    mainClass: 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
  },
  'get-offsets': { script: 'kafka-get-offsets', mainClass: 'org.apache.kafka.tools.GetOffsetShell' },
  'delete-records': { script: 'kafka-delete-records', mainClass: 'org.apache.kafka.tools.DeleteRecordsCommand' },
  'log-dirs': { script: 'kafka-log-dirs', mainClass: 'org.apache.kafka.tools.LogDirsCommand' },
  'leader-election': { script: 'kafka-leader-election', mainClass: 'org.apache.kafka.tools.LeaderElectionCommand' },
  'broker-api-versions': { script: 'kafka-broker-api-versions', mainClass: 'kafka.admin.BrokerApiVersionsCommand' },
  cluster: { script: 'kafka-cluster', mainClass: 'org.apache.kafka.tools.ClusterTool' },
  transactions: { script: 'kafka-transactions', mainClass: 'org.apache.kafka.tools.TransactionsCommand' },
  'dump-log': { script: 'kafka-dump-log', mainClass: 'kafka.tools.DumpLogSegments' },
  acls: { script: 'kafka-acls', mainClass: 'kafka.admin.AclCommand' },
  'reassign-partitions': {
    script: 'kafka-reassign-partitions',
    mainClass: 'org.apache.kafka.tools.reassign.ReassignPartitionsCommand',
  },
  'streams-reset': {
    script: 'kafka-streams-application-reset',
    mainClass: 'org.apache.kafka.tools.StreamsResetter',
  },
  groups: { script: 'kafka-groups', mainClass: 'org.apache.kafka.tools.GroupsCommand' },
  'share-groups': {
    script: 'kafka-share-groups',
    mainClass: 'org.apache.kafka.tools.consumer.group.ShareGroupCommand',
  },
  'streams-groups': {
    script: 'kafka-streams-groups',
    mainClass: 'org.apache.kafka.tools.streams.StreamsGroupCommand',
  },
  'console-share-consumer': {
    script: 'kafka-console-share-consumer',
    mainClass: 'org.apache.kafka.tools.consumer.ConsoleShareConsumer',
  },
  'verifiable-share-consumer': {
    script: 'kafka-verifiable-share-consumer',
    mainClass: 'org.apache.kafka.tools.VerifiableShareConsumer',
  },
  'share-consumer-perf': {
    script: 'kafka-share-consumer-perf-test',
    mainClass: 'org.apache.kafka.tools.ShareConsumerPerformance',
  },
  features: { script: 'kafka-features', mainClass: 'org.apache.kafka.tools.FeatureCommand' },
  'metadata-quorum': { script: 'kafka-metadata-quorum', mainClass: 'org.apache.kafka.tools.MetadataQuorumCommand' },
  'client-metrics': { script: 'kafka-client-metrics', mainClass: 'org.apache.kafka.tools.ClientMetricsCommand' },
  'delegation-tokens': {
    script: 'kafka-delegation-tokens',
    mainClass: 'org.apache.kafka.tools.DelegationTokenCommand',
  },
}
