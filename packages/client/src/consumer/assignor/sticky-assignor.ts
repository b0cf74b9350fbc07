import { ByteReader, ByteWriter } from '@odradek/base'
import { partitionsByTopic } from '../topic-partition.ts'
import type { TopicPartition } from '../topic-partition.ts'
import { assignSticky } from './assign-sticky.ts'
import type { Assignor, AssignorMember } from './assignor.ts'
import type { Claim } from './previous-owners.ts'

/**
 * Keeps members what they have, under the eager protocol: as members give everything up before they join, what they had travels in the user
 * data of their subscription, as Java's StickyAssignor writes it:
 *
 *   topic count int32 | { topic string | partition count int32 | partition int32 ... } ... | generation int32 (absent before version 1)
 */
export const stickyAssignor: Assignor = {
  name: 'sticky',
  rebalanceProtocol: 'eager',
  userData: encodeStickyUserData,
  assign: (topics, members) => assignSticky(topics, members.map(claimOf)),
}

function encodeStickyUserData(owned: readonly TopicPartition[], generationId: number): Buffer {
  const writer = new ByteWriter()
  const topics = partitionsByTopic(owned)
  writer.int32(topics.length)
  for (const { topic, partitions } of topics) {
    const name = Buffer.from(topic)
    writer.int16(name.length)
    writer.bytes(name)
    writer.int32(partitions.length)
    for (const partition of partitions) writer.int32(partition)
  }
  writer.int32(generationId)
  return writer.concat()
}

/** What cannot be read counts as nothing: it is another member's, and the group must go on. */
function claimOf(member: AssignorMember): Claim {
  const nothing = { member, partitions: [], generationId: -1 }
  if (member.userData === null || member.userData.length === 0) return nothing
  try {
    const reader = new ByteReader(member.userData)
    const partitions: TopicPartition[] = []
    for (let topics = reader.int32(); topics > 0; topics--) {
      const topic = reader.bytes(reader.int16()).toString()
      for (let count = reader.int32(); count > 0; count--) partitions.push({ topic, partition: reader.int32() })
    }
    return { member, partitions, generationId: reader.remaining >= 4 ? reader.int32() : -1 }
  } catch {
    return nothing
  }
}
