import { anyHandler } from './any-api-handler.ts'
import type { AnyApiHandler } from './any-api-handler.ts'
import { produceHandler } from './00-produce.ts'
import { fetchHandler } from './01-fetch.ts'
import { listOffsetsHandler } from './02-list-offsets.ts'
import { metadataHandler } from './03-metadata.ts'
import { leaderAndIsrHandler } from './04-leader-and-isr.ts'
import { stopReplicaHandler } from './05-stop-replica.ts'
import { updateMetadataHandler } from './06-update-metadata.ts'
import { controlledShutdownHandler } from './07-controlled-shutdown.ts'
import { offsetCommitHandler } from './08-offset-commit.ts'
import { offsetFetchHandler } from './09-offset-fetch.ts'
import { findCoordinatorHandler } from './10-find-coordinator.ts'
import { joinGroupHandler } from './11-join-group.ts'
import { heartbeatHandler } from './12-heartbeat.ts'
import { leaveGroupHandler } from './13-leave-group.ts'
import { syncGroupHandler } from './14-sync-group.ts'
import { describeGroupsHandler } from './15-describe-groups.ts'
import { listGroupsHandler } from './16-list-groups.ts'
import { apiVersionsHandler } from './18-api-versions.ts'
import { createTopicsHandler } from './19-create-topics.ts'
import { deleteTopicsHandler } from './20-delete-topics.ts'
import { deleteRecordsHandler } from './21-delete-records.ts'
import { initProducerIdHandler } from './22-init-producer-id.ts'
import { offsetForLeaderEpochHandler } from './23-offset-for-leader-epoch.ts'
import { describeConfigsHandler } from './32-describe-configs.ts'
import { alterConfigsHandler } from './33-alter-configs.ts'
import { alterReplicaLogDirsHandler } from './34-alter-replica-log-dirs.ts'
import { describeLogDirsHandler } from './35-describe-log-dirs.ts'
import { createPartitionsHandler } from './37-create-partitions.ts'
import { deleteGroupsHandler } from './42-delete-groups.ts'
import { electLeadersHandler } from './43-elect-leaders.ts'
import { incrementalAlterConfigsHandler } from './44-incremental-alter-configs.ts'
import { alterPartitionReassignmentsHandler } from './45-alter-partition-reassignments.ts'
import { listPartitionReassignmentsHandler } from './46-list-partition-reassignments.ts'
import { offsetDeleteHandler } from './47-offset-delete.ts'
import { describeClientQuotasHandler } from './48-describe-client-quotas.ts'
import { alterClientQuotasHandler } from './49-alter-client-quotas.ts'
import { describeUserScramCredentialsHandler } from './50-describe-user-scram-credentials.ts'
import { alterUserScramCredentialsHandler } from './51-alter-user-scram-credentials.ts'
import { alterPartitionHandler } from './56-alter-partition.ts'
import { describeClusterHandler } from './60-describe-cluster.ts'
import { describeProducersHandler } from './61-describe-producers.ts'
import { allocateProducerIdsHandler } from './67-allocate-producer-ids.ts'
import { consumerGroupHeartbeatHandler } from './68-consumer-group-heartbeat.ts'
import { consumerGroupDescribeHandler } from './69-consumer-group-describe.ts'
import { getTelemetrySubscriptionsHandler } from './71-get-telemetry-subscriptions.ts'
import { pushTelemetryHandler } from './72-push-telemetry.ts'
import { listConfigResourcesHandler } from './74-list-config-resources.ts'
import { describeTopicPartitionsHandler } from './75-describe-topic-partitions.ts'

/** Every API that this broker answers, by key. A handler that is not here does not exist for clients. */
export const allHandlers: readonly AnyApiHandler[] = [
  anyHandler(produceHandler),
  anyHandler(fetchHandler),
  anyHandler(listOffsetsHandler),
  anyHandler(metadataHandler),
  anyHandler(leaderAndIsrHandler),
  anyHandler(stopReplicaHandler),
  anyHandler(updateMetadataHandler),
  anyHandler(controlledShutdownHandler),
  anyHandler(offsetCommitHandler),
  anyHandler(offsetFetchHandler),
  anyHandler(findCoordinatorHandler),
  anyHandler(joinGroupHandler),
  anyHandler(heartbeatHandler),
  anyHandler(leaveGroupHandler),
  anyHandler(syncGroupHandler),
  anyHandler(describeGroupsHandler),
  anyHandler(listGroupsHandler),
  anyHandler(apiVersionsHandler),
  anyHandler(createTopicsHandler),
  anyHandler(deleteTopicsHandler),
  anyHandler(deleteRecordsHandler),
  anyHandler(initProducerIdHandler),
  anyHandler(offsetForLeaderEpochHandler),
  anyHandler(describeConfigsHandler),
  anyHandler(alterConfigsHandler),
  anyHandler(alterReplicaLogDirsHandler),
  anyHandler(describeLogDirsHandler),
  anyHandler(createPartitionsHandler),
  anyHandler(deleteGroupsHandler),
  anyHandler(electLeadersHandler),
  anyHandler(incrementalAlterConfigsHandler),
  anyHandler(alterPartitionReassignmentsHandler),
  anyHandler(listPartitionReassignmentsHandler),
  anyHandler(offsetDeleteHandler),
  anyHandler(describeClientQuotasHandler),
  anyHandler(alterClientQuotasHandler),
  anyHandler(describeUserScramCredentialsHandler),
  anyHandler(alterUserScramCredentialsHandler),
  anyHandler(alterPartitionHandler),
  anyHandler(describeClusterHandler),
  anyHandler(describeProducersHandler),
  anyHandler(allocateProducerIdsHandler),
  anyHandler(consumerGroupHeartbeatHandler),
  anyHandler(consumerGroupDescribeHandler),
  anyHandler(getTelemetrySubscriptionsHandler),
  anyHandler(pushTelemetryHandler),
  anyHandler(listConfigResourcesHandler),
  anyHandler(describeTopicPartitionsHandler),
]
