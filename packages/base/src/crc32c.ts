import { createRequire } from 'node:module'

type NativeCrc32c = (bytes: Uint8Array, seed: number) => number

/** From this size on a call into the native library pays for itself (measured). */
const nativeThresholdBytes = 384
const polynomialReversed = 0x82f6_3b78
const slices = 16

/** Undefined until first wanted, null when the optional library is not installed. */
let native: NativeCrc32c | null | undefined
let tables: Int32Array | undefined

/**
 * CRC-32C (Castagnoli) of `buffer` from `start` to `end`, as an unsigned number. `seed` is the checksum of what stood before, so that
 * parts can be taken one after the other. The optional library @node-rs/crc32 takes over for large ranges where it is installed.
 */
export function crc32c(buffer: Uint8Array, start = 0, end = buffer.length, seed = 0): number {
  if (end - start >= nativeThresholdBytes) {
    if (native === undefined) native = loadNative()
    if (native !== null)
      return native(start === 0 && end === buffer.length ? buffer : buffer.subarray(start, end), seed) >>> 0
  }
  return portableCrc32c(buffer, start, end, seed)
}

function loadNative(): NativeCrc32c | null {
  try {
    const library = createRequire(import.meta.url)('@node-rs/crc32') as { readonly crc32c: NativeCrc32c }
    return library.crc32c
  } catch {
    return null
  }
}

/** Sixteen tables of 256: table k is the effect of a byte that stands k bytes before the end of a block. */
function makeTables(): Int32Array {
  const made = new Int32Array(slices * 256)
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomialReversed : crc >>> 1
    made[byte] = crc
  }
  for (let index = 256; index < made.length; index++) {
    const before = made[index - 256] as number
    made[index] = (before >>> 8) ^ (made[before & 0xff] as number)
  }
  return made
}

/** The same in plain TypeScript, sixteen bytes at a time. Exported for the test that holds the two against each other. */
export function portableCrc32c(buffer: Uint8Array, start: number, end: number, seed: number): number {
  tables ??= makeTables()
  const t = tables as unknown as Record<number, number>
  const b = buffer as unknown as Record<number, number>
  let crc = ~seed
  let at = start
  for (; at + 16 <= end; at += 16) {
    const first = crc ^ (b[at]! | (b[at + 1]! << 8) | (b[at + 2]! << 16) | (b[at + 3]! << 24))
    crc =
      t[3840 + (first & 0xff)]! ^
      t[3584 + ((first >>> 8) & 0xff)]! ^
      t[3328 + ((first >>> 16) & 0xff)]! ^
      t[3072 + (first >>> 24)]! ^
      t[2816 + b[at + 4]!]! ^
      t[2560 + b[at + 5]!]! ^
      t[2304 + b[at + 6]!]! ^
      t[2048 + b[at + 7]!]! ^
      t[1792 + b[at + 8]!]! ^
      t[1536 + b[at + 9]!]! ^
      t[1280 + b[at + 10]!]! ^
      t[1024 + b[at + 11]!]! ^
      t[768 + b[at + 12]!]! ^
      t[512 + b[at + 13]!]! ^
      t[256 + b[at + 14]!]! ^
      t[b[at + 15]!]!
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ t[(crc ^ b[at]!) & 0xff]!
  return ~crc >>> 0
}
