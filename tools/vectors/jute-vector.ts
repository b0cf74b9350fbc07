import { ByteReader, ByteWriter } from '@odradek/base'
import { recordByName } from '@odradek/zookeeper-protocol'
import { bytesDifference } from './bytes-difference.ts'
import type { VectorResult } from './check-file.ts'
import { stringOf } from './json.ts'
import type { Json, JsonObject } from './json.ts'

/** A record of ZooKeeper's jute. Compared: all fields in their order, that nothing is left, and the bytes after encoding again. */
export function checkJuteVector(vector: JsonObject, bytes: Buffer): VectorResult {
  const definition = recordByName(stringOf(vector.record))
  if (definition === undefined) return { failure: 'there is no such record' }
  const reader = new ByteReader(bytes)
  const decoded = definition.decode(reader)
  if (reader.remaining > 0) return { failure: `${reader.remaining} bytes are left after decoding` }
  const [found, expected] = [JSON.stringify(toVectorForm(decoded)), JSON.stringify(vector.fields)]
  if (found !== expected) return { failure: `${found} instead of ${expected}` }
  const writer = new ByteWriter()
  definition.encode(writer, decoded)
  const failure = bytesDifference(writer.concat(), bytes)
  return failure === undefined ? 'passed' : { failure }
}

/** Longs as `123n`, buffers as `hex:..`. */
function toVectorForm(value: unknown): Json {
  if (typeof value === 'bigint') return `${value}n`
  if (Buffer.isBuffer(value)) return `hex:${value.toString('hex')}`
  if (Array.isArray(value)) return value.map(toVectorForm)
  if (value === null || typeof value !== 'object') return value as Json
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, toVectorForm(field)]))
}
