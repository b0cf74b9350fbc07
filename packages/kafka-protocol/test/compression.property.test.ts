import assert from 'node:assert/strict'
import { test } from 'node:test'
import { constants, gzipSync, zstdCompressSync } from 'node:zlib'
import { DecodeError } from '@odradek/base'
import fc from 'fast-check'
import { compress, decompress } from '@odradek/kafka-protocol'
import type { Compression } from '@odradek/kafka-protocol'

const codecs: readonly Compression[] = ['gzip', 'snappy', 'lz4', 'zstd']
const sizeBytesMax = 1 << 20

/** Text with repetitions, and bytes without: both sides of every compressor. */
const contentArbitrary = fc.oneof(
  fc.uint8Array({ maxLength: 3000 }).map((bytes) => Buffer.from(bytes)),
  fc.tuple(fc.string({ maxLength: 50 }), fc.nat(3000)).map(([text, times]) => Buffer.from(text.repeat(times))),
)

test('every codec gives back what it was given', () => {
  fc.assert(
    fc.property(contentArbitrary, fc.constantFrom(...codecs, 'none' as const), (content, codec) => {
      assert.ok(decompress(codec, compress(codec, content), sizeBytesMax).equals(content))
    }),
    { numRuns: 150 },
  )
})

test('levels trade time for size', () => {
  const content = Buffer.from(
    Array.from({ length: 5000 }, (_, index) => `{"id":${index},"name":"${(index * 7919) % 1000}"}`).join(),
  )
  for (const [codec, low, high] of [
    ['gzip', 1, 9],
    ['zstd', -20, 19],
  ] as const) {
    const [fast, small] = [compress(codec, content, low), compress(codec, content, high)]
    assert.ok(small.length < fast.length, codec)
    assert.ok(decompress(codec, small, sizeBytesMax).equals(content))
  }
})

test('what would grow beyond the bound is refused as TOO_LARGE, and what just fits is not', () => {
  for (const codec of [...codecs, 'none'] as const) {
    const compressed = compress(codec, Buffer.alloc(300_000))
    assert.throws(() => decompress(codec, compressed, 299_999), { name: 'DecodeError', code: 'TOO_LARGE' }, codec)
    assert.equal(decompress(codec, compressed, 300_000).length, 300_000, codec)
  }
})

test('damaged bytes are decompressed within the bound, or refused with DecodeError', () => {
  const damage = fc.record({ at: fc.nat(), with: fc.uint8Array({ minLength: 1, maxLength: 5 }) })
  fc.assert(
    fc.property(
      contentArbitrary,
      fc.constantFrom(...codecs),
      fc.array(damage, { minLength: 1, maxLength: 3 }),
      fc.nat(5),
      (content, codec, damages, cutBytes) => {
        const compressed = Buffer.from(compress(codec, content))
        for (const { at, with: value } of damages) Buffer.from(value).copy(compressed, at % compressed.length)
        try {
          assert.ok(
            decompress(codec, compressed.subarray(0, compressed.length - cutBytes), sizeBytesMax).length <=
              sizeBytesMax,
          )
        } catch (error) {
          if (!(error instanceof DecodeError))
            throw new Error(`${codec} of ${compressed.toString('hex')}`, { cause: error })
        }
      },
    ),
    { numRuns: 1000 },
  )
})

test('bytes of chance are refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.constantFrom(...codecs), (bytes, codec) => {
      try {
        assert.ok(decompress(codec, Buffer.from(bytes), sizeBytesMax).length <= sizeBytesMax)
      } catch (error) {
        if (!(error instanceof DecodeError))
          throw new Error(`${codec} of ${Buffer.from(bytes).toString('hex')}`, { cause: error })
      }
    }),
    { numRuns: 300 },
  )
})

test('sizes that only a liar announces are refused before anything is allocated', () => {
  const liars: readonly (readonly [Compression, string])[] = [
    // A raw snappy block of 4 GiB, and one in Java's framing.
    ['snappy', 'ffffffff0f00'],
    ['snappy', '82534e41505059000000000100000001' + '00000006' + 'ffffffff0f00'],
    ['snappy', '82534e41505059000000000100000001' + '7fffffff'],
    // lz4 with a content size of 2^63, and with a block of 2 GiB.
    ['lz4', '04224d186870' + 'ffffffffffffff7f' + '00' + '00000000'],
    ['lz4', '04224d186040' + '82' + 'ffffff7f'],
    // zstd: one segment of 2^63 bytes.
    ['zstd', '28b52ffde0' + 'ffffffffffffff7f' + '010000'],
    // zstd: one segment that would just be allowed, but has only one block.
    ['zstd', '28b52ffda0' + '00001000' + '010000'],
  ]
  for (const [codec, hex] of liars) {
    assert.throws(
      () => decompress(codec, Buffer.from(hex, 'hex'), sizeBytesMax),
      { name: 'DecodeError' },
      `${codec} ${hex}`,
    )
  }
})

test('snappy is read in both of its forms, and written in that of the Java client', () => {
  const content = Buffer.from('snappy snappy snappy '.repeat(5000))
  const framed = compress('snappy', content)
  assert.equal(framed.subarray(0, 16).toString('hex'), '82534e41505059000000000100000001')
  // The same blocks, one after the other, without framing: only the first is a raw block of its own.
  const firstBlock = framed.subarray(20, 20 + framed.readInt32BE(16))
  assert.ok(decompress('snappy', firstBlock, sizeBytesMax).equals(content.subarray(0, 32 * 1024)))
  assert.ok(
    decompress('snappy', Buffer.concat([framed, framed]), sizeBytesMax).equals(Buffer.concat([content, content])),
  )
})

test('zstd and gzip are read when several frames stand one after the other', () => {
  const [first, second] = [Buffer.from('first '.repeat(100)), Buffer.from('second '.repeat(100))]
  const whole = Buffer.concat([first, second])
  const skippable = Buffer.from('502a4d180300000001020a', 'hex')
  assert.ok(
    decompress(
      'zstd',
      Buffer.concat([zstdCompressSync(first), skippable, zstdCompressSync(second)]),
      sizeBytesMax,
    ).equals(whole),
  )
  assert.ok(decompress('gzip', Buffer.concat([gzipSync(first), gzipSync(second)]), sizeBytesMax).equals(whole))
})

test('lz4: blocks that are far smaller than their bound are measured before they are refused', () => {
  // 900 blocks of 600 bytes, stored after a literal run: their bound of 255 to 1 is far above what they hold.
  const literals = Buffer.alloc(600, 'x')
  const block = Buffer.concat([Buffer.from([0xf0, 255, 255, 600 - 15 - 510]), literals])
  const size = Buffer.alloc(4)
  size.writeUInt32LE(block.length)
  const blocks = Array.from({ length: 900 }, () => [size, block]).flat()
  const frame = Buffer.concat([Buffer.from('04224d18604082', 'hex'), ...blocks, Buffer.alloc(4)])
  assert.equal(decompress('lz4', frame, 540_000).length, 540_000)
  assert.throws(() => decompress('lz4', frame, 539_999), { code: 'TOO_LARGE' })
})

test('a zstd frame gets no larger window than its content needs, and is read all the same', () => {
  const content = Buffer.from('windowed '.repeat(40_000))
  const frame = Buffer.from(
    zstdCompressSync(content, { params: { [constants.ZSTD_c_windowLog]: 21, [constants.ZSTD_c_contentSizeFlag]: 0 } }),
  )
  assert.equal(frame[4], 0, 'neither content size nor a single segment')
  assert.ok(decompress('zstd', frame, sizeBytesMax).equals(content))
  // 2 TiB, far more than the library would ever allocate.
  frame[5] = 31 << 3
  assert.ok(decompress('zstd', frame, sizeBytesMax).equals(content))
  assert.throws(() => decompress('zstd', frame, content.length - 1), { code: 'TOO_LARGE' })
})
