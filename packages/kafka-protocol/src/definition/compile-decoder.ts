import type { ByteReader } from '@odradek/base'
import { decodeHelpers } from './decode-helpers.ts'
import type { Field, Fields } from './field.ts'
import { defaultOf, minimalSizeBytes, placeFields } from './layout.ts'
import type { PlacedField } from './layout.ts'

export type Decoder = (reader: ByteReader) => unknown

/**
 * Compiles the decoder of one version of a message to JavaScript: one function per struct, straight through its fields. The text is
 * made from our own definitions only; names and defaults enter it as JSON. Three to four times as fast as closures over the definition.
 */
export function compileDecoder(fields: Fields, version: number, flexible: boolean): Decoder {
  return new DecoderSource(version, flexible).compile(fields)
}

class DecoderSource {
  readonly #version: number
  readonly #flexible: boolean
  readonly #functions: string[] = []
  readonly #structs = new Map<Fields, string>()
  readonly #defaults: unknown[] = []

  constructor(version: number, flexible: boolean) {
    this.#version = version
    this.#flexible = flexible
  }

  compile(fields: Fields): Decoder {
    const entry = this.#struct(fields)
    const text = `'use strict'\n${this.#functions.join('\n')}\nreturn ${entry}`
    // oxlint-disable-next-line typescript/no-implied-eval -- the text comes from our own definitions, never from outside
    return new Function('h', 'defaults', text)(decodeHelpers, this.#defaults) as Decoder
  }

  #struct(fields: Fields): string {
    const known = this.#structs.get(fields)
    if (known !== undefined) return known
    const name = `struct${this.#structs.size}`
    this.#structs.set(fields, name)
    const placed = placeFields(fields, this.#version, this.#flexible)
    const lines: string[] = []
    for (const [index, each] of placed.entries()) {
      if (each.present && each.tag === undefined) lines.push(`const v${index} = ${this.#read(each)}`)
      else if (each.tag !== undefined) lines.push(`let v${index} = ${this.#defaultOf(each.field)}`)
    }
    if (this.#flexible) lines.push(...this.#taggedFields(placed))
    const properties = placed.map((each, index) => {
      return `${JSON.stringify(each.name)}: ${each.present ? `v${index}` : this.#defaultOf(each.field)}`
    })
    lines.push(`return {${properties.join(', ')}}`)
    this.#functions.push(`function ${name}(r) {\n${lines.join('\n')}\n}`)
    return name
  }

  /** Tags that this definition does not know are passed over, as KIP-482 asks. */
  #taggedFields(placed: readonly PlacedField[]): string[] {
    const cases = placed.flatMap((each, index) => {
      if (each.tag === undefined) return []
      return [
        `case ${each.tag}: v${index} = ${this.#read(each)}; h.requireEnd(r, end, ${JSON.stringify(each.name)}); break`,
      ]
    })
    const step =
      cases.length === 0 ? 'r.position = end' : `switch (tag) {\n${cases.join('\n')}\ndefault: r.position = end }`
    const tag = cases.length === 0 ? 'r.unsignedVarint()' : 'const tag = r.unsignedVarint()'
    return [`for (let left = h.tagCountOf(r); left > 0; left--) {\n${tag}\nconst end = h.tagEndOf(r)\n${step}\n}`]
  }

  /** An expression that reads the field's value from `r`. */
  #read(placed: PlacedField): string {
    const { field, flexible, nullable } = placed
    const name = JSON.stringify(placed.name)
    switch (field.type) {
      case 'bool':
        return 'r.boolean()'
      case 'uuid':
        return 'h.uuidOf(r)'
      case 'string':
        return `h.${nullable ? 'nullableStringOf' : 'stringOf'}(r, ${flexible ? 'r.unsignedVarint() - 1' : 'r.int16()'}, ${name})`
      case 'bytes':
      case 'records':
        return `h.${nullable ? 'nullableBytesOf' : 'bytesOf'}(r, ${flexible ? 'r.unsignedVarint() - 1' : 'r.int32()'}, ${name})`
      case 'struct': {
        const call = `${this.#struct(field.fields as Fields)}(r)`
        return nullable
          ? `(h.${placed.tag === undefined ? 'isPresent' : 'isTaggedPresent'}(r, ${name}) ? ${call} : null)`
          : call
      }
      case 'array':
        return `${this.#array(placed)}(r)`
      default:
        return `r.${field.type}()`
    }
  }

  /** A function of its own: the loop stays small enough for the compiler to inline. */
  #array(placed: PlacedField): string {
    const { flexible, nullable } = placed
    const element = placed.field.element as Field
    const size = Math.max(1, minimalSizeBytes(element, this.#version, this.#flexible))
    const read = this.#read({ ...placed, field: element, nullable: false, tag: undefined })
    const name = `array${this.#functions.length}`
    const count = flexible ? 'r.unsignedVarint() - 1' : 'r.int32()'
    const lines = [
      `const count = h.${nullable ? 'nullableCountOf' : 'countOf'}(r, ${count}, ${size}, ${JSON.stringify(placed.name)})`,
      ...(nullable ? ['if (count === -1) return null'] : []),
      'const list = []',
      `for (let index = 0; index < count; index++) list.push(${read})`,
      'return list',
    ]
    this.#functions.push(`function ${name}(r) {\n${lines.join('\n')}\n}`)
    return name
  }

  /** An expression for the default: a literal where there is one, fresh for lists and structs. */
  #defaultOf(field: Field): string {
    if (field.default === undefined) {
      if (field.type === 'array') return '[]'
      if (field.type === 'struct') {
        const inner = Object.entries(field.fields as Fields)
        return `{${inner.map(([name, each]) => `${JSON.stringify(name)}: ${this.#defaultOf(each)}`).join(', ')}}`
      }
    }
    const value = defaultOf(field)
    if (typeof value === 'bigint') return `${value}n`
    if (value === null || typeof value !== 'object') return JSON.stringify(value)
    this.#defaults.push(value)
    return `defaults[${this.#defaults.length - 1}]`
  }
}
