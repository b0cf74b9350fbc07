import { commonKeys } from '../config/common-keys.ts'
import { key } from '../config/config-key.ts'
import type { ConfigInput, ConfigOf } from '../config/config-key.ts'
import { readingKeys } from '../consumer/reading-keys.ts'
import type { AnyShareInterceptor } from './share-record.ts'

/** What only share consumers have; names, defaults and meaning are those of Kafka 4.3's share consumer. */
export const shareConsumerKeys = {
  ...commonKeys,
  ...readingKeys,
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
  'interceptor.classes': key.code<readonly AnyShareInterceptor[]>(
    [],
    'Objects that see every record before the application gets it, and what became of acknowledgements. Java has none for share groups.',
  ),
  'max.poll.records': key.int(500, 'The most records that one fetch acquires of one broker.', { atLeast: 1 }),
}

export type ShareConsumerConfig = ConfigOf<typeof shareConsumerKeys>
export type ShareConsumerConfigInput = ConfigInput<typeof shareConsumerKeys>
