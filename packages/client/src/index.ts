export { createAdmin, type Admin } from './admin/admin.ts'
export type { AclBinding, AclFilter } from './admin/acls.ts'
export { adminKeys, type AdminConfig, type AdminConfigInput } from './admin/admin-keys.ts'
export { BatchError } from './admin/batch-error.ts'
export type { QuotaAlteration, QuotaEntity, QuotaEntry, QuotaFilter } from './admin/client-quotas.ts'
export type {
  DescribedCluster,
  DescribedFeatures,
  DescribedQuorum,
  FeatureUpdate,
  QuorumReplica,
} from './admin/cluster-calls.ts'
export type { AlterConfigOp, ConfigEntry, ConfigResource, ConfigSource } from './admin/configs.ts'
export type { DelegationToken } from './admin/delegation-tokens.ts'
export type { DescribedGroup, DescribedMember } from './admin/describe-groups.ts'
export type { CommittedOffset, OffsetToCommit } from './admin/group-offsets.ts'
export type { GroupType, ListedGroup, MemberToRemove } from './admin/groups.ts'
export type { LogDir, LogDirReplica } from './admin/log-dirs.ts'
export type {
  DescribedStreamsGroup,
  DescribedStreamsMember,
  StreamsAssignment,
  StreamsSubtopology,
  StreamsTaskOffset,
  StreamsTasks,
} from './admin/describe-streams-groups.ts'
export type { AclOperation } from './admin/operations.ts'
export type { PartitionRef } from './admin/partition-batch.ts'
export type { OngoingReassignment, Reassignment } from './admin/reassignments.ts'
export type { ListedOffset, LowWatermark, OffsetSpec, ProducerState } from './admin/records.ts'
export type { ScramCredential, ScramMechanism } from './admin/scram-credentials.ts'
export type {
  CreatedTopic,
  DescribedPartition,
  DescribedTopic,
  ListedTopic,
  NewPartitions,
  NewTopic,
} from './admin/topics.ts'
export type { DescribedTransaction, ListedTransaction, TransactionToAbort } from './admin/transactions.ts'
export { BrokerConnection, type BrokerConnectionOptions } from './broker-connection.ts'
export { isRetriable, isStaleMetadata } from './classify-error.ts'
export { ClientError, type ClientErrorCode } from './client-error.ts'
export { Cluster, type ClusterOptions, type RetryOptions } from './cluster/cluster.ts'
export type { BrokerNode, LeaderChange, PartitionMetadata, TopicMetadata } from './cluster/metadata-cache.ts'
export { commonKeys, type CommonConfig } from './config/common-keys.ts'
export type { RequestLog, RequestLogEntry } from './request-log.ts'
export type { RequestObserver, SentRequest } from './request-observer.ts'
export type { ConfigInput, ConfigKey, ConfigKeys, ConfigOf, ConfigType } from './config/config-key.ts'
export { parseConfig } from './config/parse-config.ts'
export type { OauthToken } from './config/security-keys.ts'
export { Producer } from './producer/producer.ts'
export type { ProducerConfig, ProducerConfigInput } from './producer/producer-keys.ts'
export { producerKeys } from './producer/producer-keys.ts'
export type {
  DeliveryCallback,
  HeadersInput,
  ProducerInterceptor,
  ProducerRecord,
  RecordMetadata,
} from './producer/producer-record.ts'
export { murmur2, partitionForKey } from './producer/partition/murmur2.ts'
export type { Partitioner, PartitionerInput } from './producer/partition/partitioner.ts'
export type { Serializer } from './producer/serialize/serializer.ts'
export { transactionSeverity, type TransactionSeverity } from './producer/transaction/transaction-state.ts'
export type { GroupMetadata, TransactionOffset } from './producer/transaction/transaction-manager.ts'
export { Consumer, type ConsumerHealth, type ConsumerState, type PartitionHealth } from './consumer/consumer.ts'
export { consumerKeys, type ConsumerConfig } from './consumer/consumer-keys.ts'
export type { Deserializer } from './consumer/deserialize/deserializer.ts'
export type { OpenTelemetryLike, SpanContextLike, SpanLike, SpanOptionsLike } from './tracing/open-telemetry.ts'
export type {
  ConsumerBatch,
  ConsumerInterceptor,
  ConsumerRecord,
  OffsetAndMetadata,
} from './consumer/consumer-record.ts'
export type { Assignments, Assignor, AssignorMember, PartitionRacks } from './consumer/assignor/assignor.ts'
export type { ConsumerObserver, ConsumerSeams, JoinedGroup } from './consumer/consumer-seams.ts'
export type { Delivery } from './consumer/host/deliveries.ts'
export type { RebalanceListener } from './consumer/host/rebalance-listeners.ts'
export type { SubscribeInput } from './consumer/host/subscriptions.ts'
export type { DeadLetter, DeadLetters, ErrorPolicy, RunOptions } from './consumer/run-records.ts'
export type { TopicPartition } from './consumer/topic-partition.ts'
export type { ApplicationMetric, ClientMetric } from './metrics/client-metrics.ts'
export { ShareConsumer, type ShareConsumerHealth, type ShareConsumerState } from './share/share-consumer.ts'
export { shareConsumerKeys, type ShareConsumerConfig, type ShareConsumerConfigInput } from './share/share-keys.ts'
export type {
  AcknowledgeResult,
  AcknowledgeType,
  ShareBatch,
  ShareInterceptor,
  ShareRecord,
} from './share/share-record.ts'
export type { ShareErrorPolicy, ShareRunOptions } from './share/run-share-records.ts'
export { KafkaError } from '@odradek/kafka-protocol'
