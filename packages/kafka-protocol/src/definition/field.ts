// The words that message definitions are written in: `name: string('2+', { nullable: '5+' })`. A definition is plain data for
// all versions of a message; its TypeScript type is inferred from it (`Decoded`), its codec compiled from it (message.ts).
// Versions are in Kafka's notation: `3`, `2-7`, `4+`. They are absolute, also inside of structs.

declare const decodedType: unique symbol

export type PrimitiveType =
  | 'bool'
  | 'int8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'int64'
  | 'float64'
  | 'string'
  | 'uuid'
  | 'bytes'
  | 'records'

/** One field of a message, as data. `T` is the type of its decoded value. */
export interface Field<T = unknown> {
  readonly type: PrimitiveType | 'struct' | 'array'
  /** The versions that have the field. */
  readonly versions: string
  /** The versions in which it may be null. */
  readonly nullable: string | undefined
  /** A tagged field: it follows the others, only when it does not have its default (KIP-482). */
  readonly tag: number | undefined
  /** What it is in versions that lack it and where nothing was given. Undefined means the default of its type: zero, empty. */
  readonly default: unknown
  /** Whether a value may be dropped when the version lacks the field; otherwise encoding fails. */
  readonly ignorable: boolean
  /** False for the one field that keeps the old form of strings in flexible versions: a request header's client id. */
  readonly flexible: boolean
  /** Of an array. */
  readonly element: Field | undefined
  /** Of a struct. */
  readonly fields: Fields | undefined
  readonly [decodedType]?: T
}

export interface Fields {
  readonly [name: string]: Field
}

export interface FieldOptions<T> {
  readonly tag?: number
  readonly default?: T
  readonly ignorable?: boolean
  readonly flexible?: boolean
}

export interface NullableFieldOptions<T> extends FieldOptions<T | null> {
  readonly nullable: string
}

type DecodedField<F> = F extends Field<infer T> ? T : never

/** The type of a struct's decoded value. */
export type Decoded<F extends Fields> = { -readonly [Name in keyof F]: DecodedField<F[Name]> }

interface AllOptions extends FieldOptions<unknown> {
  readonly nullable?: string
}

function field<T>(
  type: Field['type'],
  versions: string,
  options: AllOptions,
  inner: { readonly element?: Field; readonly fields?: Fields } = {},
): Field<T> {
  return {
    type,
    versions,
    nullable: options.nullable,
    tag: options.tag,
    default: options.default,
    ignorable: options.ignorable ?? false,
    flexible: options.flexible ?? true,
    element: inner.element,
    fields: inner.fields,
  }
}

interface FieldFunction<T> {
  (versions: string, options: NullableFieldOptions<T>): Field<T | null>
  (versions?: string, options?: FieldOptions<T>): Field<T>
}

function primitive<T>(type: PrimitiveType): FieldFunction<T> {
  return (versions?: string, options?: AllOptions): Field<never> => field<never>(type, versions ?? '0+', options ?? {})
}

export const bool = primitive<boolean>('bool')
export const int8 = primitive<number>('int8')
export const int16 = primitive<number>('int16')
export const uint16 = primitive<number>('uint16')
export const int32 = primitive<number>('int32')
export const int64 = primitive<bigint>('int64')
export const float64 = primitive<number>('float64')
/** At most 32,767 bytes of UTF-8. */
export const string = primitive<string>('string')
/** Sixteen bytes as 22 characters of base64url, as Kafka prints them. */
export const uuid = primitive<string>('uuid')
/** Decoded to a view of what was read. */
export const bytes = primitive<Buffer>('bytes')
/** Record batches: as `bytes`, and an encoder takes a list of buffers too. */
export const records = primitive<Buffer>('records')

/** A struct inside a message. */
export function struct<F extends Fields>(
  fields: F,
  versions: string,
  options: NullableFieldOptions<Decoded<F>>,
): Field<Decoded<F> | null>
export function struct<F extends Fields>(
  fields: F,
  versions?: string,
  options?: FieldOptions<Decoded<F>>,
): Field<Decoded<F>>
export function struct(fields: Fields, versions = '0+', options: AllOptions = {}): Field<never> {
  return field('struct', versions, options, { fields })
}

/** A list of primitives (`array(string())`) or of structs (`array({ name: string() })`). */
export function array<T>(element: Field<T>, versions: string, options: NullableFieldOptions<T[]>): Field<T[] | null>
export function array<T>(element: Field<T>, versions?: string, options?: FieldOptions<T[]>): Field<T[]>
export function array<F extends Fields>(
  element: F,
  versions: string,
  options: NullableFieldOptions<Decoded<F>[]>,
): Field<Decoded<F>[] | null>
export function array<F extends Fields>(
  element: F,
  versions?: string,
  options?: FieldOptions<Decoded<F>[]>,
): Field<Decoded<F>[]>
export function array(element: Field | Fields, versions = '0+', options: AllOptions = {}): Field<never> {
  return field('array', versions, options, { element: isField(element) ? element : struct(element) })
}

function isField(value: Field | Fields): value is Field {
  return typeof value.type === 'string'
}
