import { commonKeys } from '../config/common-keys.ts'
import { key } from '../config/config-key.ts'
import type { ConfigInput, ConfigOf } from '../config/config-key.ts'

/** What only share consumers have; names, defaults and meaning are those of Kafka 4.3's share consumer. */
export const shareConsumerKeys = {
  ...commonKeys,
  'group.id': key.string(undefined, 'The share group whose members share the records.'),
  'share.acknowledgement.mode': key.oneOf(
    ['implicit', 'explicit'],
    'implicit',
    'implicit: a record is accepted when the next one is asked for. explicit: the application acknowledges each record.',
  ),
  'share.acquire.mode': key.oneOf(
    ['batch_optimized', 'record_limit'],
    'batch_optimized',
    'record_limit: one fetch never acquires more than max.poll.records. batch_optimized: it may, up to the end of a batch.',
  ),
  'max.poll.records': key.int(500, 'The most records that one fetch acquires of one broker.', { atLeast: 1 }),
  'fetch.min.bytes': key.int(1, 'A fetch is answered when this much is there, or after fetch.max.wait.ms.', {
    atLeast: 0,
  }),
  'fetch.max.bytes': key.int(50 * 1024 * 1024, 'The most that one fetch brings; a larger batch still comes.', {
    atLeast: 0,
  }),
  'fetch.max.wait.ms': key.int(500, 'How long a fetch may wait for fetch.min.bytes.', { atLeast: 0 }),
  'check.crcs': key.boolean(true, 'Check the checksum of every batch.'),
  'allow.auto.create.topics': key.boolean(true, 'Subscribing to a topic may create it, where brokers allow that.'),
  'default.api.timeout.ms': key.int(60_000, 'How long a call may take that has no timeout of its own.', { atLeast: 0 }),
}

export type ShareConsumerConfig = ConfigOf<typeof shareConsumerKeys>
export type ShareConsumerConfigInput = ConfigInput<typeof shareConsumerKeys>
