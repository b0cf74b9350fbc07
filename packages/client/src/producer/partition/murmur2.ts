const seed = 0x9747_b28c | 0
const multiplier = 0x5bd1_e995

/** The hash of a key that Java's producer partitions by: 32-bit murmur2, as a signed number. */
export function murmur2(bytes: Uint8Array, length = bytes.length): number {
  let hash = seed ^ length
  const wordsEnd = length & ~3
  let at = 0
  for (; at < wordsEnd; at += 4) {
    let word =
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)
    word = Math.imul(word, multiplier)
    word ^= word >>> 24
    hash = Math.imul(hash, multiplier) ^ Math.imul(word, multiplier)
  }
  const rest = length - wordsEnd
  if (rest === 3) hash ^= (bytes[at + 2] as number) << 16
  if (rest >= 2) hash ^= (bytes[at + 1] as number) << 8
  if (rest >= 1) hash = Math.imul(hash ^ (bytes[at] as number), multiplier)
  hash ^= hash >>> 13
  hash = Math.imul(hash, multiplier)
  return hash ^ (hash >>> 15)
}

let scratch = Buffer.allocUnsafeSlow(1024)

/** The partition of a key, of `partitionCount`: what Java's producer chooses for the same bytes. */
export function partitionForKey(key: Uint8Array | string, partitionCount: number): number {
  if (typeof key !== 'string') return (murmur2(key) & 0x7fff_ffff) % partitionCount
  if (key.length * 3 > scratch.length) scratch = Buffer.allocUnsafeSlow(key.length * 3)
  const length = scratch.write(key, 0)
  return (murmur2(scratch, length) & 0x7fff_ffff) % partitionCount
}
