import type { Effects, Settled } from '@odradek/coordinator'
import type { GroupRecord } from './group-record.ts'

/** Tombstones in one batch at most, so that no clean-up grows beyond what a batch may hold. */
const tombstonesPerWriteMax = 1000

/** Writes any number of tombstones, in as many batches as it takes; `settled` follows the last one. */
export function writeTombstones(
  tombstones: readonly GroupRecord[],
  effects: Effects<GroupRecord>,
  settled?: Settled<GroupRecord>,
): void {
  for (let start = 0; start < tombstones.length; start += tombstonesPerWriteMax) {
    const records = tombstones.slice(start, start + tombstonesPerWriteMax)
    const isLast = start + tombstonesPerWriteMax >= tombstones.length
    effects.write(isLast && settled !== undefined ? { records, settled } : { records })
  }
}
