import { OdradekError } from '@odradek/base'

export type ZnodeErrorCode =
  /** The data is not what its path promises. */
  'MALFORMED'

/** A znode whose data nobody who keeps to Kafka's format has written. The message names the path and what is wrong with it. */
export class ZnodeError extends OdradekError<ZnodeErrorCode> {}
