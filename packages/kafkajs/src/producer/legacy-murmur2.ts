const seed = 0x9747b28c
const multiplier = 0x5bd1e995

/**
 * The hash of kafkajs before 2.0: murmur2 in double-precision numbers, where products lose bits that 32-bit arithmetic keeps, and with a last block that is
 * mixed in also when it is not whole. Topics that were filled with it must stay as they are partitioned, so nothing of it may be set right.
 */
export function legacyMurmur2(bytes: Buffer): number {
  const byte = (index: number): number => bytes[index] ?? 0
  let hash = seed ^ bytes.length
  for (let at = 0; at < bytes.length; at += 4) {
    let block = byte(at) + (byte(at + 1) << 8) + (byte(at + 2) << 16) + (byte(at + 3) << 24)
    block *= multiplier
    block ^= block >>> 24
    block *= multiplier
    hash *= multiplier
    hash ^= block
  }
  const rest = bytes.length % 4
  const tail = bytes.length - rest
  if (rest === 3) hash ^= byte(tail + 2) << 16
  if (rest >= 2) hash ^= byte(tail + 1) << 8
  if (rest >= 1) {
    hash ^= byte(tail)
    hash *= multiplier
  }
  hash ^= hash >>> 13
  hash *= multiplier
  hash ^= hash >>> 15
  return hash
}
