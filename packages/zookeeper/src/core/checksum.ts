// The two checksums of ZooKeeper's files and digests, over ranges and in steps.

const crcTable = new Uint32Array(256)
for (let byte = 0; byte < 256; byte++) {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  crcTable[byte] = value
}

/** CRC-32 as in zip. `seed` is the result over the bytes before. */
export function crc32(bytes: Uint8Array, seed = 0): number {
  let crc = ~seed
  for (let index = 0; index < bytes.length; index++) {
    crc = (crcTable[(crc ^ (bytes[index] as number)) & 0xff] as number) ^ (crc >>> 8)
  }
  return ~crc >>> 0
}

const adlerModulus = 65521
/** So many bytes can be added up before a sum leaves 32 bits. */
const adlerRunLength = 5552

/** Adler-32 as in zlib. `seed` is the result over the bytes before; 1 at the start. */
export function adler32(bytes: Uint8Array, seed = 1): number {
  let low = seed & 0xffff
  let high = seed >>> 16
  for (let start = 0; start < bytes.length; start += adlerRunLength) {
    const end = Math.min(start + adlerRunLength, bytes.length)
    for (let index = start; index < end; index++) {
      low += bytes[index] as number
      high += low
    }
    low %= adlerModulus
    high %= adlerModulus
  }
  return high * 0x10000 + low
}
