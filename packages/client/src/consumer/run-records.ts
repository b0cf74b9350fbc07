import type { Env } from '@odradek/base'
import type { ConsumerBatch, ConsumerRecord } from './consumer-record.ts'
import type { ClientTracing } from '../tracing/client-tracing.ts'
import type { Delivery } from './host/deliveries.ts'
import { runWorkers } from './run-workers.ts'

/** What to do with a record for which the application has thrown: end with the error, go on, or keep it elsewhere and go on. */
export type ErrorPolicy = 'fail' | 'skip' | DeadLetters

/** Where records go that the application could not handle. */
export interface DeadLetters {
  readonly topic: string
  /** Sends one record; the consumer goes on when it resolves, and fails when it rejects. A producer's `send` fits. */
  readonly send: (record: DeadLetter) => Promise<unknown>
}

/** The record as it was, with headers that say where it came from and what went wrong. */
export interface DeadLetter {
  readonly topic: string
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly { readonly key: string; readonly value: Buffer | null }[]
}

interface RunBase {
  /** Partitions that are worked on at the same time; default 1. */
  readonly concurrency?: number
  /** Ends the run: what has begun is finished. */
  readonly signal?: AbortSignal
}

/** Exactly one of `eachRecord` and `eachBatch`. */
export type RunOptions<Key = Buffer, Value = Buffer> = RunBase &
  (
    | {
        readonly eachRecord: (record: ConsumerRecord<Key, Value>, signal: AbortSignal) => void | Promise<void>
        /** Records of one partition that are worked on at the same time; those of one key stay in order. Default 1. */
        readonly concurrencyPerPartition?: number
        /** Default `fail`. */
        readonly onError?: ErrorPolicy
        readonly eachBatch?: never
      }
    | {
        readonly eachBatch: (batch: ConsumerBatch<Key, Value>) => void | Promise<void>
        readonly eachRecord?: never
        readonly onError?: Exclude<ErrorPolicy, DeadLetters>
      }
  )

/** What happens to records on their way to the application. */
interface Around<Key, Value> {
  readonly env: Env
  readonly prepare: (record: ConsumerRecord) => ConsumerRecord<Key, Value>
  readonly tracing: ClientTracing | undefined
}

/** Calls the application for what `next` brings, until that ends. Rejects with its first error; what others had begun is finished before. */
export async function runRecords<Key, Value>(
  options: RunOptions<Key, Value>,
  next: (signal: AbortSignal) => Promise<Delivery | undefined>,
  around: Around<Key, Value>,
): Promise<void> {
  await runWorkers(options, next, async (delivery) => {
    try {
      await handle(delivery, options, around)
    } finally {
      delivery.release()
    }
  })
}

async function handle<Key, Value>(
  delivery: Delivery,
  options: RunOptions<Key, Value>,
  around: Around<Key, Value>,
): Promise<void> {
  const { env, prepare, tracing } = around
  const { batch } = delivery
  if (options.eachRecord === undefined) {
    try {
      const records = preparedIn(batch, options.onError === 'skip', around)
      await options.eachBatch({ ...batch, records })
    } catch (error) {
      if (options.onError !== 'skip') throw error
      env.log.error('a batch was skipped, since the application threw', { ...placeOf(batch), error })
    }
    return delivery.done()
  }
  const { eachRecord, onError = 'fail', concurrencyPerPartition = 1 } = options
  const one = async (record: ConsumerRecord): Promise<void> => {
    try {
      const prepared = prepare(record)
      const work = (): void | Promise<void> => eachRecord(prepared, batch.signal)
      await (tracing === undefined ? work() : tracing.process(prepared, work))
    } catch (error) {
      await handleError(record, error, onError, env)
    }
  }
  if (concurrencyPerPartition <= 1) {
    for (const record of batch.records) {
      if (batch.signal.aborted) return
      await one(record)
      delivery.recordDone(record)
    }
  } else await inLanes(delivery, concurrencyPerPartition, one)
  if (!batch.signal.aborted) delivery.done()
}

/** Without those that a deserializer does not take, where they are to be skipped. */
function preparedIn<Key, Value>(
  { records }: ConsumerBatch,
  isSkipping: boolean,
  { env, prepare }: Around<Key, Value>,
): ConsumerRecord<Key, Value>[] {
  if (!isSkipping) return records.map(prepare)
  return records.flatMap((record) => {
    try {
      return [prepare(record)]
    } catch (error) {
      env.log.error('a record was skipped', { ...placeOf(record), offset: record.offset, error })
      return []
    }
  })
}

/** A lane for each key, so many of them at a time; a record counts as done when all before it are. */
async function inLanes(
  delivery: Delivery,
  concurrency: number,
  one: (record: ConsumerRecord) => Promise<void>,
): Promise<void> {
  const { records, signal } = delivery.batch
  const lanes = [...Map.groupBy(records, ({ key, offset }) => key?.toString('latin1') ?? offset).values()]
  const finished = new Set<ConsumerRecord>()
  let doneCount = 0
  let failure: { readonly error: unknown } | undefined
  const work = async (): Promise<void> => {
    for (let lane = lanes.shift(); lane !== undefined; lane = lanes.shift()) {
      for (const record of lane) {
        if (signal.aborted || failure !== undefined) return
        try {
          await one(record)
        } catch (error) {
          failure ??= { error }
          return
        }
        finished.add(record)
        for (let next = records[doneCount]; next !== undefined && finished.has(next); next = records[++doneCount]) {
          delivery.recordDone(next)
        }
      }
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work))
  if (failure !== undefined) throw failure.error
}

async function handleError(record: ConsumerRecord, error: unknown, policy: ErrorPolicy, env: Env): Promise<void> {
  if (policy === 'fail') throw error
  const place = { ...placeOf(record), offset: record.offset }
  if (policy === 'skip') {
    env.log.error('a record was skipped, since the application threw', { ...place, error })
    return
  }
  env.log.warn('a record goes to the dead letters, since the application threw', { ...place, to: policy.topic, error })
  await policy.send(deadLetterOf(record, error, policy.topic))
}

function placeOf({ topic, partition }: ConsumerRecord | ConsumerBatch): { topic: string; partition: number } {
  return { topic, partition }
}

function deadLetterOf(record: ConsumerRecord, error: unknown, topic: string): DeadLetter {
  const facts = {
    'dead-letter.topic': record.topic,
    'dead-letter.partition': String(record.partition),
    'dead-letter.offset': String(record.offset),
    'dead-letter.timestamp': String(record.timestampMs),
    'dead-letter.error.name': error instanceof Error ? error.name : typeof error,
    'dead-letter.error.message': error instanceof Error ? error.message : String(error),
  }
  const added = Object.entries(facts).map(([key, value]) => ({ key, value: Buffer.from(value) }))
  return { topic, key: record.key, value: record.value, headers: [...record.headers, ...added] }
}
