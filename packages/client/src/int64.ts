import { ClientError } from './client-error.ts'

/**
 * Offsets, lags and producer ids of the protocol as plain numbers. Kafka's int64s stay below 2^53 in practice; a broker that sends more is
 * not believed: throws `ClientError` BAD_RESPONSE rather than round.
 */
export function numberOf(value: bigint, what: string): number {
  const number = Number(value)
  if (Number.isSafeInteger(number)) return number
  throw new ClientError('BAD_RESPONSE', `the broker sent ${value} as ${what}, which is beyond 2^53`)
}

/** Times and sizes, which may be "for ever" or "without bound": what is beyond `Number.MAX_SAFE_INTEGER` becomes that. */
export function saturated(value: bigint): number {
  const number = Number(value)
  if (number > Number.MAX_SAFE_INTEGER) return Number.MAX_SAFE_INTEGER
  return number < Number.MIN_SAFE_INTEGER ? Number.MIN_SAFE_INTEGER : number
}

/** As `saturated`, where the protocol has a number below 0 for "not known". */
export function saturatedOrNone(value: bigint): number | undefined {
  return value < 0n ? undefined : saturated(value)
}

/** A number that the application gave, for the wire. Throws `ClientError` INVALID_ARGUMENT for what is no whole number below 2^53. */
export function int64Of(value: number, what: string): bigint {
  if (Number.isSafeInteger(value)) return BigInt(value)
  throw new ClientError('INVALID_ARGUMENT', `${what} must be a whole number below 2^53, not ${value}`)
}
