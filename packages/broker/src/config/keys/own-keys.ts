import { key } from '../config-key.ts'

/** Keys that Apache Kafka does not have. */
export const ownKeys = {
  slowRequestMs: key.int(
    'odradek.slow.request.ms',
    '0',
    'A request that takes longer than this is written to the log, with where its time went; 0 for none. Time that a request asked to wait does not count.',
    { atLeast: 0, scope: 'cluster-wide' },
  ),
}
