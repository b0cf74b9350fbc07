import type { Env, Timer } from '@odradek/base'
import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import { RecordValidationError } from '@odradek/storage'
import type { RequestDeadlines } from '../request-deadlines.ts'
import type { DataMetrics } from './data-metrics.ts'
import type { PartitionLookup } from './fetch-reader.ts'

/** One batch for one partition. */
export interface AppendEntry {
  readonly topic: string
  readonly partitionIndex: number
  readonly records: Buffer
}

export interface AppendOptions {
  /** 0 and 1: the leader's append is enough. -1: all in-sync replicas must have it. */
  readonly requiredAcks: number
  /** How long an append with `requiredAcks` -1 may wait before REQUEST_TIMED_OUT. */
  readonly timeoutMs: number
  readonly origin: 'client' | 'coordinator'
}

/** How the append of one entry ended. Offsets are -1 where nothing was appended. */
export interface AppendOutcome {
  errorCode: number
  /** In words, where there is more to say than the code does. */
  errorMessage: string | null
  baseOffset: number
  /** -1 unless the log stamps records itself. */
  logAppendTimeMs: number
  logStartOffset: number
  readonly recordErrors: readonly { batchIndex: number; batchIndexErrorMessage: string | null }[]
}

const noRecordErrors: AppendOutcome['recordErrors'] = []

export function failedAppend(
  errorCode: number,
  errorMessage: string | null = null,
  logStartOffset = -1,
): AppendOutcome {
  return { errorCode, errorMessage, baseOffset: -1, logAppendTimeMs: -1, logStartOffset, recordErrors: noRecordErrors }
}

/** What an append needs besides its entries. */
export interface AppendSurroundings {
  readonly env: Env
  readonly deadlines: RequestDeadlines
  readonly metrics: DataMetrics
  readonly lookup: PartitionLookup
}

/**
 * Appends every entry now, in order; `done` is called, possibly at once, when all that was appended is acknowledged as far as was asked.
 * One entry's failure leaves the others alone.
 */
export function appendToPartitions(
  { env, deadlines, metrics, lookup }: AppendSurroundings,
  entries: readonly AppendEntry[],
  options: AppendOptions,
  done: (outcomes: readonly AppendOutcome[]) => void,
): void {
  const outcomes: AppendOutcome[] = []
  const unacknowledged = new Set<AppendOutcome>()
  let isAppending = true
  const deadline: { timer?: Timer } = {}
  const finish = (): void => {
    if (isAppending || unacknowledged.size > 0) return
    deadline.timer?.cancel()
    done(outcomes)
  }
  for (const entry of entries) {
    const partition = lookup(entry.topic, entry.partitionIndex)
    metrics.all.totalProduceRequests.add()
    if (typeof partition === 'number') {
      metrics.all.failedProduceRequests.add()
      outcomes.push(failedAppend(partition))
      continue
    }
    const ofTopic = metrics.of(entry.topic)
    ofTopic.totalProduceRequests.add()
    try {
      const result = partition.appendAsLeader(entry.records, options)
      const outcome: AppendOutcome = {
        errorCode: ErrorCode.NONE,
        errorMessage: null,
        baseOffset: result.baseOffset,
        logAppendTimeMs: result.logAppendTimeMs,
        logStartOffset: result.logStartOffset,
        recordErrors: noRecordErrors,
      }
      outcomes.push(outcome)
      if (!result.duplicate && options.origin === 'client') {
        metrics.all.messagesIn.add(result.recordCount)
        metrics.all.bytesIn.add(result.sizeBytes)
        ofTopic.messagesIn.add(result.recordCount)
        ofTopic.bytesIn.add(result.sizeBytes)
      }
      unacknowledged.add(outcome)
      partition.whenAcknowledged(result, options.requiredAcks, (errorCode) => {
        // A late answer to one that timed out changes nothing.
        if (!unacknowledged.delete(outcome)) return
        if (errorCode !== ErrorCode.NONE) fail(outcome, errorCode)
        finish()
      })
    } catch (error) {
      metrics.all.failedProduceRequests.add()
      ofTopic.failedProduceRequests.add()
      if (error instanceof KafkaError && error.errorCode === ErrorCode.CORRUPT_MESSAGE) metrics.invalidChecksums.add()
      if (error instanceof RecordValidationError && error.fault !== undefined) metrics.faults[error.fault].add()
      if (error instanceof KafkaError && error.errorCode === ErrorCode.MESSAGE_TOO_LARGE) {
        const sizeBytes = entry.records.length
        metrics.all.bytesRejected.add(sizeBytes)
        ofTopic.bytesRejected.add(sizeBytes)
      }
      outcomes.push(outcomeOf(env, error, entry))
    }
  }
  isAppending = false
  if (unacknowledged.size > 0) {
    deadline.timer = deadlines.after(options.timeoutMs, () => {
      for (const outcome of unacknowledged) fail(outcome, ErrorCode.REQUEST_TIMED_OUT)
      unacknowledged.clear()
      finish()
    })
  }
  finish()
}

function fail(outcome: AppendOutcome, errorCode: number): void {
  outcome.errorCode = errorCode
  outcome.baseOffset = -1
  outcome.logAppendTimeMs = -1
}

function outcomeOf(env: Env, error: unknown, entry: AppendEntry): AppendOutcome {
  if (error instanceof RecordValidationError) {
    const recordErrors = error.recordErrors.map(({ batchIndex, message }) => ({
      batchIndex,
      batchIndexErrorMessage: message,
    }))
    return { ...failedAppend(error.errorCode, error.message), recordErrors }
  }
  if (error instanceof KafkaError) return failedAppend(error.errorCode, error.message)
  env.log.error('An append failed for a reason of our own', {
    topic: entry.topic,
    partition: entry.partitionIndex,
    error,
  })
  return failedAppend(ErrorCode.UNKNOWN_SERVER_ERROR)
}
