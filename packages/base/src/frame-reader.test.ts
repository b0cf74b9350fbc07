import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { BadFrameSize } from './frame-reader.ts'
import { FrameReader } from './frame-reader.ts'

function framed(body: Buffer): Buffer {
  const size = Buffer.alloc(4)
  size.writeInt32BE(body.length)
  return Buffer.concat([size, body])
}

describe('the frame reader', () => {
  it('gives the same frames however the bytes are cut', () => {
    const body = fc.uint8Array({ minLength: 8, maxLength: 300 }).map((bytes) => Buffer.from(bytes))
    fc.assert(
      fc.property(fc.array(body, { maxLength: 8 }), fc.array(fc.nat(400), { maxLength: 12 }), (bodies, cuts) => {
        const stream = Buffer.concat(bodies.map(framed))
        const frames: Buffer[] = []
        const reader = new FrameReader({ sizeBytesMax: 1000 }, (frame) => frames.push(frame))
        let position = 0
        for (const cut of [...cuts, stream.length]) {
          const end = Math.min(stream.length, position + cut)
          assert.equal(reader.accept(stream.subarray(position, end)), undefined)
          position = end
        }
        assert.deepEqual(frames, bodies)
        assert.equal(reader.partial, undefined)
      }),
    )
  })

  it('hands out a view where a frame lies within one chunk, and one copy where it does not', () => {
    const body = Buffer.alloc(100, 7)
    const frames: Buffer[] = []
    const reader = new FrameReader({ sizeBytesMax: 1000 }, (frame) => frames.push(frame))
    const chunk = framed(body)
    reader.accept(chunk)
    assert.equal(frames[0]?.buffer, chunk.buffer)
    reader.accept(chunk.subarray(0, 50))
    reader.accept(chunk.subarray(50))
    assert.equal(frames[1]?.buffer.byteLength, 100)
  })

  it('gives memory to a large frame only when some of it has come', () => {
    const size = 64 * 1024 * 1024
    const announced = Buffer.alloc(4 + 1000)
    announced.writeInt32BE(size)
    const before = process.memoryUsage().arrayBuffers
    const readers = Array.from({ length: 50 }, () => new FrameReader({ sizeBytesMax: size }, () => undefined))
    for (const reader of readers) reader.accept(announced)
    assert.ok(process.memoryUsage().arrayBuffers - before < size)
    assert.ok(readers.every(({ partial }) => partial?.receivedBytes === 1000))
  })

  it('puts a large frame together whose first bytes came before its buffer', () => {
    const body = Buffer.alloc(3 * 1024 * 1024)
    for (let index = 0; index < body.length; index += 997) body[index] = index
    const frames: Buffer[] = []
    const reader = new FrameReader({ sizeBytesMax: body.length }, (frame) => frames.push(frame))
    const stream = framed(body)
    for (let start = 0; start < stream.length; start += 65_536) reader.accept(stream.subarray(start, start + 65_536))
    assert.equal(frames.length, 1)
    assert.ok(frames[0]?.equals(body))
  })

  it('names a size that no request has', () => {
    for (const size of [-1, 0, 7, 1001, 0x7fffffff]) {
      const chunk = Buffer.alloc(20)
      chunk.writeInt32BE(size)
      const reader = new FrameReader({ sizeBytesMax: 1000 }, () => assert.fail('no frame'))
      const bad: BadFrameSize | undefined = reader.accept(chunk)
      assert.equal(bad?.announcedSizeBytes, size)
    }
  })
})
