import type { Stat } from '@odradek/zookeeper-protocol'
import { nodeKindOf } from '../ephemeral-owner.ts'
import { ByteBlock, isShortStat, NodeStat, shortStatSizeBytes, statSizeBytes } from './node-stat.ts'
import { recordSizeFor } from './record-arena.ts'
import type { RecordArena, RecordBlock } from './record-arena.ts'

/** Data up to this size lies in the node's record; larger is a buffer of its own. */
const recordDataSizeBytesMax = 2048

/** From the start of the stat, which is where `statOffset` points. */
const headSizeBytes = 12
const digestOffset = -12
const aclKeyOffset = -8
const dataLengthOffset = -4

/** Lengths that are none. */
const noData = -1
const ownBuffer = -2

/** Stands for the records of nodes that are gone. */
const released = new ByteBlock(headSizeBytes + statSizeBytes)

/**
 * One node of the tree. Its path is known only by the walk that found it. All but its children is in one record of an arena:
 *
 *     0 digest   4 key of the ACL   8 length of data   12 stat, 60 bytes or, in its short form, 16   then data
 */
export class DataNode extends NodeStat {
  children: Map<string, DataNode> | undefined = undefined

  private constructor(arena: RecordArena, isShort: boolean, dataLength: number) {
    const block = arena.blockFor(recordSizeOf(isShort, dataLength), isShort)
    super({ block, offset: arena.take(block) + headSizeBytes })
    this.statBlock.view.setInt32(this.statOffset + dataLengthOffset, noData)
    this.digest = 0
    this.aclKey = -1
  }

  /** A node that is made now. */
  static create(arena: RecordArena, zxid: bigint, timeMs: bigint, owner: bigint, data: Buffer | null): DataNode {
    const node = new DataNode(arena, owner === 0n, data?.length ?? 0)
    if (owner === 0n) {
      const { view } = node.statBlock
      view.setBigInt64(node.statOffset, zxid)
      view.setBigInt64(node.statOffset + 8, timeMs)
    } else {
      node.initialize(zxid, timeMs, owner)
    }
    node.setData(data)
    return node
  }

  /** A node of a snapshot. */
  static load(arena: RecordArena, stat: Buffer, data: Buffer | null): DataNode {
    const isShort = isShortStat(stat)
    const node = new DataNode(arena, isShort, data?.length ?? 0)
    if (isShort) {
      stat.copy(node.statBlock.buffer, node.statOffset, 0, 8)
      stat.copy(node.statBlock.buffer, node.statOffset + 8, 16, 24)
    } else {
      stat.copy(node.statBlock.buffer, node.statOffset, 0, statSizeBytes)
    }
    node.setData(data)
    return node
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
    if (this.#storedLength === ownBuffer) (this.statBlock as RecordBlock).arena.largeData.delete(this)
    if (isLarge && data !== null) (this.statBlock as RecordBlock).arena.largeData.set(this, Buffer.from(data))
    const { view, buffer } = this.statBlock
    view.setInt32(this.statOffset + dataLengthOffset, data === null ? noData : isLarge ? ownBuffer : length)
    if (data !== null && !isLarge) buffer.set(data, this.#dataOffset)
  }

  get #dataOffset(): number {
    return this.statOffset + (this.statBlock.isShort ? shortStatSizeBytes : statSizeBytes)
  }

  /** Moves all but the data to a record that has room for so much of it, and no more. */
  #makeRoom(dataLength: number): void {
    const { recordSizeBytes, isShort } = this.statBlock as RecordBlock
    const sizeBytes = recordSizeOf(isShort, dataLength)
    if (recordSizeFor(sizeBytes) !== recordSizeBytes) this.#moveTo(sizeBytes, isShort)
  }

  #moveTo(sizeBytes: number, isShort: boolean): void {
    const from = this.statBlock as RecordBlock
    const start = this.statOffset - headSizeBytes
    const { arena } = from
    const to = arena.blockFor(sizeBytes, isShort)
    const offset = arena.take(to)
    from.buffer.copy(to.buffer, offset, start, this.statOffset)
    if (isShort)
      from.buffer.copy(to.buffer, offset + headSizeBytes, this.statOffset, this.statOffset + shortStatSizeBytes)
    else this.copyStatTo(to.buffer, offset + headSizeBytes)
    this.statBlock = to
    this.statOffset = offset + headSizeBytes
    arena.giveBack(from, start)
  }

  protected override makeLong(): void {
    if (!this.statBlock.isShort) return
    const inRecord = Math.max(0, this.#storedLength)
    const from = this.statBlock.buffer
    const start = this.#dataOffset
    const data = Buffer.from(from.subarray(start, start + inRecord))
    this.#moveTo(recordSizeOf(false, this.dataLength), false)
    this.statBlock.buffer.set(data, this.#dataOffset)
  }

  /** A copy, or a buffer that must not be changed. */
  get data(): Buffer | null {
    const length = this.#storedLength
    if (length === noData) return null
    if (length === ownBuffer) return this.#largeData
    const copy = Buffer.allocUnsafe(length)
    this.copyDataTo(copy, 0)
    return copy
  }

  /** Data that is in the record, of `dataLength` bytes. */
  copyDataTo(target: Buffer, at: number): void {
    const start = this.#dataOffset
    this.statBlock.buffer.copy(target, at, start, start + this.dataLength)
  }

  get #largeData(): Buffer {
    return (this.statBlock as RecordBlock).arena.largeData.get(this) as Buffer
  }

  get #storedLength(): number {
    return this.statBlock.view.getInt32(this.statOffset + dataLengthOffset)
  }

  get dataLength(): number {
    const length = this.#storedLength
    return length === ownBuffer ? this.#largeData.length : Math.max(0, length)
  }

  get childCount(): number {
    return this.children === undefined ? 0 : this.children.size
  }

  /** The node is no longer in the tree, and nobody will look at it again. */
  release(): void {
    const block = this.statBlock as RecordBlock
    const isLarge = this.#storedLength === ownBuffer
    block.arena.giveBack(block, this.statOffset - headSizeBytes)
    this.statBlock = released
    this.statOffset = headSizeBytes
    if (isLarge) block.arena.largeData.delete(this)
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

function recordSizeOf(isShort: boolean, dataLength: number): number {
  const inRecord = dataLength <= recordDataSizeBytesMax ? dataLength : 0
  return headSizeBytes + (isShort ? shortStatSizeBytes : statSizeBytes) + inRecord
}
