import { ByteReader, ByteWriter } from '@odradek/base'
import { batchesOf, requestHeaderVersion, responseHeaderVersion } from '@odradek/kafka-protocol'
import type { Message } from '@odradek/kafka-protocol'
import type { Field, Fields } from '../../packages/kafka-protocol/src/definition/field.ts'
import { defaultOf } from '../../packages/kafka-protocol/src/definition/layout.ts'
import { bytesDifference } from './bytes-difference.ts'
import type { VectorResult } from './check-file.ts'
import { earlyAccessMessages, renamedFields } from './early-access.ts'
import { integerOf, isJsonObject, stringOf } from './json.ts'
import type { Json, JsonObject } from './json.ts'
import { messagesByName } from './messages-by-name.ts'

/**
 * A request, response or coordinator record. Compared: api key, header version, every field (those that the JSON leaves out must have
 * their defaults; the JSON must not have others), and the bytes after encoding again. Kafka's JSON has no record batches: those are
 * walked, and compared as bytes.
 */
export async function checkMessageVector(vector: JsonObject, bytes: Buffer): Promise<VectorResult> {
  const name = nameOf(vector)
  const version = integerOf(vector.version)
  const message = (await messagesByName()).get(name)
  if (message === undefined) return { failure: 'there is no such message' }
  if (version < message.minVersion) return 'skipped'
  const failure =
    headerFailure(vector, message, version) ?? bodyFailure(message, name, version, vector.message as Json, bytes)
  if (failure === undefined) return 'passed'
  const early = earlyAccessMessages.get(name)
  const isEarly = early !== undefined && bodyFailure(early, name, version, vector.message as Json, bytes) === undefined
  return isEarly ? 'passed' : { failure }
}

function nameOf({ api, kind, record }: JsonObject): string {
  return api === undefined ? stringOf(record) : `${stringOf(api)}${kind === 'request' ? 'Request' : 'Response'}`
}

function headerFailure(vector: JsonObject, message: Message, version: number): string | undefined {
  if (vector.api === undefined) return undefined
  const apiKey = integerOf(vector.key)
  const expected = integerOf(vector.headerVersion)
  if (message.apiKey !== apiKey) return `api key ${String(message.apiKey)} instead of ${apiKey}`
  const headerVersion =
    vector.kind === 'request' ? requestHeaderVersion(apiKey, version) : responseHeaderVersion(apiKey, version)
  return headerVersion === expected ? undefined : `header version ${headerVersion} instead of ${expected}`
}

function bodyFailure(message: Message, name: string, version: number, json: Json, bytes: Buffer): string | undefined {
  try {
    const reader = new ByteReader(bytes)
    const decoded = message.decode(reader, version)
    if (reader.remaining > 0) return `${reader.remaining} bytes are left after decoding`
    const difference = structDifference(message.fields, decoded, json, new Map(renamedFields[name]), '')
    if (difference !== undefined) return difference
    const writer = new ByteWriter()
    message.encode(writer, decoded, version)
    return bytesDifference(writer.concat(), bytes)
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  }
}

type Renamed = ReadonlyMap<string, string>

function structDifference(
  fields: Fields,
  decoded: unknown,
  json: Json,
  renamed: Renamed,
  path: string,
): string | undefined {
  if (!isJsonObject(json) || typeof decoded !== 'object' || decoded === null)
    return `${path}: ${show(decoded)} instead of ${show(json)}`
  const given = new Map(Object.entries(json).map(([name, value]) => [renamed.get(name) ?? name, value]))
  for (const [name, field] of Object.entries(fields)) {
    const value = (decoded as Record<string, unknown>)[name]
    const expected = given.get(name)
    given.delete(name)
    const at = path === '' ? name : `${path}.${name}`
    const difference =
      expected === undefined
        ? defaultDifference(field, value, at)
        : fieldDifference(field, value, expected, renamed, at)
    if (difference !== undefined) return difference
  }
  const [unknown] = given.keys()
  return unknown === undefined ? undefined : `${path}: there is no field ${unknown}`
}

function defaultDifference(field: Field, value: unknown, path: string): string | undefined {
  const expected = defaultOf(field)
  return show(value) === show(expected) ? undefined : `${path}: ${show(value)} instead of the default ${show(expected)}`
}

function fieldDifference(field: Field, value: unknown, json: Json, renamed: Renamed, path: string): string | undefined {
  const isEqual = (): boolean => {
    switch (field.type) {
      case 'int64':
        return (typeof json === 'number' || typeof json === 'bigint') && value === BigInt(json)
      case 'float64':
        return Object.is(value, typeof json === 'bigint' || typeof json === 'string' ? Number(json) : json)
      case 'bytes':
        return typeof json === 'string' && Buffer.isBuffer(value) && value.toString('base64') === json
      case 'records':
        return typeof json === 'string' && Buffer.isBuffer(value) && recordsAreEqual(value, json)
      default:
        return value === json
    }
  }
  if (json === null || value === null)
    return json === value ? undefined : `${path}: ${show(value)} instead of ${show(json)}`
  if (field.type === 'struct') return structDifference(field.fields as Fields, value, json, renamed, path)
  if (field.type === 'array') return arrayDifference(field.element as Field, value, json, renamed, path)
  return isEqual() ? undefined : `${path}: ${show(value)} instead of ${show(json)}`
}

function arrayDifference(
  element: Field,
  value: unknown,
  json: Json,
  renamed: Renamed,
  path: string,
): string | undefined {
  if (!Array.isArray(value) || !Array.isArray(json)) return `${path}: ${show(value)} instead of ${show(json)}`
  if (value.length !== json.length) return `${path}: ${value.length} elements instead of ${json.length}`
  for (const [index, each] of (value as unknown[]).entries()) {
    const difference = fieldDifference(element, each, json[index] as Json, renamed, `${path}[${index}]`)
    if (difference !== undefined) return difference
  }
  return undefined
}

/** Kafka's converter writes an empty string for batches whatever they are. */
function recordsAreEqual(value: Buffer, json: string): boolean {
  if (json !== '') return value.toString('base64') === json
  let sizeBytes = 0
  for (const batch of batchesOf(value)) {
    sizeBytes += batch.sizeInBytes
    if (!batch.isCrcValid() || [...batch.records()].length !== batch.recordCount) return false
  }
  return sizeBytes === value.length
}

function show(value: unknown): string {
  return JSON.stringify(value, (_name, each: unknown) => (typeof each === 'bigint' ? `${each}n` : each)) ?? 'nothing'
}
