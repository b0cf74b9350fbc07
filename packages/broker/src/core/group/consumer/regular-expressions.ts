import type { ConsumerContext } from './consumer-context.ts'
import type { ConsumerGroup } from './consumer-group.ts'
import type { ConsumerMember } from './consumer-member.ts'
import { regexOf } from './consumer-member.ts'
import type { ConsumerRecord } from './consumer-record.ts'
import { regexCountsWith } from './subscriptions.ts'
import { TopicPattern } from './topic-pattern.ts'

/** Expressions are not resolved again sooner than this after the last time. */
const refreshIntervalMsMin = 10_000

export interface RegexChange {
  readonly hasChanged: boolean
  /** It has changed, and what it stands for now is known: the group can go to its next epoch at once. */
  readonly isResolved: boolean
  /** What is to be resolved when this event is through; empty when nothing is. */
  readonly toResolve: readonly string[]
}

/**
 * What a change of a member's regular expression means for its group, and whether the group's expressions are to be resolved again: one is not
 * yet, there are new topics, or it was long ago. Throws INVALID_REGULAR_EXPRESSION.
 */
export function regexChange(
  context: ConsumerContext,
  group: ConsumerGroup,
  before: ConsumerMember,
  updated: ConsumerMember,
  records: ConsumerRecord[],
): RegexChange {
  const { groupId } = group
  const oldRegex = regexOf(before)
  const newRegex = regexOf(updated)
  const hasChanged = before.subscribedTopicRegex !== updated.subscribedTopicRegex
  let isResolved = false
  let isNew = false
  if (hasChanged) {
    if (oldRegex !== undefined && group.regexCounts.get(oldRegex) === 1) {
      records.push({ kind: 'consumer-regex', groupId, regex: oldRegex, value: null })
    }
    if (newRegex === undefined) {
      isResolved = oldRegex !== undefined
    } else if (!group.regexCounts.has(newRegex)) {
      // Compiled only to refuse it now if it is none.
      void new TopicPattern(newRegex)
      isNew = true
    } else {
      isResolved = group.resolvedRegexes.has(newRegex)
    }
  }
  const counts = regexCountsWith(group, before, updated)
  const isDue = (isNew || group.regexCounts.size > 0) && isRefreshDue(context, group, counts, isNew)
  return { hasChanged, isResolved, toResolve: isDue ? [...counts.keys()] : [] }
}

function isRefreshDue(
  { group: { regexAlarm, regexTopicsVersion }, topics, config, turn }: ConsumerContext,
  group: ConsumerGroup,
  counts: ReadonlyMap<string, number>,
  isNew: boolean,
): boolean {
  if (regexAlarm !== undefined) return false
  const { wallMs } = turn.now
  const [last] = group.resolvedRegexes.values()
  const resolvedMs = last?.resolvedMs ?? -Infinity
  if (wallMs <= resolvedMs + refreshIntervalMsMin) return false
  return (
    isNew ||
    counts.size !== group.resolvedRegexes.size ||
    regexTopicsVersion !== topics.namesVersion ||
    wallMs > resolvedMs + config.consumer.regexRefreshIntervalMs
  )
}
