import type { Effects, Now } from '@odradek/coordinator'
import type { GroupRecord } from './group-record.ts'

/** One event's view of the outside: when it is, and where to put what is to be done. */
export interface Turn {
  readonly effects: Effects<GroupRecord>
  readonly now: Now
}
