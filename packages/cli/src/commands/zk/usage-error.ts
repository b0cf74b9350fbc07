import { OdradekError } from '@odradek/base'

/** A command of the shell was asked wrongly; the message says what would do. */
export class UsageError extends OdradekError<'USAGE'> {
  constructor(message: string) {
    super('USAGE', message)
  }
}
