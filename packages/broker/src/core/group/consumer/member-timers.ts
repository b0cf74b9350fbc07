import type { Alarm, Alarms, Now } from '@odradek/coordinator'
import type { GroupRecord } from '../group-record.ts'
import type { Turn } from '../turn.ts'

/**
 * What a member can be late with: any sign of life; giving partitions up; and, for members that speak the classic protocol, to join again and
 * to ask for its assignment.
 */
export type MemberTimer = 'session' | 'rebalance' | 'join' | 'sync'

const kinds: readonly MemberTimer[] = ['session', 'rebalance', 'join', 'sync']

/** The deadlines of the members of one group: soft state, which begins anew with every coordinator. */
export class MemberTimers {
  readonly #alarms: Alarms<GroupRecord>
  readonly #byMember = new Map<string, Map<MemberTimer, Alarm<GroupRecord>>>()

  constructor(alarms: Alarms<GroupRecord>) {
    this.#alarms = alarms
  }

  /** Sets a deadline anew; `ring` is what happens when it passes. */
  set(kind: MemberTimer, memberId: string, now: Now, delayMs: number, ring: (turn: Turn) => void): void {
    this.cancel(kind, memberId)
    const alarms = this.#byMember.get(memberId) ?? new Map<MemberTimer, Alarm<GroupRecord>>()
    this.#byMember.set(memberId, alarms)
    const alarm = this.#alarms.alarm((effects, at) => {
      this.cancel(kind, memberId)
      ring({ effects, now: at })
    })
    alarms.set(kind, alarm)
    alarm.set(now.monotonicMs + delayMs)
  }

  isSet(kind: MemberTimer, memberId: string): boolean {
    return this.#byMember.get(memberId)?.has(kind) === true
  }

  cancel(kind: MemberTimer, memberId: string): void {
    const alarms = this.#byMember.get(memberId)
    alarms?.get(kind)?.clear()
    alarms?.delete(kind)
    if (alarms?.size === 0) this.#byMember.delete(memberId)
  }

  cancelAll(memberId: string): void {
    for (const kind of kinds) this.cancel(kind, memberId)
  }

  clear(): void {
    for (const alarms of this.#byMember.values()) for (const alarm of alarms.values()) alarm.clear()
    this.#byMember.clear()
  }
}
