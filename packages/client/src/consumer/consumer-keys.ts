import { commonKeys } from '../config/common-keys.ts'
import { invalidConfig, key } from '../config/config-key.ts'
import type { ConfigOf } from '../config/config-key.ts'
import type { Assignor } from './assignor/assignor.ts'
import { cooperativeStickyAssignor } from './assignor/cooperative-sticky-assignor.ts'
import { rangeAssignor } from './assignor/range-assignor.ts'
import { roundRobinAssignor } from './assignor/round-robin-assignor.ts'
import { stickyAssignor } from './assignor/sticky-assignor.ts'
import type { AnyConsumerInterceptor } from './consumer-record.ts'
import { parseOffsetReset } from './core/offset-reset.ts'
import type { OffsetReset } from './core/offset-reset.ts'
import { readingKeys } from './reading-keys.ts'

const builtIn: readonly Assignor[] = [rangeAssignor, roundRobinAssignor, stickyAssignor, cooperativeStickyAssignor]

/** What only consumers have; names, defaults and meaning are those of Kafka 4.3's consumer, but for the last. */
export const consumerKeys = {
  ...commonKeys,
  ...readingKeys,
  'group.id': key.string(undefined, 'The group whose members share the partitions, and whose offsets are committed.'),
  'group.instance.id': key.string(
    undefined,
    'Makes a static member (KIP-345): back within session.timeout.ms it has its partitions again, without a rebalance.',
  ),
  'group.protocol': key.oneOf(
    ['classic', 'consumer'],
    'classic',
    'classic: a member divides the partitions. consumer: the brokers do (KIP-848, from Kafka 4.0 on).',
  ),
  'group.remote.assignor': key.string(
    undefined,
    'The assignor that the brokers are to use in the consumer protocol; default: theirs.',
  ),
  'partition.assignment.strategy': key.code<readonly (Assignor | string)[]>(
    ['range', 'cooperative-sticky'],
    'How the classic protocol divides partitions, in order of preference: range, roundrobin, sticky, cooperative-sticky, or own assignors.',
    (text) => text.split(',').map((name) => name.trim()),
  ),
  'session.timeout.ms': key.int(45_000, 'A member that was not heard of for this long is out of the group.', {
    atLeast: 1,
  }),
  'heartbeat.interval.ms': key.int(3000, 'The time between heartbeats; at most a third of session.timeout.ms.', {
    atLeast: 1,
  }),
  'max.poll.interval.ms': key.int(
    300_000,
    'How long records may be in the hands of the application before the member leaves the group.',
    { atLeast: 1 },
  ),
  'max.poll.records': key.int(500, 'The most records that one batch hands over.', { atLeast: 1 }),
  'enable.auto.commit': key.boolean(true, 'Commit what was processed, from time to time and before partitions go.'),
  'auto.commit.interval.ms': key.int(5000, 'The time between automatic commits.', { atLeast: 1 }),
  'auto.offset.reset': key.string(
    'latest',
    'Where to begin without a committed offset, or with one that is out of range: earliest, latest, none, by_duration:P1D.',
  ),
  'isolation.level': key.oneOf(
    ['read_uncommitted', 'read_committed'],
    'read_uncommitted',
    'read_committed: only records of transactions that are committed, and those outside of transactions.',
  ),
  'max.partition.fetch.bytes': key.int(1024 * 1024, 'The most that one fetch brings of one partition.', { atLeast: 0 }),
  'interceptor.classes': key.code<readonly AnyConsumerInterceptor[]>(
    [],
    'Objects that see every record before the application gets it, and every commit.',
  ),
  'exclude.internal.topics': key.boolean(true, 'A pattern matches no internal topics such as __consumer_offsets.'),
  'buffered.bytes.max': key.long(
    64 * 1024 * 1024,
    'The most bytes of fetched batches that wait for the application. Not a name of Kafka: Java has no such bound.',
    { atLeast: 1024 },
  ),
}

export type ConsumerConfig = ConfigOf<typeof consumerKeys>

/** Throws `ClientError` INVALID_CONFIG. */
export function assignorsOf(config: ConsumerConfig): readonly Assignor[] {
  return config['partition.assignment.strategy'].map((given) => {
    if (typeof given !== 'string') return given
    const known = builtIn.find(({ name }) => name === given || given.endsWith(javaClassOf(name)))
    if (known !== undefined) return known
    const names = builtIn.map(({ name }) => name).join(', ')
    throw invalidConfig('partition.assignment.strategy', given, `it is none of ${names}`)
  })
}

/** As properties files have it: `org.apache.kafka.clients.consumer.RangeAssignor`. */
function javaClassOf(name: string): string {
  const classes: Readonly<Record<string, string>> = {
    range: 'RangeAssignor',
    roundrobin: 'RoundRobinAssignor',
    sticky: '.StickyAssignor',
    'cooperative-sticky': 'CooperativeStickyAssignor',
  }
  return classes[name] ?? name
}

const resets = new Map<string, OffsetReset>()

/** The same object for the same text. Throws `ClientError` INVALID_CONFIG. */
export function readOffsetReset(given: string | undefined): OffsetReset | undefined {
  if (given === undefined) return undefined
  let reset = resets.get(given)
  if (reset === undefined) {
    reset = resetOf(given)
    resets.set(given, reset)
  }
  return reset
}

/** Throws `ClientError` INVALID_CONFIG. */
export function offsetResetOf(config: ConsumerConfig): OffsetReset {
  return resetOf(config['auto.offset.reset'])
}

function resetOf(given: string): OffsetReset {
  const reset = parseOffsetReset(given)
  if (reset === undefined) {
    throw invalidConfig('auto.offset.reset', given, 'it is none of earliest, latest, none, by_duration:PnDTnHnMnS')
  }
  return reset
}
