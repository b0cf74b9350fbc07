import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ByteReader, ByteWriter, DecodeError } from '@odradek/base'
import {
  decodeConnectRequest,
  decodeConnectResponse,
  decodeMultiRequest,
  decodeMultiResponse,
  encodeMultiRequest,
  encodeMultiResponse,
  recordByName,
  recordNames,
} from '@odradek/zookeeper-protocol'
import type { Jute, JuteRecord } from '@odradek/zookeeper-protocol'
import fc from 'fast-check'

const records = recordNames().map((name) => recordByName(name) as JuteRecord<unknown>)

/** Plain objects, as decoders make them. */
function recordOf<T>(model: { [Key in keyof T]: fc.Arbitrary<T[Key]> }): fc.Arbitrary<T> {
  return fc.record(model, { noNullPrototype: true }) as unknown as fc.Arbitrary<T>
}

/** Any value of a definition. */
function valueOf(definition: Jute<never>): fc.Arbitrary<unknown> {
  switch (definition.kind) {
    case 'int':
      return fc.integer()
    case 'long':
      return fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)
    case 'boolean':
      return fc.boolean()
    case 'buffer':
      return fc.option(fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes)))
    case 'ustring':
      return fc.option(fc.string({ unit: 'grapheme', maxLength: 40 }))
    case 'vector':
      return fc.option(fc.array(valueOf((definition as unknown as { item: Jute<never> }).item), { maxLength: 5 }))
    case 'record': {
      const { fields } = definition as unknown as JuteRecord<never>
      return recordOf(Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, valueOf(field)])))
    }
  }
}

const anyRecord = fc
  .constantFrom(...records)
  .chain((definition) =>
    recordOf({ definition: fc.constant(definition), value: valueOf(definition as unknown as Jute<never>) }),
  )

test('what is encoded is decoded again, whole', () => {
  fc.assert(
    fc.property(anyRecord, ({ definition, value }) => {
      const bytes = definition.toBuffer(value)
      const reader = new ByteReader(bytes)
      assert.deepEqual(definition.decode(reader), value)
      assert.equal(reader.remaining, 0)
      assert.ok(bytes.length >= definition.minSizeBytes)
    }),
    { numRuns: 1500 },
  )
})

test('bytes that are cut short are refused', () => {
  fc.assert(
    fc.property(
      anyRecord,
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      ({ definition, value }, share) => {
        const bytes = definition.toBuffer(value)
        const cut = bytes.subarray(0, Math.floor(bytes.length * share))
        assert.throws(() => definition.decode(new ByteReader(cut)), DecodeError)
      },
    ),
    { numRuns: 1000 },
  )
})

/** Decodes what need not be anything, and counts what comes of it: it must be in proportion to the bytes. */
function decodeAnything(decode: (reader: ByteReader) => unknown, bytes: Buffer): void {
  try {
    const value = decode(new ByteReader(bytes))
    assert.ok(weightOf(value) <= bytes.length + 64, 'more came out than went in')
  } catch (error) {
    assert.ok(error instanceof DecodeError, String(error))
  }
}

function weightOf(value: unknown): number {
  if (typeof value === 'string' || Buffer.isBuffer(value)) return value.length
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + 1 + weightOf(item), 0)
  return typeof value === 'object' && value !== null ? weightOf(Object.values(value)) - Object.keys(value).length : 0
}

const giantLengths = fc
  .constantFrom('7fffffff', '80000000', 'fffffffe', '00ffffff', '0000ffff')
  .map((hex) => Buffer.from(hex, 'hex'))
const rubbish = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc
    .array(
      fc.oneof(
        giantLengths,
        fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
      ),
      { maxLength: 20 },
    )
    .map((parts) => Buffer.concat(parts)),
  // A good record with bits turned.
  fc.tuple(anyRecord, fc.array(fc.nat(), { minLength: 1, maxLength: 4 })).map(([{ definition, value }, places]) => {
    const bytes = Buffer.from(definition.toBuffer(value))
    for (const place of places)
      if (bytes.length > 0) bytes[place % bytes.length] = (bytes[place % bytes.length] as number) ^ (1 << (place % 8))
    return bytes
  }),
)

test('whatever comes, a decoder answers with a value or its one error, and makes nothing out of proportion', () => {
  const decoders = [
    ...records.map((definition) => (reader: ByteReader) => definition.decode(reader)),
    decodeConnectRequest,
    decodeConnectResponse,
    decodeMultiRequest,
    decodeMultiResponse,
  ]
  fc.assert(
    fc.property(rubbish, (bytes) => {
      for (const decode of decoders) decodeAnything(decode, bytes)
    }),
    { numRuns: 500 },
  )
})

test('a multi is read as it was written', () => {
  const path = fc.string({ maxLength: 20 })
  const data = fc.option(fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes)))
  const acl = fc.constant([{ perms: 31, id: { scheme: 'world', id: 'anyone' } }])
  const version = fc.integer()
  const operation = fc.oneof(
    recordOf({
      type: fc.constantFrom(1 as const, 15 as const, 19 as const),
      request: recordOf({ path, data, acl, flags: fc.nat(6) }),
    }),
    recordOf({
      type: fc.constant(21 as const),
      request: recordOf({ path, data, acl, flags: fc.nat(6), ttl: fc.bigInt(1n, 9999n) }),
    }),
    recordOf({ type: fc.constant(2 as const), request: recordOf({ path, version }) }),
    recordOf({ type: fc.constant(5 as const), request: recordOf({ path, data, version }) }),
    recordOf({ type: fc.constant(13 as const), request: recordOf({ path, version }) }),
    recordOf({ type: fc.constantFrom(4 as const, 8 as const), request: recordOf({ path, watch: fc.boolean() }) }),
  )
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 10 }), (operations) => {
      const writer = new ByteWriter()
      encodeMultiRequest(writer, operations)
      const reader = new ByteReader(writer.concat())
      assert.deepEqual(decodeMultiRequest(reader), operations)
      assert.equal(reader.remaining, 0)
    }),
  )
  const stat = valueOf(recordByName('data.Stat') as unknown as Jute<never>) as fc.Arbitrary<never>
  const result = fc.oneof(
    recordOf({ type: fc.constant(1 as const), path }),
    recordOf({ type: fc.constant(15 as const), path, stat }),
    recordOf({ type: fc.constant(5 as const), stat }),
    recordOf({ type: fc.constantFrom(2 as const, 13 as const) }),
    recordOf({ type: fc.constant(4 as const), data, stat }),
    recordOf({ type: fc.constant(8 as const), children: fc.array(path) }),
    recordOf({ type: fc.constant(-1 as const), err: fc.integer() }),
  )
  fc.assert(
    fc.property(fc.array(result, { maxLength: 10 }), (results) => {
      const writer = new ByteWriter()
      encodeMultiResponse(writer, results)
      assert.deepEqual(decodeMultiResponse(new ByteReader(writer.concat())), results)
    }),
  )
})
