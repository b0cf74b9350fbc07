import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ByteReader, ByteWriter, DecodeError } from '@odradek/base'
import fc from 'fast-check'
import type { Message } from '../src/definition/message.ts'
import { allVersions } from './all-messages.ts'
import { messageArbitrary } from './message-arbitrary.ts'

function encode(message: Message, version: number, value: unknown): Buffer {
  const writer = new ByteWriter()
  message.encode(writer, value as object, version)
  return writer.concat()
}

/** Decodes, or undefined when the bytes are refused with the one error that decoders have. Anything else fails the test. */
function tryDecode(message: Message, version: number, bytes: Buffer): unknown {
  try {
    return message.decode(new ByteReader(bytes), version)
  } catch (error) {
    if (error instanceof DecodeError) return undefined
    throw new Error(`${message.name} ${version} of ${bytes.toString('hex')}`, { cause: error })
  }
}

/** How many values a decoded message is made of: objects, lists, and what they hold. */
function countValues(value: unknown): number {
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return 1
  let count = 1
  for (const each of Object.values(value)) count += countValues(each)
  return count
}

test(`every message in every version (${allVersions.length}): what is encoded is what is decoded, to the last byte`, () => {
  for (const [message, version] of allVersions) {
    fc.assert(
      fc.property(messageArbitrary(message, version), (value) => {
        const bytes = encode(message, version, value)
        const reader = new ByteReader(bytes)
        const decoded = message.decode(reader, version)
        assert.deepStrictEqual(decoded, value, `${message.name} ${version}`)
        assert.equal(reader.remaining, 0)
        assert.deepEqual(encode(message, version, decoded), bytes)
      }),
      { numRuns: 20 },
    )
  }
})

test('a message that is cut off anywhere is refused', () => {
  for (const [message, version] of allVersions) {
    fc.assert(
      fc.property(
        messageArbitrary(message, version),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (value, part) => {
          const bytes = encode(message, version, value)
          if (bytes.length === 0) return
          assert.equal(
            tryDecode(message, version, bytes.subarray(0, Math.floor(part * bytes.length))),
            undefined,
            message.name,
          )
        },
      ),
      { numRuns: 12 },
    )
  }
})

/** Bytes that say something large where they are taken for a length or a count. */
const giants = [
  '7fffffff',
  '80000000',
  'ffffffff',
  '00ffffff',
  '7fff',
  'ffffffff0f',
  'ffffff7f',
  '8080808008',
  'ffffffffffffffffffff',
].map((hex) => Buffer.from(hex, 'hex'))

type Damage = (bytes: Buffer) => Buffer

const damageArbitrary: fc.Arbitrary<Damage> = fc.oneof(
  fc.tuple(fc.nat(), fc.nat(7)).map(([at, bit]): Damage => (bytes) => {
    const copy = Buffer.from(bytes)
    if (copy.length > 0) copy[at % copy.length] = (copy[at % copy.length] as number) ^ (1 << bit)
    return copy
  }),
  fc.tuple(fc.nat(), fc.constantFrom(...giants)).map(([at, giant]): Damage => (bytes) => {
    const start = at % (bytes.length + 1)
    return Buffer.concat([bytes.subarray(0, start), giant, bytes.subarray(start + giant.length)])
  }),
)

/** A struct of one byte has its defaults in memory: as many values as the widest struct has fields. */
const valuesPerByte = 40

test('damaged bytes are decoded or refused with DecodeError, quickly and without more values than the bytes account for', () => {
  for (const [message, version] of allVersions) {
    fc.assert(
      fc.property(
        messageArbitrary(message, version),
        fc.array(damageArbitrary, { minLength: 1, maxLength: 3 }),
        (value, damages) => {
          const bytes = damages.reduce((before, damage) => damage(before), encode(message, version, value))
          const decoded = tryDecode(message, version, bytes)
          assert.ok(countValues(decoded) <= valuesPerByte * (bytes.length + 2), `${message.name} ${version}`)
        },
      ),
      { numRuns: 20 },
    )
  }
})

test('bytes of chance, and the same byte over and over, are decoded or refused', () => {
  for (const [message, version] of allVersions) {
    for (const byte of [0x00, 0x01, 0x02, 0x7f, 0xff]) tryDecode(message, version, Buffer.alloc(300, byte))
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void tryDecode(message, version, Buffer.from(bytes))),
      { numRuns: 20 },
    )
  }
})
