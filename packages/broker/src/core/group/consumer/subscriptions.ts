import { createHash } from 'node:crypto'
import type { ConsumerGroup, SubscriptionCount } from './consumer-group.ts'
import { countNames, countRegex } from './consumer-group.ts'
import type { ConsumerMember } from './consumer-member.ts'
import { regexOf } from './consumer-member.ts'
import type { ResolvedRegex } from './consumer-record.ts'
import type { TopicDirectory } from './topic-directory.ts'

/** Ids of the topics that exist and that a member subscribes to, by name or by its regular expression as far as that is resolved; sorted. */
export function subscribedTopicIds(
  member: ConsumerMember,
  resolved: ReadonlyMap<string, ResolvedRegex>,
  topics: TopicDirectory,
): string[] {
  const regex = regexOf(member)
  const byRegex = regex === undefined ? [] : (resolved.get(regex)?.topics ?? [])
  const ids = new Set<string>()
  for (const name of [...member.subscribedTopicNames, ...byRegex]) {
    const topic = topics.byName(name)
    if (topic !== undefined) ids.add(topic.topicId)
  }
  return [...ids].sort()
}

/** The group's counts once `after` stands for `before`. */
export function subscriptionsWith(
  group: ConsumerGroup,
  before: ConsumerMember | undefined,
  after: ConsumerMember,
): Map<string, SubscriptionCount> {
  const counts = new Map(group.subscriptions)
  countNames(counts, before?.subscribedTopicNames ?? [], 'byName', -1)
  countNames(counts, after.subscribedTopicNames, 'byName', 1)
  const oldRegex = regexOf(before)
  if (oldRegex !== undefined && oldRegex !== regexOf(after) && group.regexCounts.get(oldRegex) === 1) {
    countNames(counts, group.resolvedRegexes.get(oldRegex)?.topics ?? [], 'byRegex', -1)
  }
  return counts
}

/** The group's counts once the members, and the expressions that only they subscribe by, are gone. */
export function subscriptionsWithout(
  group: ConsumerGroup,
  members: readonly ConsumerMember[],
  regexes: readonly string[],
): Map<string, SubscriptionCount> {
  const counts = new Map(group.subscriptions)
  for (const member of members) countNames(counts, member.subscribedTopicNames, 'byName', -1)
  for (const regex of regexes) countNames(counts, group.resolvedRegexes.get(regex)?.topics ?? [], 'byRegex', -1)
  return counts
}

/** How many members subscribe by each expression once `after` stands for `before`. */
export function regexCountsWith(
  group: ConsumerGroup,
  before: ConsumerMember | undefined,
  after: ConsumerMember,
): Map<string, number> {
  const counts = new Map(group.regexCounts)
  countRegex(counts, regexOf(before), -1)
  countRegex(counts, regexOf(after), 1)
  return counts
}

/** Whether all members subscribe to the same: all to the same names, or all by one expression and no names. */
export function isHomogeneous(
  regexes: ReadonlyMap<string, number>,
  subscriptions: ReadonlyMap<string, SubscriptionCount>,
  memberCount: number,
): boolean {
  const counts = [...subscriptions.values()]
  if (regexes.size === 0) return counts.every(({ byName }) => byName === memberCount)
  const [first] = regexes.values()
  return first === memberCount && counts.every(({ byName, byRegex }) => byRegex === 1 && byName === 0)
}

/**
 * A number that changes when a topic that the group subscribes to comes, goes, is another of the same name, has more partitions, or has
 * replicas in other racks. Kafka's is XXH3; a coordinator that works it out otherwise finds it changed once, and rebalances once.
 */
export function metadataHashOf(subscriptions: ReadonlyMap<string, unknown>, topics: TopicDirectory): bigint {
  const parts: string[] = []
  for (const name of [...subscriptions.keys()].sort()) {
    const topic = topics.byName(name)
    if (topic === undefined) continue
    const racks = Array.from({ length: topic.partitionCount }, (_, partition) => topics.racksOf(name, partition))
    parts.push(JSON.stringify([name, topic.topicId, racks]))
  }
  if (parts.length === 0) return 0n
  return createHash('sha256').update(parts.join()).digest().readBigInt64BE()
}
