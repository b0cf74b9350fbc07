import type { Logger } from '@odradek/base'
import { ClientError } from '../client-error.ts'
import type { ConsumerRecord } from './consumer-record.ts'
import { defaultDeserializer } from './deserialize/deserializer.ts'
import type { Deserializer } from './deserialize/deserializer.ts'

interface Deserializers {
  readonly 'key.deserializer': Deserializer
  readonly 'value.deserializer': Deserializer
}

/** What every kind of interceptor may have. */
interface Interceptor<Prepared> {
  onConsume?(record: Prepared): Prepared
  close?(): void
}

/**
 * What is done with each record before the application gets it: its deserializers, then its interceptors. Nothing, where there are none. Of consumers and share consumers,
 * whose records and interceptors have more than these.
 */
export class RecordPreparation<
  Given extends ConsumerRecord,
  Prepared extends ConsumerRecord<unknown, unknown>,
  Own extends Interceptor<Prepared>,
> {
  readonly #deserializers: Deserializers
  readonly #interceptors: readonly Own[]
  readonly #log: Logger
  readonly #isIdle: boolean

  constructor(deserializers: Deserializers, interceptors: readonly Own[], log: Logger) {
    this.#deserializers = deserializers
    this.#interceptors = interceptors
    this.#log = log
    this.#isIdle =
      interceptors.length === 0 &&
      deserializers['key.deserializer'] === defaultDeserializer &&
      deserializers['value.deserializer'] === defaultDeserializer
  }

  /** Throws `ClientError` POISON_RECORD for what a deserializer does not take. */
  prepare(record: Given): Prepared {
    if (this.#isIdle) return record as unknown as Prepared
    let prepared = this.#deserialize(record)
    this.tell('before a record was handed over', (interceptor) => {
      prepared = interceptor.onConsume?.(prepared) ?? prepared
    })
    return prepared
  }

  /** Throws as `prepare` does. */
  prepareAll(records: readonly Given[]): readonly Prepared[] {
    if (this.#isIdle) return records as unknown as readonly Prepared[]
    return records.map((record) => this.prepare(record))
  }

  #deserialize(record: Given): Prepared {
    const { topic, partition, offset, key, value } = record
    try {
      return {
        ...record,
        key: key === null ? null : this.#deserializers['key.deserializer'](key, topic),
        value: value === null ? null : this.#deserializers['value.deserializer'](value, topic),
      } as unknown as Prepared
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      throw new ClientError(
        'POISON_RECORD',
        `the deserializer does not take the record at offset ${offset} of ${topic}-${partition}: ${why}`,
        { cause: error },
      )
    }
  }

  /** Calls every interceptor; what one throws is logged and changes nothing. */
  tell(when: string, call: (interceptor: Own) => void): void {
    for (const interceptor of this.#interceptors) {
      try {
        call(interceptor)
      } catch (error) {
        this.#log.warn(`an interceptor failed ${when}`, { error })
      }
    }
  }

  close(): void {
    for (const interceptor of this.#interceptors) interceptor.close?.()
  }
}
