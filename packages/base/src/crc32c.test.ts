import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { crc32c, portableCrc32c } from './crc32c.ts'

test('the check value of the Castagnoli polynomial, and the iSCSI examples of RFC 3720', () => {
  assert.equal(crc32c(Buffer.from('123456789')), 0xe306_9283)
  assert.equal(crc32c(Buffer.alloc(32)), 0x8a91_36aa)
  assert.equal(crc32c(Buffer.alloc(32, 0xff)), 0x62a8_ab43)
  assert.equal(crc32c(Buffer.from(Array.from({ length: 32 }, (_, index) => index))), 0x46dd_794e)
  assert.equal(crc32c(Buffer.alloc(0)), 0)
})

test('any range, of any size and in any parts, gives the same checksum by both ways', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), fc.nat(2000), fc.nat(2000), (bytes, first, second) => {
      const [start, middle] = [Math.min(first, second, bytes.length), Math.min(Math.max(first, second), bytes.length)]
      const expected = portableCrc32c(bytes, start, bytes.length, 0)
      assert.equal(crc32c(bytes, start), expected)
      assert.equal(crc32c(bytes, middle, bytes.length, crc32c(bytes, start, middle)), expected)
      assert.equal(portableCrc32c(bytes, middle, bytes.length, portableCrc32c(bytes, start, middle, 0)), expected)
    }),
  )
})
