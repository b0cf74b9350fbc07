import { compress, decompress } from '@odradek/kafka-protocol'
import type { Compression } from '@odradek/kafka-protocol'
import { CompressionTypes } from '../enums.ts'

const sizeBytesMax = 2 ** 30

interface Codec {
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>
  decompress(buffer: Buffer): Promise<Buffer>
}

function codecOf(compression: Compression): () => Codec {
  return () => ({
    compress: ({ buffer }) => Promise.resolve(compress(compression, buffer)),
    decompress: (buffer) => Promise.resolve(decompress(compression, buffer, sizeBytesMax)),
  })
}

/** All codecs are built in. What a program puts in the place of one, as kafkajs wants it to, is not used. */
// oxlint-disable-next-line typescript/no-explicit-any
export const CompressionCodecs: { [type in Exclude<CompressionTypes, 0>]: () => any } = {
  [CompressionTypes.GZIP]: codecOf('gzip'),
  [CompressionTypes.Snappy]: codecOf('snappy'),
  [CompressionTypes.LZ4]: codecOf('lz4'),
  [CompressionTypes.ZSTD]: codecOf('zstd'),
}
