import { consumerProtocolType } from '../classic/subscribed-topics.ts'
import type { Group } from '../group.ts'
import type { CommittedOffset } from '../group-record.ts'
import type { OffsetPosition } from './group-offsets.ts'

/**
 * The offsets that have been kept long enough (KIP-211): those of an empty group from when it became empty, those of a group without
 * members of its own from their commit, and in a stable consumer group, or one of the consumer protocol, those of topics that no member reads
 * any more.
 */
export function expiredOffsets(
  group: Group,
  retentionMs: number,
  committedOffset: number,
  wallMs: number,
): OffsetPosition[] {
  const sinceMs = retentionStart(group)
  if (sinceMs === undefined) return []
  const { offsets, classic, consumer } = group
  const isRead = (topic: string): boolean =>
    consumer === undefined
      ? classic.state === 'Stable' && classic.maySubscribeTo(topic)
      : consumer.subscriptions.has(topic)
  const expired: OffsetPosition[] = []
  for (const at of offsets.positions()) {
    const value = offsets.committed(at, committedOffset)
    if (value === undefined || isRead(at.topic) || offsets.isPending(at, committedOffset)) continue
    // Clients of old asked for a retention of their own, which then holds.
    const expiresMs = value.expireTimestampMs ?? sinceMs(value) + retentionMs
    if (wallMs >= expiresMs) expired.push(at)
  }
  return expired
}

function retentionStart({ classic, consumer }: Group): ((value: CommittedOffset) => number) | undefined {
  if (consumer !== undefined) return (value) => value.commitTimestampMs
  if (classic.protocolType === undefined) return (value) => value.commitTimestampMs
  if (classic.state === 'Empty') return (value) => classic.stateChangedMs ?? value.commitTimestampMs
  const isKnown = classic.protocolType === consumerProtocolType && classic.subscribedTopics !== undefined
  return isKnown && classic.state === 'Stable' ? (value) => value.commitTimestampMs : undefined
}
