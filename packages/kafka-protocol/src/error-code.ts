// The one table of Kafka's error codes, as of 4.3.1: [code, whether a client may try again, what it means].
const table = {
  UNKNOWN_SERVER_ERROR: [-1, false, 'Something unexpected failed in the server; its log says what.'],
  NONE: [0, false, 'No error.'],
  OFFSET_OUT_OF_RANGE: [
    1,
    false,
    'The partition does not hold that offset: it is before its beginning or after its end.',
  ],
  CORRUPT_MESSAGE: [2, true, 'A record batch is damaged: its checksum, its sizes or its content do not fit.'],
  UNKNOWN_TOPIC_OR_PARTITION: [3, true, 'There is no such topic or partition here.'],
  INVALID_FETCH_SIZE: [4, false, 'The size that was asked for is not valid.'],
  LEADER_NOT_AVAILABLE: [5, true, 'The partition has no leader at the moment; one is being elected.'],
  NOT_LEADER_OR_FOLLOWER: [
    6,
    true,
    'This broker is not the leader of the partition, or has no replica of it; fresh metadata tells which one is.',
  ],
  REQUEST_TIMED_OUT: [7, true, 'The request could not be completed in its time.'],
  BROKER_NOT_AVAILABLE: [8, false, 'The broker is not available.'],
  REPLICA_NOT_AVAILABLE: [9, true, 'The replica is not available on this broker.'],
  MESSAGE_TOO_LARGE: [10, false, 'A record batch is larger than the topic or the broker allows (max.message.bytes).'],
  STALE_CONTROLLER_EPOCH: [11, false, 'Another controller has been elected since.'],
  OFFSET_METADATA_TOO_LARGE: [
    12,
    false,
    'The text that goes with a committed offset is longer than offset.metadata.max.bytes.',
  ],
  NETWORK_EXCEPTION: [13, true, 'The connection ended before the answer came.'],
  COORDINATOR_LOAD_IN_PROGRESS: [14, true, 'The coordinator is still reading its state.'],
  COORDINATOR_NOT_AVAILABLE: [15, true, 'There is no coordinator at the moment.'],
  NOT_COORDINATOR: [16, true, 'This broker is not the coordinator; FindCoordinator tells which one is.'],
  INVALID_TOPIC_EXCEPTION: [17, false, 'The topic has a name that is not valid, or may not be used this way.'],
  RECORD_LIST_TOO_LARGE: [18, false, 'A record batch is larger than a segment of the log.'],
  NOT_ENOUGH_REPLICAS: [19, true, 'Fewer replicas are in sync than min.insync.replicas asks for; nothing was written.'],
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: [
    20,
    true,
    'Written, but fewer replicas are in sync than min.insync.replicas asks for.',
  ],
  INVALID_REQUIRED_ACKS: [21, false, 'Acks must be 0, 1 or -1 (all).'],
  ILLEGAL_GENERATION: [22, false, 'The group has moved on to another generation.'],
  INCONSISTENT_GROUP_PROTOCOL: [
    23,
    false,
    'The member offers no protocol that the other members of the group understand.',
  ],
  INVALID_GROUP_ID: [24, false, 'The group id is not valid.'],
  UNKNOWN_MEMBER_ID: [25, false, 'The group has no such member.'],
  INVALID_SESSION_TIMEOUT: [
    26,
    false,
    'The session timeout is outside of what the broker allows (group.min.session.timeout.ms to group.max.session.timeout.ms).',
  ],
  REBALANCE_IN_PROGRESS: [27, false, 'The group is rebalancing: join it again.'],
  INVALID_COMMIT_OFFSET_SIZE: [28, false, 'The committed offset is too large to be stored.'],
  TOPIC_AUTHORIZATION_FAILED: [29, false, 'Not authorized for the topic.'],
  GROUP_AUTHORIZATION_FAILED: [30, false, 'Not authorized for the group.'],
  CLUSTER_AUTHORIZATION_FAILED: [31, false, 'Not authorized for the cluster.'],
  INVALID_TIMESTAMP: [32, false, 'The timestamp of a record is too far from the time of the broker.'],
  UNSUPPORTED_SASL_MECHANISM: [33, false, 'The broker does not offer that SASL mechanism.'],
  ILLEGAL_SASL_STATE: [34, false, 'The request is not allowed at this point of the SASL exchange.'],
  UNSUPPORTED_VERSION: [35, false, 'The API, or that version of it, is not supported.'],
  TOPIC_ALREADY_EXISTS: [36, false, 'There is a topic of that name already.'],
  INVALID_PARTITIONS: [37, false, 'The number of partitions is not valid.'],
  INVALID_REPLICATION_FACTOR: [
    38,
    false,
    'The replication factor is below 1 or above the number of brokers that are there.',
  ],
  INVALID_REPLICA_ASSIGNMENT: [39, false, 'The assignment of replicas is not valid.'],
  INVALID_CONFIG: [40, false, 'A configuration value is not valid.'],
  NOT_CONTROLLER: [41, true, 'This broker is not the controller.'],
  INVALID_REQUEST: [42, false, 'The request contradicts itself or cannot be understood.'],
  UNSUPPORTED_FOR_MESSAGE_FORMAT: [43, false, 'The format of the stored messages does not support this.'],
  POLICY_VIOLATION: [44, false, 'A policy of the cluster refuses this.'],
  OUT_OF_ORDER_SEQUENCE_NUMBER: [
    45,
    false,
    'A sequence number does not follow the last one of its producer: records may be missing.',
  ],
  DUPLICATE_SEQUENCE_NUMBER: [46, false, 'The record batch has been written before.'],
  INVALID_PRODUCER_EPOCH: [47, false, 'The epoch of the producer is older than the one that is known.'],
  INVALID_TXN_STATE: [48, false, 'The transaction is not in a state that allows this.'],
  INVALID_PRODUCER_ID_MAPPING: [49, false, 'The producer id is not the one of this transactional id.'],
  INVALID_TRANSACTION_TIMEOUT: [50, false, 'The timeout of the transaction is above transaction.max.timeout.ms.'],
  CONCURRENT_TRANSACTIONS: [51, true, 'Another operation on this transaction is not finished yet.'],
  TRANSACTION_COORDINATOR_FENCED: [52, false, 'Another broker has become the coordinator of this transaction since.'],
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: [53, false, 'Not authorized for the transactional id.'],
  SECURITY_DISABLED: [54, false, 'The cluster has no authorizer.'],
  OPERATION_NOT_ATTEMPTED: [55, false, 'Not attempted, because another part of the request failed.'],
  KAFKA_STORAGE_ERROR: [56, true, 'The disk of the log failed.'],
  LOG_DIR_NOT_FOUND: [57, false, 'The broker has no such log directory.'],
  SASL_AUTHENTICATION_FAILED: [58, false, 'The credentials were not accepted.'],
  UNKNOWN_PRODUCER_ID: [59, false, 'Nothing is known of the producer: its records may all have been deleted.'],
  REASSIGNMENT_IN_PROGRESS: [60, false, 'The partition is being moved already.'],
  DELEGATION_TOKEN_AUTH_DISABLED: [61, false, 'Delegation tokens are not enabled.'],
  DELEGATION_TOKEN_NOT_FOUND: [62, false, 'There is no such delegation token.'],
  DELEGATION_TOKEN_OWNER_MISMATCH: [63, false, 'The principal neither owns nor may renew the delegation token.'],
  DELEGATION_TOKEN_REQUEST_NOT_ALLOWED: [64, false, 'Delegation tokens cannot be asked for over this connection.'],
  DELEGATION_TOKEN_AUTHORIZATION_FAILED: [65, false, 'Not authorized for the delegation token.'],
  DELEGATION_TOKEN_EXPIRED: [66, false, 'The delegation token has expired.'],
  INVALID_PRINCIPAL_TYPE: [67, false, 'That type of principal is not supported.'],
  NON_EMPTY_GROUP: [68, false, 'The group has members.'],
  GROUP_ID_NOT_FOUND: [69, false, 'There is no such group.'],
  FETCH_SESSION_ID_NOT_FOUND: [70, true, 'The broker does not know the fetch session any more.'],
  INVALID_FETCH_SESSION_EPOCH: [71, true, 'The epoch is not the next one of the fetch session.'],
  LISTENER_NOT_FOUND: [72, true, 'The leader has no listener of the name that the request came in by.'],
  TOPIC_DELETION_DISABLED: [73, false, 'Deleting topics is disabled (delete.topic.enable).'],
  FENCED_LEADER_EPOCH: [74, true, 'The leader epoch of the request is older than the one of the broker.'],
  UNKNOWN_LEADER_EPOCH: [75, true, 'The leader epoch of the request is newer than the one of the broker.'],
  UNSUPPORTED_COMPRESSION_TYPE: [76, false, 'The codec cannot be used with this version of the API.'],
  STALE_BROKER_EPOCH: [77, false, 'The broker has registered anew since.'],
  OFFSET_NOT_AVAILABLE: [78, true, 'The leader is new and does not know its high watermark yet.'],
  MEMBER_ID_REQUIRED: [79, false, 'Join again with the member id that this answer brings.'],
  PREFERRED_LEADER_NOT_AVAILABLE: [80, true, 'The preferred leader is not available.'],
  GROUP_MAX_SIZE_REACHED: [81, false, 'The group has as many members as group.max.size allows.'],
  FENCED_INSTANCE_ID: [82, false, 'Another member has joined with the same group.instance.id.'],
  ELIGIBLE_LEADERS_NOT_AVAILABLE: [83, true, 'No replica that may lead is available.'],
  ELECTION_NOT_NEEDED: [84, true, 'The partition has the leader that it should have.'],
  NO_REASSIGNMENT_IN_PROGRESS: [85, false, 'The partition is not being moved.'],
  GROUP_SUBSCRIBED_TO_TOPIC: [86, false, 'The group is subscribed to the topic, so its offsets cannot be deleted.'],
  INVALID_RECORD: [87, false, 'A record is not valid for this topic.'],
  UNSTABLE_OFFSET_COMMIT: [88, true, 'A transaction that commits offsets is still open.'],
  THROTTLING_QUOTA_EXCEEDED: [89, true, 'A quota is used up.'],
  PRODUCER_FENCED: [90, false, 'A newer producer uses the same transactional id.'],
  RESOURCE_NOT_FOUND: [91, false, 'There is no such resource.'],
  DUPLICATE_RESOURCE: [92, false, 'The request names the same resource twice.'],
  UNACCEPTABLE_CREDENTIAL: [93, false, 'The credential does not meet what is asked of one.'],
  INCONSISTENT_VOTER_SET: [94, false, 'Sender or receiver is not one of the expected voters.'],
  INVALID_UPDATE_VERSION: [95, false, 'The update was made from another version than the current one.'],
  FEATURE_UPDATE_FAILED: [96, false, 'The finalized features could not be changed.'],
  PRINCIPAL_DESERIALIZATION_FAILURE: [97, false, 'The principal of a forwarded request could not be read.'],
  SNAPSHOT_NOT_FOUND: [98, false, 'There is no such snapshot.'],
  POSITION_OUT_OF_RANGE: [99, false, 'The position is outside of the snapshot.'],
  UNKNOWN_TOPIC_ID: [100, true, 'There is no topic with that id here.'],
  DUPLICATE_BROKER_REGISTRATION: [101, false, 'The broker id is in use.'],
  BROKER_ID_NOT_REGISTERED: [102, false, 'No broker is registered under that id.'],
  INCONSISTENT_TOPIC_ID: [
    103,
    true,
    'The log belongs to a topic with another id: the topic was deleted and made again.',
  ],
  INCONSISTENT_CLUSTER_ID: [104, false, 'The request is for another cluster.'],
  TRANSACTIONAL_ID_NOT_FOUND: [105, false, 'There is no such transactional id.'],
  FETCH_SESSION_TOPIC_ID_ERROR: [
    106,
    true,
    'The fetch session began with topic ids and goes on with names, or the other way round.',
  ],
  INELIGIBLE_REPLICA: [107, false, 'The in-sync replicas to be set contain one that may not be.'],
  NEW_LEADER_ELECTED: [108, false, 'The in-sync replicas were changed, and another leader was elected by that.'],
  OFFSET_MOVED_TO_TIERED_STORAGE: [109, false, 'The offset is only in tiered storage.'],
  FENCED_MEMBER_EPOCH: [110, false, 'The epoch of the member is over: give up all partitions and join again.'],
  UNRELEASED_INSTANCE_ID: [111, false, 'Another member still uses this instance id; it has to leave first.'],
  UNSUPPORTED_ASSIGNOR: [112, false, 'The group does not support that assignor, or its version.'],
  STALE_MEMBER_EPOCH: [113, false, 'The epoch of the member is old: the next heartbeat brings the new one.'],
  MISMATCHED_ENDPOINT_TYPE: [114, false, 'The request was meant for another kind of node.'],
  UNSUPPORTED_ENDPOINT_TYPE: [115, false, 'That kind of node is not supported.'],
  UNKNOWN_CONTROLLER_ID: [116, false, 'There is no controller with that id.'],
  UNKNOWN_SUBSCRIPTION_ID: [117, false, 'The subscription that the metrics are for is old or does not exist.'],
  TELEMETRY_TOO_LARGE: [118, false, 'The pushed metrics are larger than the broker accepts.'],
  INVALID_REGISTRATION: [119, false, 'The controller does not accept the registration of the broker.'],
  TRANSACTION_ABORTABLE: [120, false, 'The transaction failed; after aborting it, the producer can go on.'],
  INVALID_RECORD_STATE: [121, false, 'The record is not in a state that can be acknowledged this way.'],
  SHARE_SESSION_NOT_FOUND: [122, true, 'The broker does not know the share session.'],
  INVALID_SHARE_SESSION_EPOCH: [123, true, 'The epoch is not the next one of the share session.'],
  FENCED_STATE_EPOCH: [124, false, 'The state of the share group has a newer epoch.'],
  INVALID_VOTER_KEY: [125, false, 'The voter that was addressed has another key.'],
  DUPLICATE_VOTER: [126, false, 'The voter is one already.'],
  VOTER_NOT_FOUND: [127, false, 'There is no such voter.'],
  INVALID_REGULAR_EXPRESSION: [128, false, 'The regular expression cannot be read.'],
  REBOOTSTRAP_REQUIRED: [
    129,
    false,
    'What the client knows of the cluster is too old: it has to begin with its bootstrap addresses again.',
  ],
  STREAMS_INVALID_TOPOLOGY: [130, false, 'The topology is not valid.'],
  STREAMS_INVALID_TOPOLOGY_EPOCH: [131, false, 'The epoch of the topology is not valid.'],
  STREAMS_TOPOLOGY_FENCED: [132, false, 'The group has a newer topology.'],
  SHARE_SESSION_LIMIT_REACHED: [133, true, 'The broker has as many share sessions as it allows.'],
} as const satisfies Record<string, readonly [code: number, retriable: boolean, message: string]>

/** The name of an error, as in Kafka's protocol guide. */
export type ErrorName = keyof typeof table

/** Name to code. */
export const ErrorCode = Object.freeze(
  Object.fromEntries(Object.entries(table).map(([name, facts]) => [name, facts[0]])),
) as { readonly [Name in ErrorName]: (typeof table)[Name][0] }

export interface ErrorFacts {
  readonly code: number
  readonly name: ErrorName
  /** The same request may succeed later, maybe after fetching metadata or the coordinator anew. */
  readonly retriable: boolean
  readonly message: string
}

const byCode = new Map<number, ErrorFacts>(
  Object.entries(table).map(([name, [code, retriable, message]]) => {
    return [code, Object.freeze({ code, name: name as ErrorName, retriable, message })]
  }),
)

/** What a code means. Codes that this table does not have, from a newer server, are UNKNOWN_SERVER_ERROR. */
export function errorOf(code: number): ErrorFacts {
  return byCode.get(code) ?? (byCode.get(ErrorCode.UNKNOWN_SERVER_ERROR) as ErrorFacts)
}

/** Every error, in the order of the codes. */
export function allErrors(): ErrorFacts[] {
  return [...byCode.values()]
}
