import { KafkaError } from '@odradek/kafka-protocol'
import type { Turn } from '../turn.ts'
import type { ConsumerContext } from './consumer-context.ts'
import type { ConsumerGroup } from './consumer-group.ts'
import { countNames } from './consumer-group.ts'
import { namesEqual } from './consumer-member.ts'
import type { ConsumerRecord } from './consumer-record.ts'
import { epochRecord } from './consumer-record.ts'
import { metadataHashOf } from './subscriptions.ts'
import { TopicPattern } from './topic-pattern.ts'

/** About how much matching is done in one turn: a few milliseconds. */
const stepsPerTurnMax = 50_000

/**
 * Works out, after this event and a part in each turn, which topics the expressions of the group stand for; then writes it, which begins the
 * next epoch if anything is new.
 */
export function resolveRegexesSoon(context: ConsumerContext, regexes: readonly string[]): void {
  const { group, topics, turn, alarms } = context
  const { turn: _turn, ...rest } = context
  const patterns = regexes.flatMap((regex) => {
    const pattern = patternOf(regex)
    return pattern === undefined ? [] : [{ regex, pattern, topics: [] as string[] }]
  })
  const names = [...topics.names()]
  let next = 0
  const alarm = alarms.alarm((effects, now) => {
    let steps = 0
    for (; next < names.length && steps < stepsPerTurnMax; next++) {
      const name = names[next] as string
      for (const entry of patterns) {
        steps += entry.pattern.stepsFor(name)
        if (entry.pattern.matches(name)) entry.topics.push(name)
      }
    }
    if (next < names.length) {
      alarm.set(now.monotonicMs)
      return
    }
    group.regexAlarm = undefined
    const resolved = new Map(patterns.map((entry) => [entry.regex, entry.topics.sort()]))
    writeResolved(rest, { effects, now }, resolved)
  })
  group.regexAlarm = alarm
  group.regexTopicsVersion = topics.namesVersion
  alarm.set(turn.now.monotonicMs)
}

/** Expressions were checked when they came; one that another coordinator took and this one does not stands for nothing. */
function patternOf(regex: string): TopicPattern | undefined {
  try {
    return new TopicPattern(regex)
  } catch (error) {
    if (error instanceof KafkaError) return undefined
    throw error
  }
}

function writeResolved(
  { group: { consumer: group }, topics }: Omit<ConsumerContext, 'turn'>,
  { effects, now }: Turn,
  resolved: ReadonlyMap<string, readonly string[]>,
): void {
  if (group === undefined) return
  const records = resolvedRecords(group, topics, resolved, now.wallMs)
  if (records.length > 0) effects.write({ records })
}

function resolvedRecords(
  group: ConsumerGroup,
  topics: ConsumerContext['topics'],
  resolved: ReadonlyMap<string, readonly string[]>,
  wallMs: number,
): ConsumerRecord[] {
  const { groupId } = group
  const subscriptions = new Map(group.subscriptions)
  const records: ConsumerRecord[] = []
  let isNextEpoch = false
  for (const [regex, names] of resolved) {
    if (!group.regexCounts.has(regex)) continue
    const before = group.resolvedRegexes.get(regex)?.topics ?? []
    if (!namesEqual(before, names)) {
      isNextEpoch = true
      countNames(subscriptions, before, 'byRegex', -1)
      countNames(subscriptions, names, 'byRegex', 1)
    }
    const value = { topics: names, version: topics.namesVersion, resolvedMs: wallMs }
    records.push({ kind: 'consumer-regex', groupId, regex, value })
  }
  const hash = metadataHashOf(subscriptions, topics)
  if (isNextEpoch || hash !== group.metadataHash) records.push(epochRecord(groupId, group.groupEpoch + 1, hash))
  return records
}
