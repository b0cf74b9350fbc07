import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import { DecodeError } from './decode-error.ts'

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })

test('what a writer wrote is what a reader reads', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.record({ kind: fc.constant('int32' as const), value: fc.integer() }),
          fc.record({ kind: fc.constant('varint' as const), value: fc.integer() }),
          fc.record({ kind: fc.constant('int64' as const), value: int64 }),
          fc.record({ kind: fc.constant('varlong' as const), value: int64 }),
        ),
      ),
      fc.uint8Array({ maxLength: 3000 }),
      fc.string({ unit: 'grapheme' }),
      (numbers, bytes, text) => {
        const writer = new ByteWriter(8)
        const length = writer.placeholderInt32()
        for (const { kind, value } of numbers) {
          if (kind === 'int32' || kind === 'varint') writer[kind](value)
          else writer[kind](value)
        }
        writer.bytes(bytes)
        writer.utf8(text)
        length.set(writer.sizeBytes)
        const reader = new ByteReader(writer.concat())
        assert.equal(reader.int32(), reader.end)
        for (const { kind, value } of numbers) assert.equal(reader[kind](), value)
        assert.deepEqual(new Uint8Array(reader.bytes(bytes.length)), bytes)
        assert.equal(reader.utf8(reader.remaining), text)
      },
    ),
  )
})

test('a reader refuses what is not there, with its one error', () => {
  const truncated = { name: 'DecodeError', code: 'TRUNCATED' }
  assert.throws(() => new ByteReader(Buffer.alloc(3)).int32(), truncated)
  assert.throws(() => new ByteReader(Buffer.alloc(3)).bytes(4), truncated)
  assert.throws(() => new ByteReader(Buffer.alloc(3)).bytes(-1), { code: 'MALFORMED' })
  assert.throws(() => new ByteReader(Buffer.from('ffffffffff01', 'hex')).unsignedVarint(), DecodeError)
  assert.throws(() => new ByteReader(Buffer.alloc(11, 0xff)).varlong(), { code: 'MALFORMED' })
})
