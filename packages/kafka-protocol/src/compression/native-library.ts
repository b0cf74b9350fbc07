import { createRequire } from 'node:module'
import { KafkaError } from '../kafka-error.ts'

const require = createRequire(import.meta.url)
const loaded = new Map<string, unknown>()

/** A codec's library, loaded when the first batch needs it. Throws UNSUPPORTED_COMPRESSION_TYPE where it has no binary for this system. */
export function nativeLibrary(name: 'snappy' | 'lz4-napi'): unknown {
  const known = loaded.get(name)
  if (known !== undefined) return known
  try {
    const library: unknown = require(name)
    loaded.set(name, library)
    return library
  } catch (error) {
    const message = `the library '${name}' cannot be loaded on ${process.platform}-${process.arch}; use gzip or zstd`
    throw new KafkaError('UNSUPPORTED_COMPRESSION_TYPE', message, { cause: error })
  }
}
