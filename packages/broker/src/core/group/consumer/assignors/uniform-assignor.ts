import type { Assignment } from '../assignment.ts'
import type { Assignor, AssignorInput, AssignorMember } from './assignor.ts'
import { balanceSubscriptions } from './balance-subscriptions.ts'

/**
 * `uniform`: all members get as many partitions as the others, give or take one, and keep what they have as far as that allows.
 * Members with different subscriptions are balanced topic by topic.
 */
export const uniformAssignor: Assignor = (input) =>
  input.isHomogeneous ? shareEqually(input) : balanceSubscriptions(input)

function shareEqually({ members, partitionCountOf }: AssignorInput): Map<string, Assignment> {
  const topicIds = members[0]?.topicIds ?? []
  if (topicIds.length === 0) return new Map()
  const unassigned = unassignedPartitions(members, topicIds, partitionCountOf)
  const total = topicIds.reduce((sum, topicId) => sum + partitionCountOf(topicId), 0)
  const least = Math.floor(total / members.length)
  /** So many members get one more than the least. */
  let extras = total % members.length
  const result = new Map<string, Map<string, Set<number>>>()
  const unfilled: { memberId: string; room: number }[] = []
  for (const [index, { memberId, target }] of members.entries()) {
    let mayHaveExtra = extras > 0
    let room = least + (mayHaveExtra ? 1 : 0)
    const kept = new Map<string, Set<number>>()
    for (const topicId of topicIds) {
      const all = [...(target.get(topicId) ?? [])].sort((a, b) => a - b)
      const keep = all.slice(0, room)
      room -= keep.length
      if (keep.length > 0) kept.set(topicId, new Set(keep))
      for (const partition of all.slice(keep.length)) unassigned.push([topicId, partition])
    }
    if (room > 0 && mayHaveExtra && members.length - index > extras) {
      // Another may hold one more already; the last ones must take what is left.
      room--
      mayHaveExtra = false
    }
    if (room > 0) unfilled.push({ memberId, room })
    if (mayHaveExtra) extras--
    result.set(memberId, kept)
  }
  let next = 0
  for (const { memberId, room } of unfilled) {
    const assigned = result.get(memberId) ?? new Map<string, Set<number>>()
    for (const [topicId, partition] of unassigned.slice(next, next + room)) {
      assigned.set(topicId, (assigned.get(topicId) ?? new Set<number>()).add(partition))
    }
    next += room
  }
  return result
}

/** What no member had so far. */
function unassignedPartitions(
  members: readonly AssignorMember[],
  topicIds: readonly string[],
  partitionCountOf: (topicId: string) => number,
): [topicId: string, partition: number][] {
  const taken = new Map<string, Set<number>>(topicIds.map((topicId) => [topicId, new Set()]))
  for (const { target } of members) {
    for (const [topicId, partitions] of target) for (const partition of partitions) taken.get(topicId)?.add(partition)
  }
  const unassigned: [string, number][] = []
  for (const topicId of topicIds) {
    for (let partition = 0; partition < partitionCountOf(topicId); partition++) {
      if (taken.get(topicId)?.has(partition) !== true) unassigned.push([topicId, partition])
    }
  }
  return unassigned
}
