/** czxid 0, mzxid 8, ctime 16, mtime 24, version 32, cversion 36, aversion 40, ephemeralOwner 44, pzxid 52: as in a snapshot. */
export const statSizeBytes = 60

/** Room for many records: one buffer, and a view of it, which is the faster way to 64-bit numbers. */
export class ByteBlock {
  readonly buffer: Buffer
  readonly view: DataView

  constructor(sizeBytes: number) {
    this.buffer = Buffer.alloc(sizeBytes)
    this.view = new DataView(this.buffer.buffer, this.buffer.byteOffset, this.buffer.length)
  }
}

const passingSlotCount = 128
let passing = new ByteBlock(passingSlotCount * statSizeBytes)
let passingCount = 0

/** Room for one stat that is soon forgotten; the block goes with the last of its stats. */
function passingOffset(): number {
  if (passingCount === passingSlotCount) {
    passing = new ByteBlock(passingSlotCount * statSizeBytes)
    passingCount = 0
  }
  return passingCount++ * statSizeBytes
}

/**
 * What a snapshot keeps of a node beside its data, as the bytes that it has there: 60 bytes instead of nine boxed numbers, which
 * is most of a small node's memory. The accessors read and write them in place.
 */
export class NodeStat {
  statBlock: ByteBlock
  statOffset: number

  constructor(place?: { readonly block: ByteBlock; readonly offset: number }) {
    this.statOffset = place?.offset ?? passingOffset()
    this.statBlock = place?.block ?? passing
  }

  get czxid(): bigint {
    return this.statBlock.view.getBigInt64(this.statOffset)
  }
  set czxid(value: bigint) {
    this.statBlock.view.setBigInt64(this.statOffset, value)
  }

  get mzxid(): bigint {
    return this.statBlock.view.getBigInt64(this.statOffset + 8)
  }
  set mzxid(value: bigint) {
    this.statBlock.view.setBigInt64(this.statOffset + 8, value)
  }

  get ctime(): bigint {
    return this.statBlock.view.getBigInt64(this.statOffset + 16)
  }
  set ctime(value: bigint) {
    this.statBlock.view.setBigInt64(this.statOffset + 16, value)
  }

  get mtime(): bigint {
    return this.statBlock.view.getBigInt64(this.statOffset + 24)
  }
  set mtime(value: bigint) {
    this.statBlock.view.setBigInt64(this.statOffset + 24, value)
  }

  get version(): number {
    return this.statBlock.view.getInt32(this.statOffset + 32)
  }
  set version(value: number) {
    this.statBlock.view.setInt32(this.statOffset + 32, value)
  }

  /** Counts creates of children: the next sequence number. */
  get cversion(): number {
    return this.statBlock.view.getInt32(this.statOffset + 36)
  }
  set cversion(value: number) {
    this.statBlock.view.setInt32(this.statOffset + 36, value)
  }

  get aversion(): number {
    return this.statBlock.view.getInt32(this.statOffset + 40)
  }
  set aversion(value: number) {
    this.statBlock.view.setInt32(this.statOffset + 40, value)
  }

  get ephemeralOwner(): bigint {
    return this.statBlock.view.getBigInt64(this.statOffset + 44)
  }
  set ephemeralOwner(value: bigint) {
    this.statBlock.view.setBigInt64(this.statOffset + 44, value)
  }

  get pzxid(): bigint {
    return this.statBlock.view.getBigInt64(this.statOffset + 52)
  }
  set pzxid(value: bigint) {
    this.statBlock.view.setBigInt64(this.statOffset + 52, value)
  }

  /** The stat of a node that is made now. */
  initialize(zxid: bigint, timeMs: bigint, ephemeralOwner: bigint): void {
    this.statBlock.buffer.fill(0, this.statOffset, this.statOffset + statSizeBytes)
    this.czxid = zxid
    this.mzxid = zxid
    this.pzxid = zxid
    this.ctime = timeMs
    this.mtime = timeMs
    this.ephemeralOwner = ephemeralOwner
  }

  copyStatFrom(other: NodeStat): void {
    const { buffer } = other.statBlock
    buffer.copy(this.statBlock.buffer, this.statOffset, other.statOffset, other.statOffset + statSizeBytes)
  }
}
