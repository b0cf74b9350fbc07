import { OdradekError } from '../error.ts'

export type NetworkErrorCode =
  | 'ADDRESS_IN_USE'
  | 'ADDRESS_NOT_AVAILABLE'
  | 'PERMISSION_DENIED'
  | 'CONNECTION_REFUSED'
  | 'CONNECTION_RESET'
  | 'HOST_UNKNOWN'
  | 'UNREACHABLE'
  | 'TIMED_OUT'
  | 'OTHER'

/** The network refused something; the message names the address and, where there is one, the next step. */
export class NetworkError extends OdradekError<NetworkErrorCode> {}
