import { OdradekError } from '@odradek/base'

export type ClientErrorCode =
  /** Nobody answers at the address; the cause tells why. */
  | 'CANNOT_CONNECT'
  /** The connection ended before the answer came: the request may have taken effect, or not. */
  | 'DISCONNECTED'
  /** No answer in time: the request may have taken effect, or not. The connection is closed. */
  | 'TIMED_OUT'
  /** The other side does not speak the protocol: what it sent is no answer to what was asked. The connection is closed. */
  | 'BAD_RESPONSE'
  /** No version of the request that both sides know. */
  | 'UNSUPPORTED_VERSION'

/** A request did not get an answer. What the broker itself refuses comes as an error code within the answer. */
export class ClientError extends OdradekError<ClientErrorCode> {}
