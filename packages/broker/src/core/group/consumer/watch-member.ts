import type { ConsumerContext } from './consumer-context.ts'
import type { ConsumerMember } from './consumer-member.ts'
import { fenceLateMember } from './fence-members.ts'

/** The member must be heard of again within `timeoutMs`, or it is out. */
export function watchSession(context: ConsumerContext, memberId: string, timeoutMs: number): void {
  const { turn, ...rest } = context
  context.group.timers.set('session', memberId, turn.now, timeoutMs, (late) =>
    fenceLateMember(rest, late, memberId, 'it has not been heard of'),
  )
}

/** A member that has to give partitions up must do so within its rebalance timeout; others need not be watched for that. */
export function watchRevocation(context: ConsumerContext, member: ConsumerMember): void {
  const { turn, ...rest } = context
  const { timers } = context.group
  const { memberId, memberEpoch, rebalanceTimeoutMs } = member
  if (member.classic !== undefined) return
  if (member.state !== 'unrevoked-partitions') {
    timers.cancel('rebalance', memberId)
    return
  }
  timers.set('rebalance', memberId, turn.now, rebalanceTimeoutMs, (late) =>
    fenceLateMember(
      rest,
      late,
      memberId,
      `it did not give its partitions up within ${rebalanceTimeoutMs} ms`,
      (current) => current.memberEpoch === memberEpoch,
    ),
  )
}

/** A classic member that was told to join again must do so within its rebalance timeout. */
export function watchJoin(context: ConsumerContext, { memberId, rebalanceTimeoutMs }: ConsumerMember): void {
  const { turn, ...rest } = context
  const { timers } = context.group
  if (timers.isSet('join', memberId)) return
  timers.set('join', memberId, turn.now, rebalanceTimeoutMs, (late) =>
    fenceLateMember(rest, late, memberId, 'it did not join again in time'),
  )
}

/** A classic member that has joined must ask for its assignment within its rebalance timeout. */
export function watchSync(context: ConsumerContext, memberId: string, rebalanceTimeoutMs: number): void {
  const { turn, ...rest } = context
  context.group.timers.set('sync', memberId, turn.now, rebalanceTimeoutMs, (late) =>
    fenceLateMember(rest, late, memberId, 'it did not sync in time'),
  )
}
