import type { ReplyTo } from '@odradek/coordinator'
import { ErrorCode } from '@odradek/kafka-protocol'
import type { Turn } from '../turn.ts'
import { saveGroupErrorCode } from '../write-error.ts'
import type { ClassicGroup } from './classic-group.ts'
import type { ClassicMember } from './classic-member.ts'
import type { JoinReply, JoinRequest } from './classic-messages.ts'
import { joinError, syncError } from './classic-messages.ts'
import { copyProtocols } from './classic-protocol.ts'
import { generationReply, prolongSession, replyToJoin, replyToSync } from './member-replies.ts'
import { rebalanceIfPossible } from './rebalance.ts'
import { saveGroup } from './save-group.ts'

/**
 * A static member has come back without knowing its id: it goes on under a new one, and whoever still uses the old one is fenced.
 * In a stable group whose protocol stays the same it keeps its assignment and nobody else notices (KIP-345).
 */
export function replaceStaticMember(
  group: ClassicGroup,
  turn: Turn,
  member: ClassicMember,
  memberId: string,
  request: JoinRequest,
  to: ReplyTo<JoinReply>,
): void {
  const before = {
    memberId: member.memberId,
    protocols: member.protocols,
    rebalanceTimeoutMs: member.rebalanceTimeoutMs,
    sessionTimeoutMs: member.sessionTimeoutMs,
    leaderId: group.leaderId ?? '',
  }
  replyToJoin(group, turn, member, joinError(ErrorCode.FENCED_INSTANCE_ID, member.memberId))
  replyToSync(turn, member, syncError(ErrorCode.FENCED_INSTANCE_ID))
  group.renameMember(member, memberId)
  update(group, member, { ...request, protocols: copyProtocols(request.protocols) })
  group.parkJoin(member, to)
  prolongSession(turn, member)
  turn.effects.note(`static member ${member.groupInstanceId} of group ${group.groupId} is back`, {
    memberId,
    replaces: before.memberId,
  })
  if (group.state === 'CompletingRebalance') {
    // The leader may be assigning work to the old id at this moment.
    rebalanceIfPossible(group, turn, `static member ${memberId} replaces ${before.memberId}`)
  } else if (group.state === 'Stable') {
    if (group.selectProtocol() === group.protocolName) keepAssignment(group, turn, member, request, before)
    else rebalanceIfPossible(group, turn, `static member ${memberId} changes the protocol that is chosen`)
  }
}

interface Before {
  readonly memberId: string
  readonly protocols: ClassicMember['protocols']
  readonly rebalanceTimeoutMs: number
  readonly sessionTimeoutMs: number
  readonly leaderId: string
}

/** Writes the group with the new id, and answers when that is committed. Should it fail, the old id stands as before. */
function keepAssignment(
  group: ClassicGroup,
  turn: Turn,
  member: ClassicMember,
  request: JoinRequest,
  before: Before,
): void {
  const { generation } = group
  const { memberId, awaitingJoin } = member
  const assignmentOf = (id: string): Buffer => group.members.get(id)?.assignment ?? Buffer.alloc(0)
  saveGroup(group, turn, assignmentOf, (error, after) => {
    // Meanwhile a rebalance may have begun, for which this join counts, or the member may have left or been replaced again.
    const isCurrent =
      group.state === 'Stable' && group.generation === generation && member.awaitingJoin === awaitingJoin
    if (!isCurrent || awaitingJoin === undefined) return
    if (error !== undefined) {
      const failed = { ...generationReply(group, member), members: [], memberId: '', leader: before.leaderId }
      replyToJoin(group, after, member, { ...failed, errorCode: saveGroupErrorCode(error) })
      group.renameMember(member, before.memberId)
      update(group, member, before)
      prolongSession(after, member)
    } else if (request.supportsSkippingAssignment) {
      // The leader stays leader and watches topics, but must not assign: a stable group would not take it (KIP-814).
      replyToJoin(group, after, member, generationReply(group, member, { skipAssignment: group.isLeader(memberId) }))
      prolongSession(after, member)
    } else {
      // An older client would assign if it saw itself as leader; so it is told the id that the leader had before.
      replyToJoin(group, after, member, { ...generationReply(group, member), members: [], leader: before.leaderId })
      prolongSession(after, member)
    }
  })
}

function update(
  group: ClassicGroup,
  member: ClassicMember,
  to: Pick<ClassicMember, 'protocols' | 'rebalanceTimeoutMs' | 'sessionTimeoutMs'>,
): void {
  group.setProtocols(member, to.protocols)
  member.rebalanceTimeoutMs = to.rebalanceTimeoutMs
  member.sessionTimeoutMs = to.sessionTimeoutMs
}
