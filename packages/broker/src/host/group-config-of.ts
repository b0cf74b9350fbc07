import type { BrokerConfig } from '../config/broker-config.ts'
import type { GroupConfig } from '../core/group/group-config.ts'

/** What groups need to know of the broker's configuration. None of these keys can be changed while the broker runs. */
export function groupConfigOf(config: BrokerConfig): GroupConfig {
  return {
    initialRebalanceDelayMs: config.groupInitialRebalanceDelayMs,
    sessionTimeoutMsMin: config.groupMinSessionTimeoutMs,
    sessionTimeoutMsMax: config.groupMaxSessionTimeoutMs,
    membersMax: config.groupMaxSize,
    offsetMetadataLengthMax: config.offsetMetadataMaxBytes,
    offsetsRetentionMs: config.offsetsRetentionMinutes * 60_000,
    offsetsRetentionCheckIntervalMs: Number(config.offsetsRetentionCheckIntervalMs),
  }
}
