import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import { isRetriable } from '../classify-error.ts'
import { ClientError } from '../client-error.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { BatchError } from './batch-error.ts'

export type Failure = KafkaError | ClientError

/** What became of each key that one round of requests was made for. */
export type Outcomes<Value> = Map<string, Value | Failure>

/** A topic that was just created is not known to every broker at once; one that is still unknown after this does not exist. */
const unknownTopicPatienceMs = 2000

/**
 * Asks for all keys, and again, with growing pauses, for those whose errors are retriable, until each has its result or an error that time
 * does not mend, or `timeoutMs` are over. Rejects with `BatchError` unless all succeeded. `attempt` may leave out no key.
 */
export async function settleBatch<Value>(
  cluster: Cluster,
  keys: readonly string[],
  timeoutMs: number,
  attempt: (pending: readonly string[]) => Promise<Outcomes<Value>>,
): Promise<Map<string, Value>> {
  const startMs = cluster.nowMs
  const results = new Map<string, Value>()
  const errors = new Map<string, Failure>()
  let pending: readonly string[] = keys
  for (let failures = 1; pending.length > 0; failures++) {
    const outcomes = await attempt(pending).catch((error: unknown) => allFailed<Value>(pending, error))
    const pauseMs = cluster.backoff.delayMs(failures)
    const elapsedMs = cluster.nowMs + pauseMs - startMs
    pending = pending.filter((key) => {
      const outcome = outcomes.has(key) ? (outcomes.get(key) as Value | Failure) : leftOut
      if (!isFailure(outcome)) results.set(key, outcome)
      else if (cluster.isClosed || elapsedMs > Math.min(timeoutMs, patienceMs(outcome))) errors.set(key, outcome)
      else return true
      return false
    })
    if (pending.length === 0) break
    cluster.requestUpdate()
    await cluster.sleep(pauseMs)
  }
  if (errors.size > 0) throw new BatchError(errors, results)
  return results
}

const leftOut = new ClientError('BAD_RESPONSE', 'the answer leaves it out')

/** The same outcome for every key: the request that was to answer for them failed as a whole. */
export function allFailed<Value>(keys: readonly string[], error: unknown): Outcomes<Value> {
  if (!(error instanceof KafkaError || error instanceof ClientError)) throw error
  return new Map(keys.map((key) => [key, error]))
}

/** The error of a code, or undefined for NONE. */
export function failureOf(errorCode: number, message?: string | null): KafkaError | undefined {
  return errorCode === ErrorCode.NONE ? undefined : KafkaError.of(errorCode, message)
}

/** Throws the error of a code other than NONE. */
export function throwIfFailed(errorCode: number, message?: string | null): void {
  const failure = failureOf(errorCode, message)
  if (failure !== undefined) throw failure
}

function isFailure(outcome: unknown): outcome is Failure {
  return outcome instanceof KafkaError || outcome instanceof ClientError
}

function patienceMs(failure: Failure): number {
  // REQUEST_TIMED_OUT: the broker has waited for as long as it was told to; asked again, it would say what the first request left behind.
  if (!isRetriable(failure) || failure.code === 'REQUEST_TIMED_OUT') return -1
  if (failure.code === 'UNKNOWN_TOPIC_OR_PARTITION' || failure.code === 'UNKNOWN_TOPIC_ID')
    return unknownTopicPatienceMs
  return Infinity
}
