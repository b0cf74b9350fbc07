import { ByteReader, DecodeError } from '@odradek/base'
import { consumerProtocolSubscription } from '@odradek/kafka-protocol/messages/consumer-protocol-subscription'
import type { ClassicMember } from './classic-member.ts'
import { metadataOf } from './classic-member.ts'

/** The protocol type of consumers: the only one whose metadata the broker looks into. */
export const consumerProtocolType = 'consumer'

/**
 * The topics that a consumer group's members subscribe to; undefined when it is not a consumer group or a member's metadata is not in
 * the consumer protocol, which means that any topic may be subscribed to.
 */
export function subscribedTopics(
  protocolType: string | undefined,
  protocolName: string | undefined,
  members: ReadonlyMap<string, ClassicMember>,
): ReadonlySet<string> | undefined {
  if (protocolType !== consumerProtocolType) return undefined
  if (members.size === 0) return new Set()
  if (protocolName === undefined) return undefined
  const topics = new Set<string>()
  try {
    for (const member of members.values()) {
      for (const topic of readTopics(metadataOf(member, protocolName))) topics.add(topic)
    }
  } catch (error) {
    if (error instanceof DecodeError) return undefined
    throw error
  }
  return topics
}

/** Every version of the subscription begins as version 0 does, so that the broker need not know the newest. */
function readTopics(metadata: Buffer): readonly string[] {
  const reader = new ByteReader(metadata)
  reader.int16()
  return consumerProtocolSubscription.decode(reader, 0).topics
}
