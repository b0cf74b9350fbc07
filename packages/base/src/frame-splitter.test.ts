import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FrameSplitter } from './frame-splitter.ts'

test('packets come out whole however the stream was cut', () => {
  const packets = fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 20 })
  fc.assert(
    fc.property(packets, fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }), (bodies, cuts) => {
      const stream = Buffer.concat(
        bodies.flatMap((body) => {
          const length = Buffer.alloc(4)
          length.writeInt32BE(body.length)
          return [length, Buffer.from(body)]
        }),
      )
      const splitter = new FrameSplitter(300)
      const received: Buffer[] = []
      for (let position = 0, index = 0; position < stream.length; index++) {
        const size = cuts[index % cuts.length] as number
        splitter.push(stream.subarray(position, position + size))
        position += size
        for (let packet = splitter.next(); packet !== undefined; packet = splitter.next()) received.push(packet)
      }
      assert.deepEqual(
        received.map((packet) => packet.toString('hex')),
        bodies.map((body) => Buffer.from(body).toString('hex')),
      )
      assert.equal(splitter.bufferedBytes, 0)
    }),
  )
})

test('a length that no peer may send is refused at once', () => {
  const lengthOf = (value: number): FrameSplitter => {
    const splitter = new FrameSplitter(1000)
    const length = Buffer.alloc(4)
    length.writeInt32BE(value)
    splitter.push(length)
    return splitter
  }
  assert.throws(() => lengthOf(0).next(), { name: 'DecodeError', code: 'MALFORMED' })
  assert.throws(() => lengthOf(-5).next(), { name: 'DecodeError', code: 'MALFORMED' })
  assert.throws(() => lengthOf(1001).next(), { name: 'DecodeError', code: 'TOO_LARGE' })
  assert.equal(lengthOf(1000).next(), undefined)
})
