import type { Stat } from '@odradek/zookeeper-protocol'
import { nodeKindOf } from '../ephemeral-owner.ts'
import { ByteBlock, NodeStat, statSizeBytes } from './node-stat.ts'
import { recordSizeFor } from './record-arena.ts'
import type { RecordArena, RecordBlock } from './record-arena.ts'

/** Data up to this size lies in the node's record; larger is a buffer of its own. */
const recordDataSizeBytesMax = 2048

const digestOffset = statSizeBytes
const aclKeyOffset = statSizeBytes + 4
const dataLengthOffset = statSizeBytes + 8
const dataOffset = statSizeBytes + 12

/** Lengths that are none. */
const noData = -1
const ownBuffer = -2

/** Stands for the records of nodes that are gone. */
const released = new ByteBlock(dataOffset)

/**
 * One node of the tree. Its path is known only by the walk that found it. All but its children is in one record of an arena:
 *
 *     0 stat (as in a snapshot)   60 digest   64 key of the ACL   68 length of data   72 data
 */
export class DataNode extends NodeStat {
  #largeData: Buffer | undefined = undefined
  children: Map<string, DataNode> | undefined = undefined

  constructor(arena: RecordArena, dataLength: number) {
    const block = arena.blockFor(recordSizeOf(dataLength))
    super({ block, offset: arena.take(block) })
    this.statBlock.view.setInt32(this.statOffset + dataLengthOffset, noData)
    this.digest = 0
    this.aclKey = -1
  }

  /** This node's part of the tree digest. */
  get digest(): number {
    return this.statBlock.view.getUint32(this.statOffset + digestOffset)
  }
  set digest(value: number) {
    this.statBlock.view.setUint32(this.statOffset + digestOffset, value)
  }

  /** Key of its ACL in the `AclCache`. */
  get aclKey(): number {
    return this.statBlock.view.getInt32(this.statOffset + aclKeyOffset)
  }
  set aclKey(value: number) {
    this.statBlock.view.setInt32(this.statOffset + aclKeyOffset, value)
  }

  /** A copy is kept: what comes in is a view of some packet. */
  setData(data: Buffer | null): void {
    const length = data === null ? 0 : data.length
    this.#makeRoom(length)
    const isLarge = length > recordDataSizeBytesMax
    this.#largeData = isLarge && data !== null ? Buffer.from(data) : undefined
    const { view, buffer } = this.statBlock
    view.setInt32(this.statOffset + dataLengthOffset, data === null ? noData : isLarge ? ownBuffer : length)
    if (data !== null && !isLarge) buffer.set(data, this.statOffset + dataOffset)
  }

  /** Moves the record to where it has room for so much data, and takes no more than that. */
  #makeRoom(dataLength: number): void {
    const from = this.statBlock as RecordBlock
    const fromOffset = this.statOffset
    const sizeBytes = recordSizeOf(dataLength)
    if (recordSizeFor(sizeBytes) === from.recordSizeBytes) return
    const { arena } = from
    const to = arena.blockFor(sizeBytes)
    const offset = arena.take(to)
    from.buffer.copy(to.buffer, offset, fromOffset, fromOffset + dataOffset)
    this.statBlock = to
    this.statOffset = offset
    arena.giveBack(from, fromOffset)
  }

  /** A copy, or a buffer that must not be changed. */
  get data(): Buffer | null {
    const length = this.#storedLength
    if (length === noData) return null
    if (this.#largeData !== undefined) return this.#largeData
    const copy = Buffer.allocUnsafe(length)
    this.copyDataTo(copy, 0)
    return copy
  }

  /** Data that is in the record, of `dataLength` bytes. */
  copyDataTo(target: Buffer, at: number): void {
    const start = this.statOffset + dataOffset
    this.statBlock.buffer.copy(target, at, start, start + this.dataLength)
  }

  get #storedLength(): number {
    return this.statBlock.view.getInt32(this.statOffset + dataLengthOffset)
  }

  get dataLength(): number {
    return this.#largeData === undefined ? Math.max(0, this.#storedLength) : this.#largeData.length
  }

  get childCount(): number {
    return this.children === undefined ? 0 : this.children.size
  }

  /** The node is no longer in the tree, and nobody will look at it again. */
  release(): void {
    const block = this.statBlock as RecordBlock
    block.arena.giveBack(block, this.statOffset)
    this.statBlock = released
    this.statOffset = 0
    this.#largeData = undefined
  }

  /** What clients see. */
  toStat(): Stat {
    const { ephemeralOwner, childCount } = this
    return {
      czxid: this.czxid,
      mzxid: this.mzxid,
      ctime: this.ctime,
      mtime: this.mtime,
      version: this.version,
      cversion: (this.cversion * 2 - childCount) | 0,
      aversion: this.aversion,
      ephemeralOwner: nodeKindOf(ephemeralOwner) === 'ephemeral' ? ephemeralOwner : 0n,
      dataLength: this.dataLength,
      numChildren: childCount,
      pzxid: this.pzxid,
    }
  }
}

function recordSizeOf(dataLength: number): number {
  return dataOffset + (dataLength <= recordDataSizeBytesMax ? dataLength : 0)
}
