import { KafkaError } from '@odradek/kafka-protocol'

/** Which record of a batch was refused, and why; Produce answers carry it (KIP-467). */
export interface RecordError {
  readonly batchIndex: number
  readonly message: string
}

/** What is wrong with a batch, where that is counted: its format, its numbers, or a record without the key that its topic asks for. */
export type RecordFault = 'magic' | 'offset-or-sequence' | 'no-key'

/** A batch was refused because of what is in it: INVALID_RECORD or INVALID_TIMESTAMP, with the records at fault. */
export class RecordValidationError extends KafkaError {
  readonly recordErrors: readonly RecordError[]
  readonly fault: RecordFault | undefined

  constructor(
    errorName: 'INVALID_RECORD' | 'INVALID_TIMESTAMP',
    message: string,
    recordErrors: readonly RecordError[] = [],
    fault?: RecordFault,
  ) {
    super(errorName, message)
    this.recordErrors = recordErrors
    this.fault = fault
  }
}

export function invalidRecords(message: string, fault?: RecordFault): RecordValidationError {
  return new RecordValidationError('INVALID_RECORD', message, [], fault)
}
