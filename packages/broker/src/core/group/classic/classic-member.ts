import type { Alarm, ReplyTo } from '@odradek/coordinator'
import type { GroupRecord } from '../group-record.ts'
import type { JoinReply, SyncReply } from './classic-messages.ts'
import type { ClassicProtocol } from './classic-protocol.ts'

/** One member of a classic group. Only the group and its operations change it. */
export interface ClassicMember {
  /** Changes when a static member comes back under a new id. */
  memberId: string
  readonly groupInstanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  rebalanceTimeoutMs: number
  sessionTimeoutMs: number
  /** In the order of the member's preference. */
  protocols: readonly ClassicProtocol[]
  assignment: Buffer
  /** Has joined for the first time and does not know its id, so it cannot send heartbeats yet. */
  isNew: boolean
  /** The parked JoinGroup. Changed through the group, which counts them. */
  awaitingJoin: ReplyTo<JoinReply> | undefined
  /** The parked SyncGroup. */
  awaitingSync: ReplyTo<SyncReply> | undefined
  /** Rings when the member has not been heard of for its session timeout. */
  readonly session: Alarm<GroupRecord>
}

/** What the member said about itself under `protocolName`. */
export function metadataOf(member: ClassicMember, protocolName: string): Buffer {
  const protocol = member.protocols.find(({ name }) => name === protocolName)
  return protocol?.metadata ?? Buffer.alloc(0)
}
