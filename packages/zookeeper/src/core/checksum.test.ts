import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crc32 as zlibCrc32 } from 'node:zlib'
import fc from 'fast-check'
import { adler32, crc32 } from './checksum.ts'

test('checksums have their published values', () => {
  assert.equal(crc32(Buffer.from('123456789')), 0xcbf43926)
  assert.equal(adler32(Buffer.from('Wikipedia')), 0x11e60398)
  assert.equal(
    adler32(Buffer.alloc(20_000, 0xff)),
    adler32(Buffer.alloc(10_000, 0xff), adler32(Buffer.alloc(10_000, 0xff))),
  )
})

test('a checksum can be taken in steps', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (first, second) => {
      const whole = Buffer.concat([first, second])
      assert.equal(crc32(second, crc32(first)), zlibCrc32(whole))
      assert.equal(adler32(second, adler32(first)), adler32(whole))
    }),
  )
})
