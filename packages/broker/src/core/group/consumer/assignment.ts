/** Partitions by topic id. No topic is without partitions. */
export type Assignment = ReadonlyMap<string, ReadonlySet<number>>

/** As `Assignment`, each partition with the epoch at which its member got it (KIP-1251). */
export type EpochAssignment = ReadonlyMap<string, ReadonlyMap<number, number>>

/** As the wire has it: what a member says it owns. */
export type OwnedPartitions = readonly { readonly topicId: string; readonly partitions: readonly number[] }[]

const nothing: Assignment = new Map()
const nothingWithEpochs: EpochAssignment = new Map()

export const noPartitions = nothing
export const noEpochPartitions = nothingWithEpochs

export function assignmentsEqual(left: Assignment, right: Assignment): boolean {
  if (left === right) return true
  if (left.size !== right.size) return false
  for (const [topicId, partitions] of left) {
    const others = right.get(topicId)
    if (others === undefined || others.size !== partitions.size) return false
    for (const partition of partitions) if (!others.has(partition)) return false
  }
  return true
}

export function epochAssignmentsEqual(left: EpochAssignment, right: EpochAssignment): boolean {
  if (left === right) return true
  if (left.size !== right.size) return false
  for (const [topicId, partitions] of left) {
    const others = right.get(topicId)
    if (others === undefined || others.size !== partitions.size) return false
    for (const [partition, epoch] of partitions) if (others.get(partition) !== epoch) return false
  }
  return true
}

export function hasPartition(assignment: EpochAssignment | Assignment, topicId: string, partition: number): boolean {
  return assignment.get(topicId)?.has(partition) === true
}

/** Whether all that a member says it owns is in `assignment`; not when it says nothing. */
export function isOwnedWithin(owned: OwnedPartitions | null, assignment: EpochAssignment): boolean {
  if (owned === null) return false
  return owned.every(({ topicId, partitions }) => {
    const assigned = assignment.get(topicId)
    return assigned !== undefined && partitions.every((partition) => assigned.has(partition))
  })
}

export function withEpoch(assignment: Assignment, epoch: number): EpochAssignment {
  return new Map(
    [...assignment].map(([topicId, partitions]) => [
      topicId,
      new Map([...partitions].map((partition) => [partition, epoch])),
    ]),
  )
}

/** Lists of partitions in order, topics in order of their ids: the same assignment always gives the same bytes. */
export function sortedPartitions(
  assignment: Assignment | EpochAssignment,
): { topicId: string; partitions: number[] }[] {
  return [...assignment]
    .map(([topicId, partitions]) => ({ topicId, partitions: [...partitions.keys()].sort((a, b) => a - b) }))
    .sort((a, b) => (a.topicId < b.topicId ? -1 : 1))
}

export function assignmentOf(topics: OwnedPartitions): Assignment {
  return new Map(
    topics.filter(({ partitions }) => partitions.length > 0).map((topic) => [topic.topicId, new Set(topic.partitions)]),
  )
}
