/** The broker's configuration as far as groups depend on it; key names in comments. */
export interface GroupConfig {
  /** group.initial.rebalance.delay.ms */
  readonly initialRebalanceDelayMs: number
  /** group.min.session.timeout.ms */
  readonly sessionTimeoutMsMin: number
  /** group.max.session.timeout.ms */
  readonly sessionTimeoutMsMax: number
  /** group.max.size */
  readonly membersMax: number
  /** offset.metadata.max.bytes, counted as Kafka does: in UTF-16 units. */
  readonly offsetMetadataLengthMax: number
  /** offsets.retention.minutes, in milliseconds */
  readonly offsetsRetentionMs: number
  /** offsets.retention.check.interval.ms */
  readonly offsetsRetentionCheckIntervalMs: number
  readonly consumer: ConsumerGroupConfig
}

/** The configuration of groups of the consumer protocol. */
export interface ConsumerGroupConfig {
  /** group.coordinator.rebalance.protocols holds `consumer`. */
  readonly isEnabled: boolean
  /** group.consumer.max.size */
  readonly membersMax: number
  /** group.consumer.assignors by their short names. */
  readonly assignors: readonly string[]
  /** The first of them. */
  readonly defaultAssignor: string
  /** group.consumer.migration.policy */
  readonly migration: { readonly upgrade: boolean; readonly downgrade: boolean; readonly isDisabled: boolean }
  /** How often regular expressions are resolved again without a reason. */
  readonly regexRefreshIntervalMs: number
  /** What holds for one group: its own configuration (resource type GROUP) over the broker's. */
  settingsOf(groupId: string): ConsumerGroupSettings
}

export interface ConsumerGroupSettings {
  /** consumer.session.timeout.ms */
  readonly sessionTimeoutMs: number
  /** consumer.heartbeat.interval.ms */
  readonly heartbeatIntervalMs: number
  /** consumer.assignment.interval.ms: the shortest time between two targets; 0: none. */
  readonly assignmentIntervalMs: number
}
