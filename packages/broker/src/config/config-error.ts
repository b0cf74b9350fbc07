import { OdradekError } from '@odradek/base'

export type ConfigErrorCode =
  /** A properties file that is not one; the message names the line. */
  | 'MALFORMED_PROPERTIES'
  /** A key that does not exist, where that is no mere warning. */
  | 'UNKNOWN_KEY'
  /** A value outside its key's type or range. */
  | 'INVALID_VALUE'
  /** Values that are fine one by one but not together, or a key that is missing. */
  | 'INCONSISTENT'

/** A configuration that this program cannot run with. The message names the key, the value and what would be right. */
export class ConfigError extends OdradekError<ConfigErrorCode> {}
