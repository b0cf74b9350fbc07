import { key } from '../config-key.ts'

/** Keys that Apache Kafka does not have. */
export const ownKeys = {
  slowRequestMs: key.int(
    'odradek.slow.request.ms',
    '0',
    'A request that takes longer than this is written to the log, with where its time went; 0 for none. Time that a request asked to wait does not count.',
    { atLeast: 0, scope: 'cluster-wide' },
  ),
  recordValidation: key.string(
    'odradek.record.validation',
    'full',
    'What is looked at in a batch that a client sends: full, its records too, decompressed where they are compressed, as Apache Kafka does; or header, its header and checksum alone, which leaves nonsense inside a batch to its consumers.',
    { oneOf: ['full', 'header'] },
  ),
}
