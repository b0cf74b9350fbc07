import { ByteReader } from '@odradek/base'
import { includesVersion } from '@odradek/kafka-protocol'
import type { Message } from '@odradek/kafka-protocol'

type Fields = Message['fields']
type Field = Fields[string]

/** A message as Java's JSON converters write it: only what its version has, bytes in base64. Throws `DecodeError`. */
export function messageJson(message: Message, bytes: Buffer, version: number): Record<string, unknown> {
  const decoded = message.decode(new ByteReader(bytes), version) as Record<string, unknown>
  const isFlexible = message.flexibleFrom !== undefined && version >= message.flexibleFrom
  return structJson(message.fields, decoded, version, isFlexible)
}

function structJson(
  fields: Fields,
  value: Readonly<Record<string, unknown>>,
  version: number,
  isFlexible: boolean,
): Record<string, unknown> {
  const present = Object.entries(fields).filter(([name, field]) => {
    if (!includesVersion(field.versions, version)) return false
    // A tagged field is written where it says something.
    return !(isFlexible && field.tag !== undefined) || !isDefault(field, value[name])
  })
  return Object.fromEntries(present.map(([name, field]) => [name, valueJson(field, value[name], version, isFlexible)]))
}

function isDefault({ type, default: byDefault }: Field, value: unknown): boolean {
  if (type === 'array') return Array.isArray(value) && value.length === 0
  return value === byDefault || value === null || (type === 'uuid' && value === 'AAAAAAAAAAAAAAAAAAAAAA')
}

function valueJson(field: Field, value: unknown, version: number, isFlexible: boolean): unknown {
  if (value === null || value === undefined) return null
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (field.type === 'struct')
    return structJson(field.fields ?? {}, value as Record<string, unknown>, version, isFlexible)
  if (!Array.isArray(value) || field.element === undefined) return value
  const { element } = field
  return value.map((item) => valueJson(element, item, version, isFlexible))
}
