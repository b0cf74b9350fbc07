import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FrameReader } from './frame-reader.ts'

test('frames come out whole, wherever the stream is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 40 })),
      fc.array(fc.integer({ min: 1, max: 50 })),
      (frames, cuts) => {
        const stream = Buffer.concat(frames.flatMap((frame) => [Buffer.from([0, 0, 0, frame.length]), frame]))
        const reader = new FrameReader(100)
        const read: Buffer[] = []
        for (let at = 0, index = 0; at < stream.length; index++) {
          const length = cuts[index % Math.max(cuts.length, 1)] ?? stream.length
          reader.push(stream.subarray(at, at + length))
          at += length
          for (let frame = reader.next(); frame !== undefined; frame = reader.next()) read.push(frame)
        }
        assert.deepEqual(
          read.map((frame) => frame.toString('hex')),
          frames.map((frame) => Buffer.from(frame).toString('hex')),
        )
      },
    ),
  )
})

test('a length that cannot be is refused before anything is kept for it', () => {
  for (const [prefix, code] of [
    ['ffffffff', 'MALFORMED'],
    ['00000065', 'TOO_LARGE'],
  ] as const) {
    const reader = new FrameReader(100)
    reader.push(Buffer.from(prefix, 'hex'))
    assert.throws(() => reader.next(), { name: 'DecodeError', code })
  }
})
