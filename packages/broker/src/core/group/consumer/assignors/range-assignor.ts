import type { Assignor, AssignorMember } from './assignor.ts'

/**
 * `range`: of every topic each subscriber gets one run of partitions, the first ones one more where it does not come out even. Members are in
 * the order of their instance ids, those without one after them by member id, so that the same partitions of equal topics go together.
 */
export const rangeAssignor: Assignor = ({ members, partitionCountOf }) => {
  const subscribers = new Map<string, number>()
  for (const { topicIds } of members) {
    for (const topicId of topicIds) subscribers.set(topicId, (subscribers.get(topicId) ?? 0) + 1)
  }
  const served = new Map<string, number>()
  return new Map(
    members.toSorted(byInstanceId).map(({ memberId, topicIds }) => {
      const assigned = new Map<string, Set<number>>()
      for (const topicId of topicIds) {
        const rank = served.get(topicId) ?? 0
        served.set(topicId, rank + 1)
        const range = rangeOf(rank, subscribers.get(topicId) ?? 1, partitionCountOf(topicId))
        if (range.length > 0) assigned.set(topicId, new Set(range))
      }
      return [memberId, assigned]
    }),
  )
}

function rangeOf(rank: number, memberCount: number, partitionCount: number): number[] {
  const least = Math.floor(partitionCount / memberCount)
  const extra = partitionCount % memberCount
  const start = rank * least + Math.min(rank, extra)
  return Array.from({ length: least + (rank < extra ? 1 : 0) }, (_, index) => start + index)
}

function byInstanceId(left: AssignorMember, right: AssignorMember): number {
  if (left.instanceId !== null && right.instanceId !== null) return left.instanceId < right.instanceId ? -1 : 1
  if (left.instanceId !== null) return -1
  if (right.instanceId !== null) return 1
  return left.memberId < right.memberId ? -1 : 1
}
