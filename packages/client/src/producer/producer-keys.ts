import { ClientError } from '../client-error.ts'
import { commonKeys } from '../config/common-keys.ts'
import { key } from '../config/config-key.ts'
import type { ConfigInput, ConfigOf } from '../config/config-key.ts'
import { parseConfig } from '../config/parse-config.ts'
import { defaultPartitioner, partitionerOf } from './partition/partitioner.ts'
import type { Partitioner } from './partition/partitioner.ts'
import type { AnyProducerInterceptor } from './producer-record.ts'
import { defaultSerializer, serializerOf } from './serialize/serializer.ts'
import type { Serializer } from './serialize/serializer.ts'

const intMax = 2 ** 31 - 1

/** What a producer can be told; names, defaults and meaning are Kafka 4.3's, but for linger.ms. */
export const producerKeys = {
  ...commonKeys,
  acks: key.oneOf(
    ['all', '-1', '1', '0'],
    'all',
    'Whose acknowledgement a write needs: of all in-sync replicas, of the leader alone, of nobody.',
  ),
  'enable.idempotence': key.boolean(
    true,
    'A record that has to be sent again is written once, and in its order. Needs acks=all; turned off by acks=1 or 0.',
  ),
  'linger.ms': key.long(
    0,
    'How long a record may wait for others to share its batch. 0: those that are sent in the same turn of the event loop go together, and those that come while as many requests as allowed are under way.',
    { atLeast: 0 },
  ),
  'batch.size': key.int(
    16_384,
    'Bytes that a batch of one partition may have before it is sent and the next one begins. A larger record has a batch of its own.',
    { atLeast: 0 },
  ),
  'buffer.memory': key.long(
    32 * 1024 * 1024,
    'Bytes of records that may wait to be sent and acknowledged. When they are used up, send waits.',
    { atLeast: 0 },
  ),
  'max.block.ms': key.long(
    60_000,
    'How long send may wait for metadata and for memory, and how long a call about transactions may take.',
    { atLeast: 0 },
  ),
  'max.request.size': key.int(1024 * 1024, 'Bytes that a request may have; a larger record is refused.', {
    atLeast: 0,
  }),
  'max.in.flight.requests.per.connection': key.int(
    5,
    'Requests to one broker that may be under way at once; at most 5 with idempotence, which keeps their order.',
    { atLeast: 1 },
  ),
  'delivery.timeout.ms': key.int(
    120_000,
    'How long a record may take from send to its acknowledgement, all attempts together.',
    { atLeast: 0 },
  ),
  retries: key.int(
    intMax,
    'How often a batch may be sent again. Better left alone: delivery.timeout.ms says how long to try.',
    { atLeast: 0 },
  ),
  'compression.type': key.oneOf(
    ['none', 'gzip', 'snappy', 'lz4', 'zstd'],
    'none',
    'How batches are compressed. One of more than 128 KiB whose first 64 KiB gain nothing goes as it is.',
  ),
  'compression.gzip.level': key.int(-1, "1 to 9; -1 is the library's own choice.", { atLeast: -1, atMost: 9 }),
  'compression.lz4.level': key.int(9, 'Accepted for compatibility; the lz4 library has one level.', {
    atLeast: 1,
    atMost: 17,
  }),
  'compression.zstd.level': key.int(3, '-131072 to 22.', { atLeast: -131_072, atMost: 22 }),
  'partitioner.class': key.code<Partitioner>(
    defaultPartitioner,
    'Which partition a record goes to: default, round-robin, or a function.',
    partitionerOf,
  ),
  'partitioner.ignore.keys': key.boolean(false, 'Partition as if records had no key.'),
  'partitioner.adaptive.partitioning.enable': key.boolean(
    true,
    'Records without a key go rather where less waits to be sent (KIP-794).',
  ),
  'key.serializer': key.code<Serializer>(
    defaultSerializer,
    'Makes bytes of a key: string, bytes, json, int32, int64, float64, or a function.',
    serializerOf,
  ),
  'value.serializer': key.code<Serializer>(
    defaultSerializer,
    'Makes bytes of a value: string, bytes, json, int32, int64, float64, or a function.',
    serializerOf,
  ),
  'interceptor.classes': key.code<readonly AnyProducerInterceptor[]>(
    [],
    'Objects that see every record before it is sent and what became of it.',
  ),
  'metadata.max.idle.ms': key.long(300_000, 'A topic that nothing was sent to for this long is forgotten.', {
    atLeast: 5000,
  }),
  'transactional.id': key.string(
    undefined,
    'A name that only one producer at a time has; makes transactions possible.',
  ),
  'transaction.timeout.ms': key.int(60_000, 'How long a transaction may be open before the broker aborts it.', {
    atLeast: 1,
  }),
}

/** The typed values of a producer's configuration. */
export type ProducerConfig = ConfigOf<typeof producerKeys>
/** What a user may write. */
export type ProducerConfigInput = ConfigInput<typeof producerKeys>

/** Reads a producer's configuration. Throws `ClientError` INVALID_CONFIG, also for values that contradict each other. */
export function parseProducerConfig(input: ProducerConfigInput): ProducerConfig {
  const config = parseConfig(producerKeys, input)
  return {
    ...config,
    'enable.idempotence': isIdempotent(config, input),
    'delivery.timeout.ms': deliveryTimeoutMs(config, input),
  }
}

function isIdempotent(config: ProducerConfig, input: ProducerConfigInput): boolean {
  if (!config['enable.idempotence']) {
    if (config['transactional.id'] !== undefined) throw contradiction('transactional.id needs enable.idempotence')
    return false
  }
  const isAsked = input['enable.idempotence'] !== undefined || config['transactional.id'] !== undefined
  const obstacles = [
    config.acks === 'all' || config.acks === '-1' ? undefined : 'acks=all',
    config['max.in.flight.requests.per.connection'] <= 5
      ? undefined
      : 'max.in.flight.requests.per.connection of at most 5',
    config.retries > 0 ? undefined : 'retries above 0',
  ].filter((obstacle) => obstacle !== undefined)
  if (obstacles.length === 0) return true
  if (isAsked) throw contradiction(`enable.idempotence needs ${obstacles.join(' and ')}`)
  return false
}

function deliveryTimeoutMs(config: ProducerConfig, input: ProducerConfigInput): number {
  const least = config['linger.ms'] + config['request.timeout.ms']
  if (config['delivery.timeout.ms'] >= least) return config['delivery.timeout.ms']
  if (input['delivery.timeout.ms'] === undefined) return least
  throw contradiction(`delivery.timeout.ms must be at least linger.ms + request.timeout.ms, which is ${least}`)
}

function contradiction(why: string): ClientError {
  return new ClientError('INVALID_CONFIG', `the configuration contradicts itself: ${why}`)
}
