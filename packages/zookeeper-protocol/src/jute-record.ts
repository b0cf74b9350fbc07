import { ByteWriter } from '@odradek/base'
import type { ByteReader } from '@odradek/base'
import type { Jute } from './jute.ts'

type Fields = Readonly<Record<string, Jute<never>>>
type ValueOf<F> = { [Name in keyof F]: F[Name] extends Jute<infer T> ? T : never }

/** A jute record: its name as in ZooKeeper's own class path, and its fields in wire order. */
export interface JuteRecord<T> extends Jute<T> {
  readonly name: string
  readonly fields: Readonly<Record<string, Jute<never>>>
  /** The record alone in a buffer of its own. */
  toBuffer(value: T): Buffer
}

/**
 * Defines a record once: its type is inferred from the fields, and encoder and decoder are compiled from them on first use,
 * so that a definition costs nothing until then and its objects all have one shape.
 */
export function record<const F extends { readonly [Name in keyof F]: Jute<F[Name] extends Jute<infer T> ? T : never> }>(
  name: string,
  fields: F,
): JuteRecord<ValueOf<F>> {
  return new CompiledRecord<ValueOf<F>>(name, fields as unknown as Fields)
}

class CompiledRecord<T> implements JuteRecord<T> {
  readonly kind = 'record'
  readonly name: string
  readonly fields: Fields
  readonly minSizeBytes: number

  constructor(name: string, fields: Fields) {
    this.name = name
    this.fields = fields
    this.minSizeBytes = Object.values(fields).reduce((sum, field) => sum + field.minSizeBytes, 0)
  }

  decode(reader: ByteReader): T {
    this.#compile()
    return this.decode(reader)
  }

  encode(writer: ByteWriter, value: T): void {
    this.#compile()
    this.encode(writer, value)
  }

  toBuffer(value: T): Buffer {
    const writer = new ByteWriter(64)
    this.encode(writer, value)
    return writer.concat()
  }

  #compile(): void {
    const fieldNames = Object.keys(this.fields)
    const parameters = fieldNames.map((_, index) => `field${index}`)
    const properties = fieldNames.map((field, index) => `${field}: field${index}.decode(reader)`)
    const statements = fieldNames.map((field, index) => `field${index}.encode(writer, value.${field});`)
    // Only the names of definitions get into the text, never anything from outside.
    // oxlint-disable-next-line typescript/no-implied-eval
    const make = new Function(
      ...parameters,
      `return {
        decode(reader) { return { ${properties.join(', ')} } },
        encode(writer, value) { ${statements.join(' ')} },
      }`,
    ) as (...fields: Jute<never>[]) => Pick<Jute<T>, 'decode' | 'encode'>
    const compiled = make(...Object.values(this.fields))
    this.decode = compiled.decode
    this.encode = compiled.encode
  }
}
