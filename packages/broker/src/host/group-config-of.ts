import type { BrokerConfig } from '../config/broker-config.ts'
import { assignorShortName } from '../core/group/consumer/assignors/assignors.ts'
import type { ConsumerGroupSettings, GroupConfig } from '../core/group/group-config.ts'

/** As Kafka's internal key group.consumer.regex.refresh.interval.ms has it. */
const regexRefreshIntervalMs = 600_000

/**
 * As Kafka 4.3 has it (group.consumer.assignment.interval.ms, which Kafka 3.9 does not know): a group whose members come one by one does not
 * get a new target for each of them.
 */
const assignmentIntervalMs = 1000

/**
 * What groups need to know of the broker's configuration. None of these keys can be changed while the broker runs, but each group may have a
 * configuration of its own over it.
 */
export function groupConfigOf(
  config: BrokerConfig,
  overridesOf: (groupId: string) => ReadonlyMap<string, string> = () => new Map(),
): GroupConfig {
  const policy = config.groupConsumerMigrationPolicy.toLowerCase()
  const assignors = config.groupConsumerAssignors.map(assignorShortName)
  const settings: ConsumerGroupSettings = {
    sessionTimeoutMs: config.groupConsumerSessionTimeoutMs,
    heartbeatIntervalMs: config.groupConsumerHeartbeatIntervalMs,
    assignmentIntervalMs,
  }
  return {
    initialRebalanceDelayMs: config.groupInitialRebalanceDelayMs,
    sessionTimeoutMsMin: config.groupMinSessionTimeoutMs,
    sessionTimeoutMsMax: config.groupMaxSessionTimeoutMs,
    membersMax: config.groupMaxSize,
    offsetMetadataLengthMax: config.offsetMetadataMaxBytes,
    offsetsRetentionMs: config.offsetsRetentionMinutes * 60_000,
    offsetsRetentionCheckIntervalMs: Number(config.offsetsRetentionCheckIntervalMs),
    consumer: {
      isEnabled: config.groupCoordinatorRebalanceProtocols.includes('consumer'),
      membersMax: config.groupConsumerMaxSize,
      assignors,
      defaultAssignor: assignors[0] ?? 'uniform',
      migration: {
        upgrade: policy === 'bidirectional' || policy === 'upgrade',
        downgrade: policy === 'bidirectional' || policy === 'downgrade',
        isDisabled: policy === 'disabled',
      },
      regexRefreshIntervalMs,
      settingsOf(groupId) {
        const overrides = overridesOf(groupId)
        if (overrides.size === 0) return settings
        const value = (name: string, fallback: number): number => Number(overrides.get(name) ?? fallback)
        return {
          sessionTimeoutMs: value('consumer.session.timeout.ms', settings.sessionTimeoutMs),
          heartbeatIntervalMs: value('consumer.heartbeat.interval.ms', settings.heartbeatIntervalMs),
          assignmentIntervalMs: value('consumer.assignment.interval.ms', settings.assignmentIntervalMs),
        }
      },
    },
  }
}
