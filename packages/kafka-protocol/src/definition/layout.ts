import type { Field, Fields } from './field.ts'
import { includesVersion } from './versions.ts'

/** A field as one version of a message has it. */
export interface PlacedField {
  readonly name: string
  readonly field: Field
  readonly present: boolean
  /** Its tag, when it is a tagged field in this version. */
  readonly tag: number | undefined
  readonly nullable: boolean
  /** Lengths as varints, and a section of tagged fields after every struct. */
  readonly flexible: boolean
}

/** The fields of a struct at one version: all of them, in the order of the definition. */
export function placeFields(fields: Fields, version: number, flexible: boolean): PlacedField[] {
  return Object.entries(fields).map(([name, field]) => {
    const present = includesVersion(field.versions, version)
    return {
      name,
      field,
      present,
      tag: present && flexible ? field.tag : undefined,
      nullable: field.nullable !== undefined && includesVersion(field.nullable, version),
      flexible: flexible && field.flexible,
    }
  })
}

/** The size of a value whose type has only one size. */
export const fixedSizeBytes: Readonly<Record<Field['type'], number | undefined>> = {
  bool: 1,
  int8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  int64: 8,
  float64: 8,
  uuid: 16,
  string: undefined,
  bytes: undefined,
  records: undefined,
  struct: undefined,
  array: undefined,
}

/** The fewest bytes that an element of an array takes: what an announced count is checked against. */
export function minimalSizeBytes(field: Field, version: number, flexible: boolean, nullable = false): number {
  const fixed = fixedSizeBytes[field.type]
  if (fixed !== undefined) return fixed
  if (field.type !== 'struct') return flexible && field.flexible ? 1 : field.type === 'string' ? 2 : 4
  if (nullable) return 1
  let size = flexible ? 1 : 0
  for (const placed of placeFields(field.fields ?? {}, version, flexible)) {
    if (!placed.present || placed.tag !== undefined) continue
    size += minimalSizeBytes(placed.field, version, placed.flexible, placed.nullable)
  }
  return size
}

/** What a field is where nothing was given: an explicit default, or its type's. New arrays and structs are made by the caller. */
export function defaultOf(field: Field): unknown {
  if (field.default !== undefined) return field.default
  switch (field.type) {
    case 'bool':
      return false
    case 'string':
      return ''
    case 'uuid':
      return zeroUuid
    case 'int64':
      return 0n
    case 'bytes':
      return Buffer.alloc(0)
    case 'records':
      return field.nullable === undefined ? Buffer.alloc(0) : null
    case 'array':
      return []
    case 'struct':
      return Object.fromEntries(Object.entries(field.fields ?? {}).map(([name, inner]) => [name, defaultOf(inner)]))
    default:
      return 0
  }
}

/** Sixteen zero bytes: no id. */
export const zeroUuid = 'AAAAAAAAAAAAAAAAAAAAAA'
