import type { KafkaError } from '@odradek/kafka-protocol'
import { ClientError } from '../client-error.ts'

/**
 * Some or all of what one call asked for was refused. `errors` says which and why, `results` has what was done: both by the name of the thing
 * (a topic, a group, `topic-partition`, …).
 */
export class BatchError extends ClientError {
  readonly errors: ReadonlyMap<string, KafkaError | ClientError>
  readonly results: ReadonlyMap<string, unknown>

  constructor(errors: ReadonlyMap<string, KafkaError | ClientError>, results: ReadonlyMap<string, unknown>) {
    const [[firstKey, first] = ['', undefined]] = errors
    const whole = errors.size + results.size
    const count = whole > 1 ? `${errors.size} of ${whole} failed, the first: ` : ''
    super('BATCH_FAILED', `${count}${firstKey}: ${first?.code}: ${first?.message}`, { cause: first })
    this.errors = errors
    this.results = results
  }
}
