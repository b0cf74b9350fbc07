import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { BufferPool } from './buffer-pool.ts'

describe('the pool of buffers', () => {
  it('gives memory again when its last holder has let go', () => {
    const pool = new BufferPool({ sizeBytesMin: 100 })
    const first = pool.take(1000)
    const part = first.subarray(10, 20)
    pool.hold(part)
    pool.release(first)
    assert.notEqual(pool.take(1000).buffer, first.buffer)
    assert.equal(pool.freeBytes, 0)
    pool.release(part)
    assert.equal(pool.freeBytes, first.buffer.byteLength)
    assert.equal(pool.take(1000).buffer, first.buffer)
    assert.equal(pool.freeBytes, 0)
  })

  it('never gives memory that somebody holds, and wastes an eighth at most', () => {
    const step = fc.record({ kind: fc.constantFrom('take', 'hold', 'release'), number: fc.nat(500) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const pool = new BufferPool({ sizeBytesMin: 1, erases: true, freeBytesMax: 2000 })
        const held: { buffer: Buffer; mark: number }[] = []
        for (const [index, { kind, number }] of steps.entries()) {
          const at = number % Math.max(1, held.length)
          const one = held[at]
          if (kind === 'take') {
            const buffer = pool.take(number + 1)
            assert.equal(buffer.length, number + 1)
            assert.ok(buffer.buffer.byteLength <= Math.max(8, (buffer.length * 9) / 8))
            const mark = index % 200
            buffer.fill(mark)
            held.push({ buffer, mark })
          } else if (one !== undefined && kind === 'hold') {
            pool.hold(one.buffer)
            held.push(one)
          } else if (one !== undefined) {
            held.splice(at, 1)
            pool.release(one.buffer)
          }
          for (const { buffer, mark } of held) assert.ok(buffer.every((byte) => byte === mark))
          assert.ok(pool.freeBytes <= 2000)
        }
      }),
    )
  })

  it('keeps no more than it may, and rather the sizes that are in use', () => {
    const pool = new BufferPool({ freeBytesMax: 20_000 })
    const old = [pool.take(4096), pool.take(4096)]
    for (const buffer of old) pool.release(buffer)
    const buffers = Array.from({ length: 3 }, () => pool.take(8192))
    for (const buffer of buffers) pool.release(buffer)
    assert.equal(pool.freeBytes, 2 * 8192)
    const again = [pool.take(8192), pool.take(8192)]
    assert.deepEqual(
      again.map(({ buffer }) => buffers.findIndex((one) => one.buffer === buffer)),
      [2, 1],
    )
    pool.release(pool.take(100_000))
    assert.equal(pool.freeBytes, 0)
  })

  it('does not care about buffers that are not its own, or too small', () => {
    const pool = new BufferPool()
    const foreign = Buffer.alloc(1_000_000)
    pool.hold(foreign)
    pool.release(foreign)
    pool.release(pool.take(10))
    assert.equal(pool.freeBytes, 0)
  })

  it('tells who lets go twice', () => {
    const pool = new BufferPool({ sizeBytesMin: 1 })
    const buffer = pool.take(10)
    pool.release(buffer)
    assert.throws(() => pool.release(buffer))
    assert.throws(() => pool.hold(buffer))
  })
})
