import { OdradekError } from '@odradek/base'

/** The command was given something that it cannot work with; the message says what and what would do. */
export class CliError extends OdradekError<
  'INVALID_OPTION' | 'FILE_NOT_FOUND' | 'INVALID_FILE' | 'NOT_CONFIRMED' | 'PROBLEMS_FOUND'
> {}
