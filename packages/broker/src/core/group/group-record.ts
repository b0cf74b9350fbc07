import type { ConsumerRecord } from './consumer/consumer-record.ts'

/** A member as it stands in `__consumer_offsets`. */
export interface SavedMember {
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  readonly rebalanceTimeoutMs: number
  readonly sessionTimeoutMs: number
  /** What the member said about itself under the chosen protocol. */
  readonly subscription: Buffer
  readonly assignment: Buffer
}

/** A generation of a classic group as it stands in `__consumer_offsets`. */
export interface SavedGroup {
  readonly protocolType: string
  readonly generation: number
  readonly protocol: string | null
  readonly leader: string | null
  /** Wall time of the last change of state; undefined in records older than Kafka 2.1. */
  readonly stateChangedMs: number | undefined
  readonly members: readonly SavedMember[]
}

/** One committed offset of one partition. */
export interface CommittedOffset {
  /** As the client sent it: the coordinator stores it and never counts with it. */
  readonly offset: bigint
  /** -1 when the client did not say. */
  readonly leaderEpoch: number
  readonly metadata: string
  readonly commitTimestampMs: number
  /** Set by clients of OffsetCommit 2 to 4 that asked for a retention of their own. */
  readonly expireTimestampMs: number | undefined
}

/** What the group coordinator writes; a null value takes the key away. */
export type GroupRecord =
  | {
      readonly kind: 'offset'
      readonly groupId: string
      readonly topic: string
      readonly partition: number
      readonly value: CommittedOffset | null
    }
  | { readonly kind: 'group'; readonly groupId: string; readonly value: SavedGroup | null }
  | ConsumerRecord
