import type { Logger } from '@odradek/base'
import { runWorkers } from '../consumer/run-workers.ts'
import type { ClientTracing } from '../tracing/client-tracing.ts'
import type { AcknowledgeType, ShareRecord } from './share-record.ts'

/**
 * What becomes of a record for which the application, or its deserializer, has thrown: `release` has it delivered again, to any member, until the group's delivery count
 * limit; `reject` never again; `fail` releases it and ends the run; or the application decides, by the record as it came.
 */
export type ShareErrorPolicy =
  | 'release'
  | 'reject'
  | 'fail'
  | ((error: unknown, record: ShareRecord) => Exclude<AcknowledgeType, 'renew'>)

export interface ShareRunOptions<Key = Buffer, Value = Buffer> {
  /** In implicit mode the record is accepted when this has returned; in explicit mode it has to acknowledge it. */
  readonly eachRecord: (record: ShareRecord<Key, Value>) => void | Promise<void>
  /** Records that are worked on at the same time; default 1. */
  readonly concurrency?: number
  /** Default `release`. */
  readonly onError?: ShareErrorPolicy
  /** Ends the run: what has begun is finished. */
  readonly signal?: AbortSignal
}

/** One record in the hands of the application. */
export interface HandedRecord {
  /** As it came. */
  readonly record: ShareRecord
  /** The application has returned. */
  done(): void
  /** Unless the record is acknowledged already. */
  settle(type: AcknowledgeType): void
}

/** What happens to records on their way to the application. */
interface Around<Key, Value> {
  readonly log: Logger
  readonly prepare: (record: ShareRecord) => ShareRecord<Key, Value>
  readonly tracing: ClientTracing | undefined
}

/** Calls the application for what `next` brings, until that ends. Rejects with its first error; what others had begun is finished before. */
export function runShareRecords<Key, Value>(
  options: ShareRunOptions<Key, Value>,
  next: (signal: AbortSignal) => Promise<HandedRecord | undefined>,
  { log, prepare, tracing }: Around<Key, Value>,
): Promise<void> {
  const { eachRecord, onError = 'release' } = options
  return runWorkers(options, next, async (handed) => {
    try {
      const prepared = prepare(handed.record)
      const work = (): void | Promise<void> => eachRecord(prepared)
      await (tracing === undefined ? work() : tracing.process(prepared, work))
      handed.done()
    } catch (error) {
      handleError(handed, error, onError, log)
    }
  })
}

function handleError(handed: HandedRecord, error: unknown, policy: ShareErrorPolicy, log: Logger): void {
  const { topic, partition, offset, deliveryCount } = handed.record
  const type = typeof policy === 'function' ? policy(error, handed.record) : policy === 'reject' ? 'reject' : 'release'
  handed.settle(type)
  if (policy === 'fail') throw error
  log.warn('the application threw for a record', { topic, partition, offset, deliveryCount, becomes: type, error })
}
