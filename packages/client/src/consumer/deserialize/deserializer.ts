import { ClientError } from '../../client-error.ts'

/** Makes a key or a value of its bytes; what it throws is a poison record. Null never comes here: it is null in the record. */
export type Deserializer<Value = unknown> = (bytes: Buffer, topic: string) => Value

function bytes(given: Buffer): Buffer {
  return given
}

function string(given: Buffer): string {
  return given.toString('utf8')
}

function json(given: Buffer): unknown {
  return JSON.parse(given.toString('utf8'))
}

function int32(given: Buffer): number {
  ensureSize(given, 4)
  return given.readInt32BE(0)
}

/** Throws for what no number can hold exactly. */
function int64(given: Buffer): number {
  ensureSize(given, 8)
  const value = given.readBigInt64BE(0)
  if (Number.isSafeInteger(Number(value))) return Number(value)
  throw new ClientError('INVALID_ARGUMENT', `${value} is beyond 2^53: use a function of your own`)
}

function float64(given: Buffer): number {
  ensureSize(given, 8)
  return given.readDoubleBE(0)
}

function ensureSize({ length }: Buffer, sizeBytes: number): void {
  if (length !== sizeBytes) throw new ClientError('INVALID_ARGUMENT', `${length} bytes where ${sizeBytes} are meant`)
}

/** Those that come with this client, by name; Java's class names work too. */
const deserializers = new Map<string, Deserializer>([
  ['bytes', bytes],
  ['string', string],
  ['json', json],
  ['int32', int32],
  ['int64', int64],
  ['float64', float64],
  ['org.apache.kafka.common.serialization.ByteArrayDeserializer', bytes],
  ['org.apache.kafka.common.serialization.StringDeserializer', string],
  ['org.apache.kafka.common.serialization.IntegerDeserializer', int32],
  ['org.apache.kafka.common.serialization.LongDeserializer', int64],
  ['org.apache.kafka.common.serialization.DoubleDeserializer', float64],
])

export const defaultDeserializer: Deserializer = bytes

export function deserializerOf(name: string): Deserializer | undefined {
  return deserializers.get(name)
}
