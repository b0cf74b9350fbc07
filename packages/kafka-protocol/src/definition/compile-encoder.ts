import { ByteWriter } from '@odradek/base'
import { encodeHelpers } from './encode-helpers.ts'
import type { Field, Fields } from './field.ts'
import { defaultOf, fixedSizeBytes, placeFields } from './layout.ts'
import type { PlacedField } from './layout.ts'

export type Encoder = (writer: ByteWriter, value: unknown) => void

const integerBounds: Partial<Record<Field['type'], readonly [minimum: number, maximum: number]>> = {
  int8: [-0x80, 0x7f],
  int16: [-0x8000, 0x7fff],
  uint16: [0, 0xffff],
  int32: [-0x8000_0000, 0x7fff_ffff],
}

/**
 * Compiles the encoder of one version of a message to JavaScript, as `compileDecoder` does. Properties that are missing or undefined
 * take the field's default; a value that the version cannot carry is refused, or dropped when its field is ignorable.
 */
export function compileEncoder(fields: Fields, version: number, flexible: boolean): Encoder {
  return new EncoderSource(version, flexible).compile(fields)
}

class EncoderSource {
  readonly #version: number
  readonly #flexible: boolean
  readonly #functions: string[] = []
  readonly #structs = new Map<Fields, string>()
  readonly #defaultTests = new Map<Fields, string>()

  constructor(version: number, flexible: boolean) {
    this.#version = version
    this.#flexible = flexible
  }

  compile(fields: Fields): Encoder {
    const entry = this.#struct(fields)
    const text = `'use strict'\n${this.#functions.join('\n')}\nreturn ${entry}`
    // oxlint-disable-next-line typescript/no-implied-eval -- the text comes from our own definitions, never from outside
    return new Function('h', 'ByteWriter', text)(encodeHelpers, ByteWriter) as Encoder
  }

  #struct(fields: Fields): string {
    const known = this.#structs.get(fields)
    if (known !== undefined) return known
    const name = `struct${this.#structs.size}`
    this.#structs.set(fields, name)
    const placed = placeFields(fields, this.#version, this.#flexible)
    const lines: string[] = []
    for (const [index, each] of placed.entries()) {
      const property = `s[${JSON.stringify(each.name)}]`
      if (each.tag !== undefined) continue
      if (each.present) lines.push(`const v${index} = ${property}`, this.#write(each, `v${index}`, true))
      else if (!each.field.ignorable) {
        const test = this.#isDefault(each.field, property)
        lines.push(`if (!(${test})) throw h.unsupported(${JSON.stringify(each.name)}, ${this.#version})`)
      }
    }
    if (this.#flexible) lines.push(...this.#taggedFields(placed))
    this.#functions.push(`function ${name}(w, s) {\n${lines.join('\n')}\n}`)
    return name
  }

  #taggedFields(placed: readonly PlacedField[]): string[] {
    const tagged = placed.filter((each) => each.tag !== undefined)
    if (tagged.length === 0) return ['w.int8(0)']
    tagged.sort((left, right) => (left.tag as number) - (right.tag as number))
    const lines = ['let tags = 0']
    for (const { tag, name, field } of tagged) {
      lines.push(
        `const t${tag} = s[${JSON.stringify(name)}]`,
        `const has${tag} = !(${this.#isDefault(field, `t${tag}`)})`,
      )
      lines.push(`if (has${tag}) tags++`)
    }
    lines.push('w.unsignedVarint(tags)')
    for (const each of tagged) lines.push(`if (has${each.tag}) {\n${this.#taggedField(each)}\n}`)
    return lines
  }

  #taggedField(placed: PlacedField): string {
    const value = `t${placed.tag}`
    const begin = `w.unsignedVarint(${placed.tag})`
    const size = fixedSizeBytes[placed.field.type]
    if (size !== undefined) return `${begin}\nw.unsignedVarint(${size})\n${this.#write(placed, value, false)}`
    const inner = `tagged${this.#functions.length}`
    const index = this.#functions.push('') - 1
    this.#functions[index] = `function ${inner}(w, value) {\n${this.#write(placed, 'value', false)}\n}`
    return `${begin}\nconst part = new ByteWriter(64)\n${inner}(part, ${value})\nw.unsignedVarint(part.sizeBytes)\nfor (const chunk of part.finish()) w.bytes(chunk)`
  }

  /** Statements that write the value of the expression; undefined is replaced by the default first where that may be. */
  #write(placed: PlacedField, value: string, mayBeUndefined: boolean): string {
    const { field, flexible, nullable } = placed
    const name = JSON.stringify(placed.name)
    const given = mayBeUndefined ? `(${value} === undefined ? ${this.#defaultOf(field)} : ${value})` : value
    const bounds = integerBounds[field.type]
    if (bounds !== undefined) return `w.${field.type}(h.integer(${given}, ${bounds[0]}, ${bounds[1]}, ${name}))`
    switch (field.type) {
      case 'bool':
        return `w.boolean(${given})`
      case 'int64':
        return `w.int64(h.int64(${given}, ${name}))`
      case 'uuid':
        return `h.uuid(w, ${given}, ${name})`
      case 'string':
        return this.#orNull(nullable, flexible ? 'w.int8(0)' : 'w.int16(-1)', given, (each) => {
          return `h.${flexible ? 'compactString' : 'string'}(w, ${each}, ${name})`
        })
      case 'bytes':
      case 'records':
        return this.#orNull(nullable, flexible ? 'w.int8(0)' : 'w.int32(-1)', given, (each) => {
          return `h.bytes(w, ${each}, ${flexible}, ${name})`
        })
      case 'struct':
        return this.#orNull(nullable, placed.tag === undefined ? 'w.int8(-1)' : 'w.int8(0)', given, (each) => {
          return `${nullable ? 'w.int8(1); ' : ''}${this.#struct(field.fields as Fields)}(w, h.struct(${each}, ${name}))`
        })
      case 'array':
        return this.#orNull(nullable, flexible ? 'w.int8(0)' : 'w.int32(-1)', given, (each) => {
          return `${this.#array(placed)}(w, ${each})`
        })
      default:
        return `w.${field.type}(${given})`
    }
  }

  #orNull(nullable: boolean, writeNull: string, value: string, write: (value: string) => string): string {
    return nullable ? `{ const n = ${value}; if (n === null) ${writeNull}; else { ${write('n')} } }` : write(value)
  }

  #array(placed: PlacedField): string {
    const name = `array${this.#functions.length}`
    const index = this.#functions.push('') - 1
    const element: PlacedField = { ...placed, field: placed.field.element as Field, nullable: false, tag: undefined }
    const lines = [
      `const count = h.count(list, ${JSON.stringify(placed.name)})`,
      placed.flexible ? 'w.unsignedVarint(count + 1)' : 'w.int32(count)',
      'for (let index = 0; index < count; index++) {',
      'const each = list[index]',
      this.#write(element, 'each', false),
      '}',
    ]
    this.#functions[index] = `function ${name}(w, list) {\n${lines.join('\n')}\n}`
    return name
  }

  /** An expression: is the value missing, or the default of its field? */
  #isDefault(field: Field, value: string): string {
    const given = field.default
    if (given === null || (given === undefined && field.type === 'records' && field.nullable !== undefined)) {
      return `(${value} === undefined || ${value} === null)`
    }
    switch (field.type) {
      case 'bytes':
      case 'records':
      case 'array':
        return `(${value} === undefined || h.isEmpty(${value}))`
      case 'struct':
        return `(${value} === undefined || (${value} !== null && ${this.#defaultTest(field.fields as Fields)}(${value})))`
      default:
        return `(${value} === undefined || ${value} === ${this.#defaultOf(field)})`
    }
  }

  #defaultTest(fields: Fields): string {
    const known = this.#defaultTests.get(fields)
    if (known !== undefined) return known
    const name = `isDefault${this.#defaultTests.size}`
    this.#defaultTests.set(fields, name)
    const tests = Object.entries(fields).map(([property, field]) =>
      this.#isDefault(field, `s[${JSON.stringify(property)}]`),
    )
    this.#functions.push(`function ${name}(s) {\nreturn ${tests.length === 0 ? 'true' : tests.join(' && ')}\n}`)
    return name
  }

  #defaultOf(field: Field): string {
    if (field.default === undefined) {
      if (field.type === 'array' || field.type === 'bytes') return '[]'
      if (field.type === 'struct') return '{}'
    }
    const value = defaultOf(field)
    if (typeof value === 'bigint') return `${value}n`
    return value === null || typeof value !== 'object' ? JSON.stringify(value) : '[]'
  }
}
