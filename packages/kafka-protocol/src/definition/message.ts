import { DecodeError } from '@odradek/base'
import type { ByteReader, ByteWriter } from '@odradek/base'
import { compileDecoder } from './compile-decoder.ts'
import type { Decoder } from './compile-decoder.ts'
import { compileEncoder } from './compile-encoder.ts'
import type { Encoder } from './compile-encoder.ts'
import { EncodeError } from './encode-error.ts'
import type { Decoded, Fields } from './field.ts'
import { parseVersions } from './versions.ts'

export type MessageKind = 'request' | 'response' | 'header' | 'data'

/**
 * What an encoder takes for a decoded value of type T: every property may be missing, at every depth, and has its default then.
 * Bytes may be given as a list of buffers, which are written one after the other.
 */
export type Input<T> = T extends Uint8Array
  ? Uint8Array | readonly Uint8Array[]
  : T extends readonly (infer Element)[]
    ? readonly Input<Element>[]
    : T extends object
      ? { readonly [Name in keyof T]?: Input<T[Name]> | undefined }
      : T

/** One message of Kafka's protocol in all its versions; its codec is compiled per version on first use. */
export interface Message<T = unknown> {
  /** Kafka's name for it, such as `FindCoordinatorRequest`. */
  readonly name: string
  readonly kind: MessageKind
  /** Of requests and responses; of record keys, the record type. */
  readonly apiKey: number | undefined
  readonly minVersion: number
  readonly maxVersion: number
  /** The first version with compact lengths and tagged fields. */
  readonly flexibleFrom: number | undefined
  readonly fields: Fields
  /** Reads one message and leaves the reader behind it; what follows is the caller's concern. Throws `DecodeError`. */
  decode(reader: ByteReader, version: number): T
  /** Throws `EncodeError` when the value does not fit this version. */
  encode(writer: ByteWriter, value: Input<T>, version: number): void
}

/** The decoded type of a message definition. */
export type MessageType<M> = M extends Message<infer T> ? T : never

class MessageDefinition<T> implements Message<T> {
  readonly name: string
  readonly kind: MessageKind
  readonly apiKey: number | undefined
  readonly minVersion: number
  readonly maxVersion: number
  readonly flexibleFrom: number | undefined
  readonly fields: Fields
  readonly #decoders: (Decoder | undefined)[] = []
  readonly #encoders: (Encoder | undefined)[] = []

  constructor(kind: MessageKind, name: string, apiKey: number | undefined, versions: MessageVersions, fields: Fields) {
    this.name = name
    this.kind = kind
    this.apiKey = apiKey
    const valid = parseVersions(versions.versions)
    this.minVersion = valid.from
    this.maxVersion = valid.to
    this.flexibleFrom = versions.flexible === undefined ? undefined : parseVersions(versions.flexible).from
    this.fields = fields
  }

  #isFlexible(version: number): boolean {
    return this.flexibleFrom !== undefined && version >= this.flexibleFrom
  }

  #has(version: number): boolean {
    return Number.isInteger(version) && version >= this.minVersion && version <= this.maxVersion
  }

  decode(reader: ByteReader, version: number): T {
    const decoder = this.#decoders[version] ?? this.#compileDecoder(version)
    return decoder(reader) as T
  }

  encode(writer: ByteWriter, value: Input<T>, version: number): void {
    const encoder = this.#encoders[version] ?? this.#compileEncoder(version)
    encoder(writer, value)
  }

  #compileDecoder(version: number): Decoder {
    if (!this.#has(version)) throw new DecodeError('MALFORMED', `${this.name} has no version ${version}`)
    const decoder = compileDecoder(this.fields, version, this.#isFlexible(version))
    this.#decoders[version] = decoder
    return decoder
  }

  #compileEncoder(version: number): Encoder {
    if (!this.#has(version)) throw new EncodeError('UNSUPPORTED_VERSION', `${this.name} has no version ${version}`)
    const encoder = compileEncoder(this.fields, version, this.#isFlexible(version))
    this.#encoders[version] = encoder
    return encoder
  }
}

export interface MessageVersions {
  /** All that can be read and written, from the baseline of KIP-896 up. */
  readonly versions: string
  /** `3+`: compact lengths and tagged fields from version 3 on. Missing: in none. */
  readonly flexible?: string
}

export function defineRequest<F extends Fields>(
  api: string,
  apiKey: number,
  versions: MessageVersions,
  fields: F,
): Message<Decoded<F>> {
  return new MessageDefinition('request', `${api}Request`, apiKey, versions, fields)
}

export function defineResponse<F extends Fields>(
  api: string,
  apiKey: number,
  versions: MessageVersions,
  fields: F,
): Message<Decoded<F>> {
  return new MessageDefinition('response', `${api}Response`, apiKey, versions, fields)
}

export function defineHeader<F extends Fields>(
  name: string,
  versions: MessageVersions,
  fields: F,
): Message<Decoded<F>> {
  return new MessageDefinition('header', name, undefined, versions, fields)
}

/** A key or value of an internal topic, or the payload of a group protocol. */
export function defineData<F extends Fields>(name: string, versions: MessageVersions, fields: F): Message<Decoded<F>> {
  return new MessageDefinition('data', name, undefined, versions, fields)
}

/**
 * The key of a record of an internal topic. Its type stands before it as an int16, where other messages have their version; Kafka 3.9
 * took it for the version too. All versions up to the type therefore mean the same layout. `apiKey` is the record type.
 */
export function defineRecordKey<F extends Fields>(name: string, recordType: number, fields: F): Message<Decoded<F>> {
  return new MessageDefinition('data', name, recordType, { versions: `0-${recordType}` }, fields)
}
