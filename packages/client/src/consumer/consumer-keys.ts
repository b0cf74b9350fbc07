import { commonKeys } from '../config/common-keys.ts'
import { invalidConfig, key } from '../config/config-key.ts'
import type { ConfigOf } from '../config/config-key.ts'
import type { Assignor } from './assignor/assignor.ts'
import { cooperativeStickyAssignor } from './assignor/cooperative-sticky-assignor.ts'
import { rangeAssignor } from './assignor/range-assignor.ts'
import { roundRobinAssignor } from './assignor/round-robin-assignor.ts'
import { stickyAssignor } from './assignor/sticky-assignor.ts'
import type { AnyConsumerInterceptor } from './consumer-record.ts'
import { defaultDeserializer, deserializerOf } from './deserialize/deserializer.ts'
import type { Deserializer } from './deserialize/deserializer.ts'
import { parseOffsetReset } from './core/offset-reset.ts'
import type { OffsetReset } from './core/offset-reset.ts'

const builtIn: readonly Assignor[] = [rangeAssignor, roundRobinAssignor, stickyAssignor, cooperativeStickyAssignor]

/** What only consumers have; names, defaults and meaning are those of Kafka 4.3's consumer, but for the last. */
export const consumerKeys = {
  ...commonKeys,
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
  'fetch.min.bytes': key.int(1, 'A fetch is answered when this much is there, or after fetch.max.wait.ms.', {
    atLeast: 0,
  }),
  'fetch.max.bytes': key.int(50 * 1024 * 1024, 'The most that one fetch brings; a larger batch still comes.', {
    atLeast: 0,
  }),
  'fetch.max.wait.ms': key.int(500, 'How long a fetch may wait for fetch.min.bytes.', { atLeast: 0 }),
  'max.partition.fetch.bytes': key.int(1024 * 1024, 'The most that one fetch brings of one partition.', { atLeast: 0 }),
  'key.deserializer': key.code<Deserializer>(
    defaultDeserializer,
    'Makes a key of its bytes: bytes, string, json, int32, int64, float64, or a function.',
    deserializerOf,
  ),
  'value.deserializer': key.code<Deserializer>(
    defaultDeserializer,
    'Makes a value of its bytes: bytes, string, json, int32, int64, float64, or a function.',
    deserializerOf,
  ),
  'interceptor.classes': key.code<readonly AnyConsumerInterceptor[]>(
    [],
    'Objects that see every record before the application gets it, and every commit.',
  ),
  'check.crcs': key.boolean(true, 'Check the checksum of every batch.'),
  'allow.auto.create.topics': key.boolean(true, 'Subscribing to a topic may create it, where brokers allow that.'),
  'exclude.internal.topics': key.boolean(true, 'A pattern matches no internal topics such as __consumer_offsets.'),
  'default.api.timeout.ms': key.int(60_000, 'How long a call may take that has no timeout of its own.', { atLeast: 0 }),
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
