import type { Logger } from '@odradek/base'
import type { AcknowledgeType, ShareRecord } from './share-record.ts'

/**
 * What becomes of a record for which the application has thrown: `release` has it delivered again, to any member, until the group's delivery count limit;
 * `reject` never again; `fail` releases it and ends the run; or the application decides.
 */
export type ShareErrorPolicy =
  | 'release'
  | 'reject'
  | 'fail'
  | ((error: unknown, record: ShareRecord) => Exclude<AcknowledgeType, 'renew'>)

export interface ShareRunOptions {
  /** In implicit mode the record is accepted when this has returned; in explicit mode it has to acknowledge it. */
  readonly eachRecord: (record: ShareRecord) => void | Promise<void>
  /** Records that are worked on at the same time; default 1. */
  readonly concurrency?: number
  /** Default `release`. */
  readonly onError?: ShareErrorPolicy
  /** Ends the run: what has begun is finished. */
  readonly signal?: AbortSignal
}

/** One record in the hands of the application. */
export interface HandedRecord {
  readonly record: ShareRecord
  /** The application has returned. */
  done(): void
  /** Unless the record is acknowledged already. */
  settle(type: AcknowledgeType): void
}

/** Calls the application for what `next` brings, until that ends. Rejects with its first error; what others had begun is finished before. */
export async function runShareRecords(
  options: ShareRunOptions,
  next: (signal: AbortSignal) => Promise<HandedRecord | undefined>,
  log: Logger,
): Promise<void> {
  const stop = new AbortController()
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, options.signal])
  const work = async (): Promise<void> => {
    for (let handed = await next(signal); handed !== undefined; handed = await next(signal)) {
      try {
        await options.eachRecord(handed.record)
        handed.done()
      } catch (error) {
        handleError(handed, error, options.onError ?? 'release', log)
      }
    }
  }
  const workers = Array.from({ length: Math.max(1, options.concurrency ?? 1) }, async () => {
    try {
      await work()
    } catch (error) {
      stop.abort()
      throw error
    }
  })
  const results = await Promise.allSettled(workers)
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}

function handleError(handed: HandedRecord, error: unknown, policy: ShareErrorPolicy, log: Logger): void {
  const { topic, partition, offset, deliveryCount } = handed.record
  const type = typeof policy === 'function' ? policy(error, handed.record) : policy === 'reject' ? 'reject' : 'release'
  handed.settle(type)
  if (policy === 'fail') throw error
  log.warn('the application threw for a record', { topic, partition, offset, deliveryCount, becomes: type, error })
}
