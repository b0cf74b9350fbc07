import { gunzipSync } from 'node:zlib'
import { ByteReader, DecodeError } from '@odradek/base'
import type { Disk } from '@odradek/base'
import { acl, fileHeader, ustring, vector } from '@odradek/zookeeper-protocol'
import { adler32 } from '../../core/checksum.ts'
import type { ServerState } from '../../core/server-state.ts'
import { statSizeBytes } from '../../core/tree/node-stat.ts'
import { snapshotMagic } from './file-format.ts'
import type { ZxidFile } from './file-format.ts'

const aclList = vector(acl)
/** A long, and the text `/`. */
const sealSizeBytes = 13

/** The digest that the tree has after a certain transaction, as the writer of a snapshot saw it. */
export interface SnapshotDigest {
  readonly zxid: bigint
  readonly version: number
  readonly digest: bigint
}

/**
 * Loads a snapshot into an empty state, once its checksum has been found right. Throws `DecodeError` when the file is not whole or not a snapshot; the state must not be used then.
 */
export function readSnapshot(
  disk: Disk,
  file: ZxidFile,
  state: ServerState,
  nowMs: number,
): { digest: SnapshotDigest | undefined } {
  const stored = disk.readFileSync(file.path)
  const digest = loadSnapshot(file.path.endsWith('.gz') ? gunzip(stored) : stored, file.path, state, nowMs)
  state.tree.lastProcessedZxid = file.zxid
  return { digest: digest !== undefined && digest.zxid > 0n && digest.zxid >= file.zxid ? digest : undefined }
}

/** As `readSnapshot`, for bytes that are not (yet) a file: what they hold decides of which transaction the state is. */
export function loadSnapshot(
  bytes: Buffer,
  name: string,
  state: ServerState,
  nowMs: number,
): SnapshotDigest | undefined {
  requireSeal(bytes, name)
  const reader = new ByteReader(bytes)
  const { magic } = fileHeader.decode(reader)
  if (magic !== snapshotMagic) throw new DecodeError('MALFORMED', `${name} is no snapshot`)
  for (let count = reader.int32(); count > 0; count--) state.sessions.track(reader.int64(), reader.int32(), nowMs)
  for (let count = reader.int32(); count > 0; count--) {
    const key = Number(reader.int64())
    state.tree.acls.load(key, aclList.decode(reader) ?? [])
  }
  readNodes(reader, state)
  skipSeal(reader)
  let digest: SnapshotDigest | undefined
  if (reader.remaining > 0) {
    digest = { zxid: reader.int64(), version: reader.int32(), digest: reader.int64() }
    skipSeal(reader)
  }
  if (reader.remaining > 0) {
    state.tree.lastProcessedZxid = reader.int64()
    skipSeal(reader)
  }
  state.tree.finishLoading()
  return digest
}

function gunzip(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes)
  } catch (cause) {
    throw new DecodeError('MALFORMED', 'the compressed snapshot is damaged', { cause })
  }
}

function readNodes(reader: ByteReader, state: ServerState): void {
  const { tree } = state
  tree.clear()
  for (let path = ustring.decode(reader); path !== '/'; path = ustring.decode(reader)) {
    const nodePath = path === '' ? '/' : path
    if (nodePath === null || !nodePath.startsWith('/')) throw new DecodeError('MALFORMED', `node path ${nodePath}`)
    const dataLength = reader.int32()
    const data = dataLength < 0 ? null : reader.bytes(dataLength)
    const aclKey = Number(reader.int64())
    if (aclKey !== (aclKey | 0)) throw new DecodeError('MALFORMED', `the ACL of ${nodePath} has the key ${aclKey}`)
    const node = tree.loadNode(nodePath, data, aclKey, reader.bytes(statSizeBytes))
    // A fuzzy snapshot may hold a node whose parent was gone when its turn came: the log says so too.
    tree.finishLoadedNode(nodePath, node)
  }
}

/** The checksum of all before it, and a mark, close each part of a snapshot: the last one covers the whole file. */
function requireSeal(bytes: Buffer, path: string): void {
  const start = bytes.length - sealSizeBytes
  const isSealed = start >= 0 && bytes.readBigInt64BE(start) === BigInt(adler32(bytes.subarray(0, start)))
  if (!isSealed) throw new DecodeError('MALFORMED', `${path} is not whole: its checksum is wrong`)
}

/** A seal between two parts. */
function skipSeal(reader: ByteReader): void {
  reader.take(sealSizeBytes)
}
