import { crc32 } from '../checksum.ts'
import type { NodeStat } from './node-stat.ts'

/** The digest of a tree is the sum over its nodes of `nodeDigest`, as a signed 64-bit number. */
export const digestVersion = 2

const stat = Buffer.alloc(60)

/**
 * CRC-32 of path, data and stat, with the stat in an order of its own: czxid, mzxid, pzxid, ctime, mtime, version, cversion,
 * aversion, ephemeralOwner. The root's path is empty here. Nodes below /zookeeper do not count, since each server keeps its own quota statistics.
 */
export function nodeDigest(path: string, data: Buffer | null, node: NodeStat): number {
  if (path.startsWith('/zookeeper/')) return 0
  const { statBuffer, statOffset } = node
  statBuffer.copy(stat, 0, statOffset, statOffset + 16)
  statBuffer.copy(stat, 16, statOffset + 52, statOffset + 60)
  statBuffer.copy(stat, 24, statOffset + 16, statOffset + 52)
  let crc = crc32(Buffer.from(path === '/' ? '' : path))
  if (data !== null) crc = crc32(data, crc)
  return crc32(stat, crc)
}
