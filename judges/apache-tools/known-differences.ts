// Where the tools print something else, and why: each also stands in docs/compatibility.md.
import type { Step } from './steps.ts'

const reasons: readonly (readonly [tool: string, args: RegExp, reason: string])[] = [
  ['broker-api-versions', /./, 'the versions that are answered are others'],
  ['configs', /--entity-type brokers --entity-name 1 --all$/, 'the consumer group protocol is on'],
  ['consumer-groups', /--describe --group missing/, 'DescribeGroups 6 says so by an error, as Kafka 4 does'],
  ['dump-log', /\.index/, 'an index is as long as its entries, also while it is written'],
]

/** Errors whose words are our own, as they say what to do next; the error itself is the same. */
const ownWords: readonly (readonly [tool: string, args: RegExp])[] = [
  ['topics', /--replica-assignment 9$/],
  ['configs', /--entity-name missing/],
  ['configs', /num\.partitions=9$/],
]

export function differenceOf(step: Step, ours: string, apaches: string): string | undefined {
  const isMeant = ([tool, args]: readonly [string, RegExp, string?]): boolean =>
    tool === step.tool && args.test(step.args)
  if (ownWords.some(isMeant) && withoutWords(ours) === withoutWords(apaches)) return 'in other words'
  return reasons.find(isMeant)?.[2]
}

function withoutWords(text: string): string {
  return text.replaceAll(/(Exception:|Error while executing topic command :).*/g, '$1…')
}
