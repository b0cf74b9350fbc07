import type { Message } from '@odradek/kafka-protocol'
import { produceRequest } from '@odradek/kafka-protocol/messages/00-produce'
import { fetchRequest } from '@odradek/kafka-protocol/messages/01-fetch'
import { listOffsetsRequest } from '@odradek/kafka-protocol/messages/02-list-offsets'
import { metadataRequest } from '@odradek/kafka-protocol/messages/03-metadata'
import { leaderAndIsrRequest } from '@odradek/kafka-protocol/messages/04-leader-and-isr'
import { stopReplicaRequest } from '@odradek/kafka-protocol/messages/05-stop-replica'
import { updateMetadataRequest } from '@odradek/kafka-protocol/messages/06-update-metadata'
import { controlledShutdownRequest } from '@odradek/kafka-protocol/messages/07-controlled-shutdown'
import { offsetCommitRequest } from '@odradek/kafka-protocol/messages/08-offset-commit'
import { offsetFetchRequest } from '@odradek/kafka-protocol/messages/09-offset-fetch'
import { findCoordinatorRequest } from '@odradek/kafka-protocol/messages/10-find-coordinator'
import { joinGroupRequest } from '@odradek/kafka-protocol/messages/11-join-group'
import { heartbeatRequest } from '@odradek/kafka-protocol/messages/12-heartbeat'
import { leaveGroupRequest } from '@odradek/kafka-protocol/messages/13-leave-group'
import { syncGroupRequest } from '@odradek/kafka-protocol/messages/14-sync-group'
import { describeGroupsRequest } from '@odradek/kafka-protocol/messages/15-describe-groups'
import { listGroupsRequest } from '@odradek/kafka-protocol/messages/16-list-groups'
import { saslHandshakeRequest } from '@odradek/kafka-protocol/messages/17-sasl-handshake'
import { apiVersionsRequest } from '@odradek/kafka-protocol/messages/18-api-versions'
import { createTopicsRequest } from '@odradek/kafka-protocol/messages/19-create-topics'
import { deleteTopicsRequest } from '@odradek/kafka-protocol/messages/20-delete-topics'
import { deleteRecordsRequest } from '@odradek/kafka-protocol/messages/21-delete-records'
import { initProducerIdRequest } from '@odradek/kafka-protocol/messages/22-init-producer-id'
import { offsetForLeaderEpochRequest } from '@odradek/kafka-protocol/messages/23-offset-for-leader-epoch'
import { addPartitionsToTxnRequest } from '@odradek/kafka-protocol/messages/24-add-partitions-to-txn'
import { addOffsetsToTxnRequest } from '@odradek/kafka-protocol/messages/25-add-offsets-to-txn'
import { endTxnRequest } from '@odradek/kafka-protocol/messages/26-end-txn'
import { writeTxnMarkersRequest } from '@odradek/kafka-protocol/messages/27-write-txn-markers'
import { txnOffsetCommitRequest } from '@odradek/kafka-protocol/messages/28-txn-offset-commit'
import { describeAclsRequest } from '@odradek/kafka-protocol/messages/29-describe-acls'
import { createAclsRequest } from '@odradek/kafka-protocol/messages/30-create-acls'
import { deleteAclsRequest } from '@odradek/kafka-protocol/messages/31-delete-acls'
import { describeConfigsRequest } from '@odradek/kafka-protocol/messages/32-describe-configs'
import { alterConfigsRequest } from '@odradek/kafka-protocol/messages/33-alter-configs'
import { alterReplicaLogDirsRequest } from '@odradek/kafka-protocol/messages/34-alter-replica-log-dirs'
import { describeLogDirsRequest } from '@odradek/kafka-protocol/messages/35-describe-log-dirs'
import { saslAuthenticateRequest } from '@odradek/kafka-protocol/messages/36-sasl-authenticate'
import { createPartitionsRequest } from '@odradek/kafka-protocol/messages/37-create-partitions'
import { createDelegationTokenRequest } from '@odradek/kafka-protocol/messages/38-create-delegation-token'
import { renewDelegationTokenRequest } from '@odradek/kafka-protocol/messages/39-renew-delegation-token'
import { expireDelegationTokenRequest } from '@odradek/kafka-protocol/messages/40-expire-delegation-token'
import { describeDelegationTokenRequest } from '@odradek/kafka-protocol/messages/41-describe-delegation-token'
import { deleteGroupsRequest } from '@odradek/kafka-protocol/messages/42-delete-groups'
import { electLeadersRequest } from '@odradek/kafka-protocol/messages/43-elect-leaders'
import { incrementalAlterConfigsRequest } from '@odradek/kafka-protocol/messages/44-incremental-alter-configs'
import { alterPartitionReassignmentsRequest } from '@odradek/kafka-protocol/messages/45-alter-partition-reassignments'
import { listPartitionReassignmentsRequest } from '@odradek/kafka-protocol/messages/46-list-partition-reassignments'
import { offsetDeleteRequest } from '@odradek/kafka-protocol/messages/47-offset-delete'
import { describeClientQuotasRequest } from '@odradek/kafka-protocol/messages/48-describe-client-quotas'
import { alterClientQuotasRequest } from '@odradek/kafka-protocol/messages/49-alter-client-quotas'
import { describeUserScramCredentialsRequest } from '@odradek/kafka-protocol/messages/50-describe-user-scram-credentials'
import { alterUserScramCredentialsRequest } from '@odradek/kafka-protocol/messages/51-alter-user-scram-credentials'
import { voteRequest } from '@odradek/kafka-protocol/messages/52-vote'
import { beginQuorumEpochRequest } from '@odradek/kafka-protocol/messages/53-begin-quorum-epoch'
import { endQuorumEpochRequest } from '@odradek/kafka-protocol/messages/54-end-quorum-epoch'
import { describeQuorumRequest } from '@odradek/kafka-protocol/messages/55-describe-quorum'
import { alterPartitionRequest } from '@odradek/kafka-protocol/messages/56-alter-partition'
import { updateFeaturesRequest } from '@odradek/kafka-protocol/messages/57-update-features'
import { envelopeRequest } from '@odradek/kafka-protocol/messages/58-envelope'
import { fetchSnapshotRequest } from '@odradek/kafka-protocol/messages/59-fetch-snapshot'
import { describeClusterRequest } from '@odradek/kafka-protocol/messages/60-describe-cluster'
import { describeProducersRequest } from '@odradek/kafka-protocol/messages/61-describe-producers'
import { brokerRegistrationRequest } from '@odradek/kafka-protocol/messages/62-broker-registration'
import { brokerHeartbeatRequest } from '@odradek/kafka-protocol/messages/63-broker-heartbeat'
import { unregisterBrokerRequest } from '@odradek/kafka-protocol/messages/64-unregister-broker'
import { describeTransactionsRequest } from '@odradek/kafka-protocol/messages/65-describe-transactions'
import { listTransactionsRequest } from '@odradek/kafka-protocol/messages/66-list-transactions'
import { allocateProducerIdsRequest } from '@odradek/kafka-protocol/messages/67-allocate-producer-ids'
import { consumerGroupHeartbeatRequest } from '@odradek/kafka-protocol/messages/68-consumer-group-heartbeat'
import { consumerGroupDescribeRequest } from '@odradek/kafka-protocol/messages/69-consumer-group-describe'
import { controllerRegistrationRequest } from '@odradek/kafka-protocol/messages/70-controller-registration'
import { getTelemetrySubscriptionsRequest } from '@odradek/kafka-protocol/messages/71-get-telemetry-subscriptions'
import { pushTelemetryRequest } from '@odradek/kafka-protocol/messages/72-push-telemetry'
import { assignReplicasToDirsRequest } from '@odradek/kafka-protocol/messages/73-assign-replicas-to-dirs'
import { listConfigResourcesRequest } from '@odradek/kafka-protocol/messages/74-list-config-resources'
import { describeTopicPartitionsRequest } from '@odradek/kafka-protocol/messages/75-describe-topic-partitions'
import { shareGroupHeartbeatRequest } from '@odradek/kafka-protocol/messages/76-share-group-heartbeat'
import { shareGroupDescribeRequest } from '@odradek/kafka-protocol/messages/77-share-group-describe'
import { shareFetchRequest } from '@odradek/kafka-protocol/messages/78-share-fetch'
import { shareAcknowledgeRequest } from '@odradek/kafka-protocol/messages/79-share-acknowledge'
import { addRaftVoterRequest } from '@odradek/kafka-protocol/messages/80-add-raft-voter'
import { removeRaftVoterRequest } from '@odradek/kafka-protocol/messages/81-remove-raft-voter'
import { updateRaftVoterRequest } from '@odradek/kafka-protocol/messages/82-update-raft-voter'
import { initializeShareGroupStateRequest } from '@odradek/kafka-protocol/messages/83-initialize-share-group-state'
import { readShareGroupStateRequest } from '@odradek/kafka-protocol/messages/84-read-share-group-state'
import { writeShareGroupStateRequest } from '@odradek/kafka-protocol/messages/85-write-share-group-state'
import { deleteShareGroupStateRequest } from '@odradek/kafka-protocol/messages/86-delete-share-group-state'
import { readShareGroupStateSummaryRequest } from '@odradek/kafka-protocol/messages/87-read-share-group-state-summary'
import { streamsGroupHeartbeatRequest } from '@odradek/kafka-protocol/messages/88-streams-group-heartbeat'
import { streamsGroupDescribeRequest } from '@odradek/kafka-protocol/messages/89-streams-group-describe'
import { describeShareGroupOffsetsRequest } from '@odradek/kafka-protocol/messages/90-describe-share-group-offsets'
import { alterShareGroupOffsetsRequest } from '@odradek/kafka-protocol/messages/91-alter-share-group-offsets'
import { deleteShareGroupOffsetsRequest } from '@odradek/kafka-protocol/messages/92-delete-share-group-offsets'

/** The requests of clients that we know. */
export const clientRequests: readonly Message[] = [
  produceRequest,
  fetchRequest,
  listOffsetsRequest,
  metadataRequest,
  offsetCommitRequest,
  offsetFetchRequest,
  findCoordinatorRequest,
  joinGroupRequest,
  heartbeatRequest,
  leaveGroupRequest,
  syncGroupRequest,
  describeGroupsRequest,
  listGroupsRequest,
  saslHandshakeRequest,
  apiVersionsRequest,
  createTopicsRequest,
  deleteTopicsRequest,
  deleteRecordsRequest,
  initProducerIdRequest,
  offsetForLeaderEpochRequest,
  addPartitionsToTxnRequest,
  addOffsetsToTxnRequest,
  endTxnRequest,
  writeTxnMarkersRequest,
  txnOffsetCommitRequest,
  describeAclsRequest,
  createAclsRequest,
  deleteAclsRequest,
  describeConfigsRequest,
  alterConfigsRequest,
  alterReplicaLogDirsRequest,
  describeLogDirsRequest,
  saslAuthenticateRequest,
  createPartitionsRequest,
  createDelegationTokenRequest,
  renewDelegationTokenRequest,
  expireDelegationTokenRequest,
  describeDelegationTokenRequest,
  deleteGroupsRequest,
  electLeadersRequest,
  incrementalAlterConfigsRequest,
  alterPartitionReassignmentsRequest,
  listPartitionReassignmentsRequest,
  offsetDeleteRequest,
  describeClientQuotasRequest,
  alterClientQuotasRequest,
  describeUserScramCredentialsRequest,
  alterUserScramCredentialsRequest,
  describeQuorumRequest,
  updateFeaturesRequest,
  describeClusterRequest,
  describeProducersRequest,
  unregisterBrokerRequest,
  describeTransactionsRequest,
  listTransactionsRequest,
  consumerGroupHeartbeatRequest,
  consumerGroupDescribeRequest,
  getTelemetrySubscriptionsRequest,
  pushTelemetryRequest,
  listConfigResourcesRequest,
  describeTopicPartitionsRequest,
  shareGroupHeartbeatRequest,
  shareGroupDescribeRequest,
  shareFetchRequest,
  shareAcknowledgeRequest,
  addRaftVoterRequest,
  removeRaftVoterRequest,
  initializeShareGroupStateRequest,
  readShareGroupStateRequest,
  writeShareGroupStateRequest,
  deleteShareGroupStateRequest,
  readShareGroupStateSummaryRequest,
  streamsGroupHeartbeatRequest,
  streamsGroupDescribeRequest,
  describeShareGroupOffsetsRequest,
  alterShareGroupOffsetsRequest,
  deleteShareGroupOffsetsRequest,
]

/** The requests between servers that we know. */
export const serverRequests: readonly Message[] = [
  leaderAndIsrRequest,
  stopReplicaRequest,
  updateMetadataRequest,
  controlledShutdownRequest,
  voteRequest,
  beginQuorumEpochRequest,
  endQuorumEpochRequest,
  alterPartitionRequest,
  envelopeRequest,
  fetchSnapshotRequest,
  brokerRegistrationRequest,
  brokerHeartbeatRequest,
  allocateProducerIdsRequest,
  controllerRegistrationRequest,
  assignReplicasToDirsRequest,
  updateRaftVoterRequest,
]
