import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { adler32 } from './checksum.ts'

test('the checksum has its published values', () => {
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
      assert.equal(adler32(second, adler32(first)), adler32(whole))
    }),
  )
})
