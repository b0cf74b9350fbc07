import type { Logger } from '@odradek/base'
import { ClientError } from '../client-error.ts'
import type { ConsumerConfig } from './consumer-keys.ts'
import type { ConsumerInterceptor, ConsumerRecord } from './consumer-record.ts'
import { defaultDeserializer } from './deserialize/deserializer.ts'
import type { CommitEntry } from './host/group-offsets.ts'

/** What is done with each record before the application gets it: its deserializers, then its interceptors. Nothing, where there are none. */
export class RecordPreparation<Key, Value> {
  readonly #config: ConsumerConfig
  readonly #interceptors: readonly ConsumerInterceptor<Key, Value>[]
  readonly #log: Logger
  readonly #isIdle: boolean

  constructor(config: ConsumerConfig, log: Logger) {
    this.#config = config
    this.#interceptors = config['interceptor.classes'] as readonly ConsumerInterceptor<Key, Value>[]
    this.#log = log
    this.#isIdle =
      this.#interceptors.length === 0 &&
      config['key.deserializer'] === defaultDeserializer &&
      config['value.deserializer'] === defaultDeserializer
  }

  /** Throws `ClientError` POISON_RECORD for what a deserializer does not take. */
  prepare(record: ConsumerRecord): ConsumerRecord<Key, Value> {
    if (this.#isIdle) return record as unknown as ConsumerRecord<Key, Value>
    let prepared = this.#deserialize(record)
    for (const interceptor of this.#interceptors) {
      try {
        prepared = interceptor.onConsume?.(prepared) ?? prepared
      } catch (error) {
        this.#log.warn('an interceptor failed before a record was handed over', { error })
      }
    }
    return prepared
  }

  #deserialize(record: ConsumerRecord): ConsumerRecord<Key, Value> {
    const { topic, partition, offset, key, value } = record
    try {
      return {
        ...record,
        key: key === null ? null : (this.#config['key.deserializer'](key, topic) as Key),
        value: value === null ? null : (this.#config['value.deserializer'](value, topic) as Value),
      }
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      throw new ClientError(
        'POISON_RECORD',
        `the deserializer does not take the record at offset ${offset} of ${topic}-${partition}: ${why}`,
        { cause: error },
      )
    }
  }

  committed(offsets: readonly CommitEntry[]): void {
    for (const interceptor of this.#interceptors) {
      try {
        interceptor.onCommit?.(offsets)
      } catch (error) {
        this.#log.warn('an interceptor failed after a commit', { error })
      }
    }
  }

  close(): void {
    for (const interceptor of this.#interceptors) interceptor.close?.()
  }
}
