import type { Settled } from '@odradek/coordinator'
import type { GroupRecord } from '../group-record.ts'
import type { Turn } from '../turn.ts'
import type { ConsumerContext } from './consumer-context.ts'
import type { ConsumerGroup } from './consumer-group.ts'
import type { ConsumerMember } from './consumer-member.ts'
import { regexOf } from './consumer-member.ts'
import type { ConsumerRecord } from './consumer-record.ts'
import { epochRecord, memberTombstones } from './consumer-record.ts'
import { canDowngradeWithout, downgrade } from './downgrade.ts'
import { metadataHashOf, subscriptionsWithout } from './subscriptions.ts'

/**
 * Takes members out; the others share what they had, in the next epoch. When only members that speak the classic protocol are left, the group
 * becomes a classic one (KIP-848, online downgrade).
 */
export function fenceMembers(
  context: ConsumerContext,
  group: ConsumerGroup,
  members: readonly ConsumerMember[],
  settled?: Settled<GroupRecord>,
): void {
  const { turn, topics } = context
  const { groupId } = group
  if (members.length === 0) {
    turn.effects.write({ records: [], ...(settled === undefined ? {} : { settled }) })
    return
  }
  if (canDowngradeWithout(context, group, members)) {
    downgrade(context, group, {
      leaving: members,
      rebalanceReason: `a member left, and the group goes back to the classic protocol`,
      ...(settled === undefined ? {} : { settled }),
    })
    return
  }
  const records: ConsumerRecord[] = members.flatMap(({ memberId }) => memberTombstones(groupId, memberId))
  const regexes = regexesOnlyOf(group, members)
  for (const regex of regexes) records.push({ kind: 'consumer-regex', groupId, regex, value: null })
  const hash = metadataHashOf(subscriptionsWithout(group, members, regexes), topics)
  records.push(epochRecord(groupId, group.groupEpoch + 1, hash))
  turn.effects.write({
    records,
    appended: () => members.forEach(({ memberId }) => context.group.timers.cancelAll(memberId)),
    ...(settled === undefined ? {} : { settled }),
  })
}

/** Takes a member out that did not do in time what it had to, if it is still there and `isStillLate`. */
export function fenceLateMember(
  context: Omit<ConsumerContext, 'turn'>,
  turn: Turn,
  memberId: string,
  reason: string,
  isStillLate: (member: ConsumerMember) => boolean = () => true,
): void {
  const group = context.group.consumer
  const member = group?.members.get(memberId)
  if (group === undefined || member === undefined || !isStillLate(member)) return
  turn.effects.note(`removing member ${memberId} of group ${group.groupId}: ${reason}`)
  fenceMembers({ ...context, turn }, group, [member])
}

/** The expressions that nobody but these members subscribes by. */
function regexesOnlyOf(group: ConsumerGroup, members: readonly ConsumerMember[]): string[] {
  const counts = new Map<string, number>()
  for (const member of members) {
    const regex = regexOf(member)
    if (regex !== undefined) counts.set(regex, (counts.get(regex) ?? 0) + 1)
  }
  return [...counts].filter(([regex, count]) => group.regexCounts.get(regex) === count).map(([regex]) => regex)
}
