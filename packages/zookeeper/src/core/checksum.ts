// The checksum of ZooKeeper's files, over ranges and in steps.

const adlerModulus = 65521
/** So many bytes can be added up before a sum leaves 32 bits. */
const adlerRunLength = 5552

/**
 * Adler-32 as in zlib. `seed` is the result over the bytes before; 1 at the start. The sums are kept in 32 bits, sign or not: left to
 * themselves they become floating-point numbers half-way, which takes two and a half times as long.
 */
export function adler32(bytes: Uint8Array, seed = 1): number {
  let low = seed & 0xffff
  let high = seed >>> 16
  for (let start = 0; start < bytes.length; start += adlerRunLength) {
    const end = Math.min(start + adlerRunLength, bytes.length)
    for (let index = start; index < end; index++) {
      low = (low + (bytes[index] as number)) | 0
      high = (high + low) | 0
    }
    low = (low >>> 0) % adlerModulus
    high = (high >>> 0) % adlerModulus
  }
  return high * 0x10000 + low
}
