import { KafkaError } from '@odradek/kafka-protocol'

/** Which record of a batch was refused, and why; Produce answers carry it (KIP-467). */
export interface RecordError {
  readonly batchIndex: number
  readonly message: string
}

/** A batch was refused because of what is in it: INVALID_RECORD or INVALID_TIMESTAMP, with the records at fault. */
export class RecordValidationError extends KafkaError {
  readonly recordErrors: readonly RecordError[]

  constructor(
    errorName: 'INVALID_RECORD' | 'INVALID_TIMESTAMP',
    message: string,
    recordErrors: readonly RecordError[] = [],
  ) {
    super(errorName, message)
    this.recordErrors = recordErrors
  }
}

export function invalidRecords(message: string): RecordValidationError {
  return new RecordValidationError('INVALID_RECORD', message)
}
