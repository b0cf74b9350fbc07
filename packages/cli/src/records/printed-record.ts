import type { ConsumerRecord } from '@odradek/client'

/** What the commands print of a record. */
export type PrintedRecord = Pick<
  ConsumerRecord,
  'topic' | 'partition' | 'offset' | 'timestampMs' | 'key' | 'value' | 'headers'
>
