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
  /** What listens there cannot be spoken to as this client is set up: it speaks HTTP, TLS or no TLS, or shows a certificate that is not believed. The message names the key to change. */
  | 'WRONG_LISTENER'
  /** No version of the request that both sides know. */
  | 'UNSUPPORTED_VERSION'
  /** A configuration value is missing, unknown or wrong; the message names the key. */
  | 'INVALID_CONFIG'
  /** The broker did not accept who this client says it is, or how it says so. */
  | 'AUTHENTICATION_FAILED'
  /** What was called is closed. */
  | 'CLOSED'
  /** The memory for records that wait to be sent stayed full for `max.block.ms`. */
  | 'BUFFER_FULL'
  /** A call that this object does not allow in the state that it is in; the message names the step that is missing. */
  | 'WRONG_STATE'
  /** The transaction has failed: abort it, then the producer can go on. The cause tells why. */
  | 'ABORT_TRANSACTION'
  /** The producer cannot go on: close it. It was replaced by another one with its transactional.id, or may not do what it does. The cause tells why. */
  | 'CLOSE_PRODUCER'
  /** A deserializer does not take a record; the message says which. */
  | 'POISON_RECORD'
  /** A value that was passed in cannot be used; the message says which and why. */
  | 'INVALID_ARGUMENT'
  /** A call for several things, of which some were refused: a `BatchError`, which says which. */
  | 'BATCH_FAILED'

/** A request did not get an answer, or was not sent at all. What the broker itself refuses comes as a `KafkaError`. */
export class ClientError extends OdradekError<ClientErrorCode> {}
