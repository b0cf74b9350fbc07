// Step 1 of 5: values to bytes.
import type { BuilderHeader, FieldInput } from '@odradek/kafka-protocol'
import { ClientError } from '../../client-error.ts'
import type { HeadersInput } from '../producer-record.ts'

/** Makes bytes of a key or a value; text stands for its UTF-8. Null and undefined never come here: they are null in the record. */
export type Serializer<Value = never> = (value: Value, topic: string) => FieldInput

/** Text as UTF-8, bytes as they are. */
function plain(value: unknown): FieldInput {
  if (typeof value === 'string' || value instanceof Uint8Array) return value
  const type = Array.isArray(value) ? 'a list' : typeof value
  throw new ClientError(
    'INVALID_ARGUMENT',
    `key or value is ${type}, not text or bytes: set key.serializer or value.serializer, for instance to 'json'`,
  )
}

function json(value: unknown): FieldInput {
  return JSON.stringify(value)
}

function int32(value: unknown): FieldInput {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeInt32BE(Number(value))
  return bytes
}

function int64(value: unknown): FieldInput {
  const bytes = Buffer.allocUnsafe(8)
  bytes.writeBigInt64BE(BigInt(value as bigint | number))
  return bytes
}

function float64(value: unknown): FieldInput {
  const bytes = Buffer.allocUnsafe(8)
  bytes.writeDoubleBE(Number(value))
  return bytes
}

/** Those that come with this client, by name; Java's class names work too. */
const serializers = new Map<string, Serializer>([
  ['string', plain],
  ['bytes', plain],
  ['json', json],
  ['int32', int32],
  ['int64', int64],
  ['float64', float64],
  ['org.apache.kafka.common.serialization.StringSerializer', plain],
  ['org.apache.kafka.common.serialization.ByteArraySerializer', plain],
  ['org.apache.kafka.common.serialization.IntegerSerializer', int32],
  ['org.apache.kafka.common.serialization.LongSerializer', int64],
  ['org.apache.kafka.common.serialization.DoubleSerializer', float64],
])

export const defaultSerializer: Serializer = plain

export function serializerOf(name: string): Serializer | undefined {
  return serializers.get(name)
}

const noHeaders: readonly BuilderHeader[] = []

export function serializeHeaders(headers: HeadersInput | undefined): readonly BuilderHeader[] {
  if (headers === undefined) return noHeaders
  if (Array.isArray(headers)) return headers as readonly BuilderHeader[]
  return Object.entries(headers as Readonly<Record<string, FieldInput>>).map(([key, value]) => ({ key, value }))
}
