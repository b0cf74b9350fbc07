import { ByteWriter } from '@odradek/base'
import type { Disk, DiskFile } from '@odradek/base'
import { acl, buffer, fileHeader, ustring, vector } from '@odradek/zookeeper-protocol'
import { adler32 } from '../../core/checksum.ts'
import type { ServerState } from '../../core/server-state.ts'
import type { DataNode } from '../../core/tree/data-node.ts'
import { statSizeBytes } from '../../core/tree/node-stat.ts'
import { digestVersion } from '../../core/tree/digest.ts'
import type { DataDirectory } from './data-directory.ts'
import { fileVersion, snapshotMagic, snapshotName } from './file-format.ts'

/** So much is written between two looks at what else there is to do. */
const usualSliceSizeBytes = 128 * 1024

const aclList = vector(acl)

/**
 * Writes the state as a snapshot named for the last transaction in it at the start. Others change the tree meanwhile: it is fuzzy, and
 * replaying the log from that transaction on makes it whole. It has its name only once it is whole and synced. Returns its path.
 */
export async function writeSnapshot(
  disk: Disk,
  directory: DataDirectory,
  state: ServerState,
  sliceSizeBytes = usualSliceSizeBytes,
): Promise<string> {
  const zxid = state.tree.lastProcessedZxid
  const temporary = `${directory.snapshotDirectory}/.${snapshotName(zxid)}.tmp`
  const path = directory.snapshotPath(zxid)
  const file = disk.openSync(temporary, 'truncate')
  try {
    const output = new SnapshotOutput(file)
    for (const _slice of encodeSnapshot(state, zxid, output, sliceSizeBytes)) await output.flush()
    await output.flush()
    await file.sync()
  } catch (error) {
    file.closeSync()
    disk.removeFileSync(temporary)
    throw error
  }
  file.closeSync()
  disk.renameSync(temporary, path)
  disk.syncDirectorySync(directory.snapshotDirectory)
  return path
}

/** Yields whenever a slice is full. */
function* encodeSnapshot(
  state: ServerState,
  zxid: bigint,
  output: SnapshotOutput,
  sliceSizeBytes: number,
): Generator<void> {
  const { tree, sessions } = state
  fileHeader.encode(output.writer, { magic: snapshotMagic, version: fileVersion, dbid: -1n })
  const timeouts = sessions.timeouts()
  output.writer.int32(timeouts.length)
  for (const [id, timeoutMs] of timeouts) {
    output.writer.int64(id)
    output.writer.int32(timeoutMs)
  }
  const acls = tree.acls.entries()
  output.writer.int32(acls.length)
  for (const [key, list] of acls) {
    output.writer.int64(BigInt(key))
    aclList.encode(output.writer, list)
  }
  for (const [path, node] of nodesWithPaths(tree.root, zxid)) {
    encodeNode(output.writer, path, node)
    if (output.writer.sizeBytes >= sliceSizeBytes) yield
  }
  ustring.encode(output.writer, '/')
  output.seal()
  output.writer.int64(tree.lastProcessedZxid)
  output.writer.int32(digestVersion)
  output.writer.int64(tree.digest)
  output.seal()
  output.writer.int64(tree.lastProcessedZxid)
  output.seal()
}

/**
 * Parents before children, each as it is when its turn comes. The root's path is empty. What was made after `zxid` is left out: the log has it, and
 * a name that was deleted and given anew would come twice.
 */
function* nodesWithPaths(root: DataNode, zxid: bigint): Generator<[path: string, node: DataNode]> {
  yield ['', root]
  // The lists of children are walked while they change: no copy of a million names is made.
  const stack: { path: string; children: Iterator<[name: string, node: DataNode]> }[] = []
  const descend = (path: string, { children }: DataNode): void => {
    if (children !== undefined) stack.push({ path, children: children.entries() })
  }
  descend('', root)
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const next = top.children.next()
    if (next.done === true) {
      stack.pop()
      continue
    }
    const [name, node] = next.value
    if (node.czxid > zxid) continue
    const path = `${top.path}/${name}`
    yield [path, node]
    descend(path, node)
  }
}

const stat = Buffer.alloc(statSizeBytes)

function encodeNode(writer: ByteWriter, path: string, node: DataNode): void {
  ustring.encode(writer, path)
  buffer.encode(writer, node.data)
  writer.int64(BigInt(node.aclKey))
  node.copyStatTo(stat, 0)
  writer.bytes(stat)
}

/** The bytes of a snapshot on their way to its file, with the checksum that seals them. */
class SnapshotOutput {
  readonly #file: DiskFile
  writer = new ByteWriter()
  #checksum = 1
  #positionBytes = 0
  #chunks: Buffer[] = []

  constructor(file: DiskFile) {
    this.#file = file
  }

  #take(): void {
    for (const chunk of this.writer.finish()) {
      this.#checksum = adler32(chunk, this.#checksum)
      this.#chunks.push(chunk)
    }
    this.writer = new ByteWriter()
  }

  /** Checksum of all before, and a mark. */
  seal(): void {
    this.#take()
    this.writer.int64(BigInt(this.#checksum))
    ustring.encode(this.writer, '/')
    this.#take()
  }

  async flush(): Promise<void> {
    this.#take()
    const chunks = this.#chunks
    this.#chunks = []
    await this.#file.write(chunks, this.#positionBytes)
    for (const chunk of chunks) this.#positionBytes += chunk.length
  }
}
