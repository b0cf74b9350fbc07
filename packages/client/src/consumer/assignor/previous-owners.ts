import { partitionKey } from '../topic-partition.ts'
import type { TopicPartition } from '../topic-partition.ts'
import type { AssignorMember, PartitionRacks } from './assignor.ts'

/** What a member claims to have owned, and since which generation. */
export interface Claim {
  readonly member: AssignorMember
  readonly partitions: readonly TopicPartition[]
  readonly generationId: number
}

/**
 * Who owned what, by partition key, as far as it can be believed: of two claims that of the later generation counts, and where both are of one
 * generation neither does (KAFKA-12984). Partitions that are gone, and topics that the member has left, are nobody's.
 */
export function previousOwners(
  topics: ReadonlyMap<string, PartitionRacks>,
  claims: readonly Claim[],
): Map<string, AssignorMember> {
  const best = new Map<string, { member: AssignorMember | undefined; generationId: number }>()
  for (const { member, partitions, generationId } of claims) {
    const subscribed = new Set(member.topics)
    for (const partition of partitions) {
      const count = topics.get(partition.topic)?.length ?? 0
      if (!subscribed.has(partition.topic) || partition.partition < 0 || partition.partition >= count) continue
      const key = partitionKey(partition)
      const other = best.get(key)
      if (other === undefined || generationId > other.generationId) best.set(key, { member, generationId })
      else if (generationId === other.generationId && other.member !== member) other.member = undefined
    }
  }
  const owners = new Map<string, AssignorMember>()
  for (const [key, { member }] of best) if (member !== undefined) owners.set(key, member)
  return owners
}
