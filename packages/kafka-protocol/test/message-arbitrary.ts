import fc from 'fast-check'
import type { Field, Fields } from '../src/definition/field.ts'
import { defaultOf, placeFields } from '../src/definition/layout.ts'
import type { PlacedField } from '../src/definition/layout.ts'
import type { Message } from '../src/definition/message.ts'

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const buffer = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes))
/** Surrogates come in pairs, as in all text that UTF-8 can carry. */
const text = fc.string({ unit: 'binary', maxLength: 30 })

const primitives: Partial<Record<Field['type'], fc.Arbitrary<unknown>>> = {
  bool: fc.boolean(),
  int8: fc.integer({ min: -0x80, max: 0x7f }),
  int16: fc.integer({ min: -0x8000, max: 0x7fff }),
  uint16: fc.integer({ min: 0, max: 0xffff }),
  int32: fc.integer(),
  int64,
  float64: fc.double(),
  string: text,
  uuid: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
  bytes: buffer,
  records: buffer,
}

/** Decoded values of a message at one version: whatever its fields can hold, and defaults where the version lacks the field. */
export function messageArbitrary(message: Message, version: number): fc.Arbitrary<object> {
  const flexible = message.flexibleFrom !== undefined && version >= message.flexibleFrom
  return structArbitrary(message.fields, version, flexible)
}

function structArbitrary(fields: Fields, version: number, flexible: boolean): fc.Arbitrary<object> {
  const placed = placeFields(fields, version, flexible)
  return fc.record(Object.fromEntries(placed.map((each) => [each.name, fieldArbitrary(each, version, flexible)])), {
    noNullPrototype: true,
  })
}

function fieldArbitrary(placed: PlacedField, version: number, flexible: boolean): fc.Arbitrary<unknown> {
  const { field } = placed
  if (!placed.present) return fc.constant(defaultOf(field))
  const value = valueArbitrary(field, version, flexible)
  const orDefault = placed.tag === undefined ? value : fc.oneof(value, fc.constant(defaultOf(field)))
  return placed.nullable ? fc.option(orDefault, { nil: null }) : orDefault
}

function valueArbitrary(field: Field, version: number, flexible: boolean): fc.Arbitrary<unknown> {
  if (field.type === 'struct') return structArbitrary(field.fields as Fields, version, flexible)
  if (field.type === 'array')
    return fc.array(valueArbitrary(field.element as Field, version, flexible), { maxLength: 3 })
  return primitives[field.type] as fc.Arbitrary<unknown>
}
