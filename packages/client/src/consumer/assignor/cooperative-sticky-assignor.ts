import { ByteReader, ByteWriter } from '@odradek/base'
import { partitionKey } from '../topic-partition.ts'
import type { TopicPartition } from '../topic-partition.ts'
import { assignSticky } from './assign-sticky.ts'
import type { Assignments, Assignor, AssignorMember, PartitionRacks } from './assignor.ts'
import type { Claim } from './previous-owners.ts'

/**
 * Sticky, under the cooperative protocol (KIP-429): what another member still owns is left out of the assignment, so that its owner gives it up
 * first; the rebalance that follows gives it to the new one. Members go on with what they keep.
 */
export const cooperativeStickyAssignor: Assignor = {
  name: 'cooperative-sticky',
  rebalanceProtocol: 'cooperative',
  userData: encodeGeneration,
  assign,
}

/** For leaders that do not know version 2 of the subscription, which has the generation itself. */
function encodeGeneration(_owned: readonly TopicPartition[], generationId: number): Buffer {
  const writer = new ByteWriter(4)
  writer.int32(generationId)
  return writer.concat()
}

function assign(topics: ReadonlyMap<string, PartitionRacks>, members: readonly AssignorMember[]): Assignments {
  const assignments = assignSticky(topics, members.map(claimOf))
  const owners = new Map<string, Set<string>>()
  for (const { memberId, ownedPartitions } of members) {
    for (const partition of ownedPartitions) {
      const key = partitionKey(partition)
      const known = owners.get(key)
      if (known === undefined) owners.set(key, new Set([memberId]))
      else known.add(memberId)
    }
  }
  for (const [memberId, partitions] of assignments) {
    const free = partitions.filter((partition) => {
      const others = owners.get(partitionKey(partition))
      return others === undefined || others.has(memberId)
    })
    assignments.set(memberId, free)
  }
  return assignments
}

function claimOf(member: AssignorMember): Claim {
  const { ownedPartitions: partitions, generationId, userData } = member
  if (generationId >= 0 || userData === null || userData.length < 4) return { member, partitions, generationId }
  return { member, partitions, generationId: new ByteReader(userData).int32() }
}
