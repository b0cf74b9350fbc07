import { OdradekError } from '@odradek/base'
import { ErrorCode, errorOf } from './error-code.ts'
import type { ErrorName } from './error-code.ts'

/** A failure that travels to the client as a code of the error table. */
export class KafkaError extends OdradekError<ErrorName> {
  /** As on the wire. */
  readonly errorCode: number

  /** `message` is for people, and goes into responses that have a place for it; without one it is that of the table. */
  constructor(name: ErrorName, message?: string, options?: { cause?: unknown }) {
    const errorCode = ErrorCode[name]
    super(name, message ?? errorOf(errorCode).message, options)
    this.errorCode = errorCode
  }

  get retriable(): boolean {
    return errorOf(this.errorCode).retriable
  }

  /** The error of a code that a server sent. */
  static of(errorCode: number, message?: string | null): KafkaError {
    return new KafkaError(errorOf(errorCode).name, message ?? undefined)
  }
}
