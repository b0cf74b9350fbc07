import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ByteReader, ByteWriter } from '@odradek/base'
import { array, bytes, int16, int32, int64, string, struct, uuid } from './field.ts'
import { defineRequest } from './message.ts'
import type { Input, Message } from './message.ts'

const example = defineRequest(
  'Example',
  0,
  { versions: '1-5', flexible: '3+' },
  {
    name: string('1+', { nullable: '4+' }),
    count: int32('2+', { default: -1 }),
    hint: int16('4+', { ignorable: true }),
    owner: struct({ id: uuid(), rank: int64() }, '5+', { nullable: '5+', default: null }),
    parts: array({ index: int32(), data: bytes('1+', { nullable: '2+' }) }),
    note: string('3+', { tag: 0, default: 'none', ignorable: true }),
    extra: array(int32(), '3+', { tag: 7 }),
  },
)

function encode<T>(message: Message<T>, value: Input<T>, version: number): string {
  const writer = new ByteWriter()
  message.encode(writer, value, version)
  return writer.concat().toString('hex')
}

const decode = <T>(message: Message<T>, hex: string, version: number): T =>
  message.decode(new ByteReader(Buffer.from(hex, 'hex')), version)

test('what is missing is encoded as its default, at every depth', () => {
  assert.equal(encode(example, {}, 1), '0000' + '00000000')
  assert.equal(encode(example, { parts: [{}] }, 2), '0000' + 'ffffffff' + '00000001' + '00000000' + '00000000')
  assert.equal(encode(example, { name: undefined }, 3), '01' + 'ffffffff' + '01' + '00')
  assert.equal(encode(example, {}, 5), '01' + 'ffffffff' + '0000' + 'ff' + '01' + '00')
})

test('what a version lacks is decoded to its default', () => {
  assert.deepEqual(decode(example, '000161' + '00000000', 1), {
    name: 'a',
    count: -1,
    hint: 0,
    owner: null,
    parts: [],
    note: 'none',
    extra: [],
  })
})

test('a value that the version cannot carry is refused, unless it may be ignored or is the default', () => {
  const unsupported = { name: 'EncodeError', code: 'UNSUPPORTED_VERSION' }
  assert.throws(() => encode(example, { count: 3 }, 1), unsupported)
  assert.throws(() => encode(example, { owner: {} }, 4), unsupported)
  assert.throws(() => encode(example, { extra: [1] }, 2), unsupported)
  const harmless = { count: -1, hint: 5, owner: null, note: 'x', extra: [] }
  assert.equal(encode(example, harmless, 1), encode(example, {}, 1))
})

test('null is only for fields that may be null in that version', () => {
  assert.throws(() => encode(example, { name: null }, 3), { name: 'EncodeError', code: 'INVALID_VALUE' })
  assert.equal(decode(example, encode(example, { name: null }, 4), 4).name, null)
  assert.throws(() => decode(example, 'ffff' + '00000000', 1), { name: 'DecodeError', code: 'MALFORMED' })
  assert.equal(decode(example, encode(example, { parts: [{ data: null }] }, 2), 2).parts[0]?.data, null)
})

test('values that do not fit their type are refused', () => {
  const wrong: readonly unknown[] = [
    { count: 2 ** 31 },
    { count: 1.5 },
    { hint: 40_000 },
    { name: 5 },
    { name: 'x'.repeat(0x8000) },
    { owner: { id: 'short' } },
    { owner: { rank: 5 } },
    { owner: { rank: 2n ** 63n } },
    { parts: null },
    { parts: [null] },
    { parts: [{ data: 'text' }] },
  ]
  for (const value of wrong) {
    assert.throws(
      () => encode(example, value as object, 5),
      { name: 'EncodeError', code: 'INVALID_VALUE' },
      JSON.stringify(value, (_, each: unknown) => String(each)),
    )
  }
})

test('tagged fields are written in the order of their tags and only when they are not the default; unknown ones are passed over', () => {
  const hex = encode(example, { note: 'yes', extra: [9] }, 3)
  assert.equal(hex, '01ffffffff01' + '02' + '00' + '04' + '04796573' + '07' + '05' + '0200000009')
  const withUnknown = '01ffffffff01' + '02' + '05' + '03' + 'aabbcc' + '07' + '05' + '0200000009'
  assert.deepEqual(decode(example, withUnknown, 3).extra, [9])
  assert.throws(() => decode(example, '01ffffffff01' + '01' + '07' + '06' + '020000000900', 3), { code: 'MALFORMED' })
})

test('bytes are views of what was read, and may be written from several buffers', () => {
  const whole = Buffer.from(encode(example, { parts: [{ data: [Buffer.from('ab'), Buffer.from('cd')] }] }, 2), 'hex')
  const data = example.decode(new ByteReader(whole), 2).parts[0]?.data as Buffer
  assert.equal(data.toString(), 'abcd')
  assert.equal(data.buffer, whole.buffer)
})

test('versions outside of the definition are refused', () => {
  for (const version of [0, 6, -1, 1.5]) {
    assert.throws(() => encode(example, {}, version), { name: 'EncodeError', code: 'UNSUPPORTED_VERSION' })
    assert.throws(() => decode(example, '', version), { name: 'DecodeError' })
  }
})

test('what follows a message is left to the caller', () => {
  const reader = new ByteReader(Buffer.from('00000000000099', 'hex'))
  example.decode(reader, 1)
  assert.equal(reader.remaining, 1)
})
