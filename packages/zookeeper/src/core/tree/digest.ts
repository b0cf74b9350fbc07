import { crc32 } from 'node:zlib'
import { statSizeBytes } from './node-stat.ts'
import type { NodeStat } from './node-stat.ts'

/** The digest of a tree is the sum over its nodes of `nodeDigest`, as a signed 64-bit number. */
export const digestVersion = 2

/** Path and stat are put together here: one short checksum over all costs less than three. */
const scratch = Buffer.alloc(4096)
/** Longer paths and data are not copied. */
const copiedSizeBytesMax = 1024
/** Behind all that is copied. */
const spareOffset = 4000

/**
 * CRC-32 of path, data and stat, with the stat in an order of its own: czxid, mzxid, pzxid, ctime, mtime, version, cversion,
 * aversion, ephemeralOwner. The root's path is empty here. Nodes below /zookeeper do not count, since each server keeps its own quota statistics.
 */
export function nodeDigest(path: string, data: Buffer | null, node: NodeStat): number {
  if (path.startsWith('/zookeeper/')) return 0
  const digestedPath = path === '/' ? '' : path
  let crc = 0
  let at = 0
  // A character is at most three bytes.
  if (path.length * 3 <= copiedSizeBytesMax) at = scratch.write(digestedPath, 0)
  else crc = crc32(digestedPath)
  if (data !== null && data.length <= copiedSizeBytesMax) at += data.copy(scratch, at)
  else if (data !== null) {
    crc = crc32(data, crc32(scratch.subarray(0, at), crc))
    at = 0
  }
  // The pzxid, which is the last, comes behind the other two.
  node.copyStatTo(scratch, at)
  scratch.copyWithin(spareOffset, at + 52, at + 60)
  scratch.copyWithin(at + 24, at + 16, at + 52)
  scratch.copyWithin(at + 16, spareOffset, spareOffset + 8)
  return crc32(scratch.subarray(0, at + statSizeBytes), crc)
}
