import type { KafkaError } from '@odradek/kafka-protocol'
import type { SavedGroup } from '../group-record.ts'
import type { Turn } from '../turn.ts'
import type { ClassicGroup } from './classic-group.ts'
import { metadataOf } from './classic-member.ts'

/** Writes the group with the given assignments; `settled` goes on when that is committed, or has failed. */
export function saveGroup(
  group: ClassicGroup,
  turn: Turn,
  assignmentOf: (memberId: string) => Buffer,
  settled: (error: KafkaError | undefined, turn: Turn) => void,
): void {
  const value: SavedGroup = {
    protocolType: group.protocolType ?? '',
    generation: group.generation,
    protocol: group.protocolName ?? null,
    leader: group.leaderId ?? null,
    stateChangedMs: group.stateChangedMs,
    members: [...group.members.values()].map((member) => ({
      memberId: member.memberId,
      groupInstanceId: member.groupInstanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      rebalanceTimeoutMs: member.rebalanceTimeoutMs,
      sessionTimeoutMs: member.sessionTimeoutMs,
      subscription: metadataOf(member, group.protocolName ?? ''),
      assignment: assignmentOf(member.memberId),
    })),
  }
  turn.effects.write({
    records: [{ kind: 'group', groupId: group.groupId, value }],
    settled: (error, effects, now) => settled(error, { effects, now }),
  })
}
