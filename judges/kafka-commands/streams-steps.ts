// What Kafka 4.3.1's tool for streams groups is asked, on Apache Kafka 4.3.1: while a member is there, and after it left.
import type { Step } from '../apache-tools/steps.ts'
import { steps } from './steps.ts'

export const streamsGroup = 'streamers'
export const streamsTopic = 'streamed'

export const beforeStreamsMember: readonly Step[] = [
  ...steps('topics', [`@ --create --topic ${streamsTopic} --partitions 2`]),
  ...steps('streams-groups', [
    '@ --list',
    '@ --list --describe',
    '@ --describe',
    '@ --list --state nonsense',
    '@ --delete --group missing',
  ]),
]

export const withStreamsMember: readonly Step[] = steps('streams-groups', [
  '@ --list',
  '@ --list --state',
  '@ --list --state Empty',
  `@ --describe --group ${streamsGroup}`,
  `@ --describe --group ${streamsGroup} --verbose`,
  `@ --describe --members --group ${streamsGroup}`,
  `@ --describe --members --verbose --all-groups`,
  `@ --describe --state --group ${streamsGroup}`,
  `@ --describe --state --verbose --group ${streamsGroup}`,
  `@ --delete --group ${streamsGroup}`,
])

export const afterStreamsMember: readonly Step[] = steps('streams-groups', [
  `@ --describe --group ${streamsGroup}`,
  `@ --describe --members --group ${streamsGroup}`,
  `@ --describe --state --group ${streamsGroup}`,
  `@ --delete --group ${streamsGroup} --group missing`,
  '@ --list --state',
])
