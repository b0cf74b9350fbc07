/** czxid 0, mzxid 8, ctime 16, mtime 24, version 32, cversion 36, aversion 40, ephemeralOwner 44, pzxid 52: as in a snapshot. */
export const statSizeBytes = 60

/**
 * What a snapshot keeps of a node beside its data, as the bytes that it has there: 60 bytes instead of nine boxed numbers, which
 * is most of a small node's memory. The accessors read and write them in place.
 */
export class NodeStat {
  statBuffer: Buffer
  statOffset: number

  constructor(statBuffer: Buffer = Buffer.alloc(statSizeBytes), statOffset = 0) {
    this.statBuffer = statBuffer
    this.statOffset = statOffset
  }

  get czxid(): bigint {
    return this.statBuffer.readBigInt64BE(this.statOffset)
  }
  set czxid(value: bigint) {
    this.statBuffer.writeBigInt64BE(value, this.statOffset)
  }

  get mzxid(): bigint {
    return this.statBuffer.readBigInt64BE(this.statOffset + 8)
  }
  set mzxid(value: bigint) {
    this.statBuffer.writeBigInt64BE(value, this.statOffset + 8)
  }

  get ctime(): bigint {
    return this.statBuffer.readBigInt64BE(this.statOffset + 16)
  }
  set ctime(value: bigint) {
    this.statBuffer.writeBigInt64BE(value, this.statOffset + 16)
  }

  get mtime(): bigint {
    return this.statBuffer.readBigInt64BE(this.statOffset + 24)
  }
  set mtime(value: bigint) {
    this.statBuffer.writeBigInt64BE(value, this.statOffset + 24)
  }

  get version(): number {
    return this.statBuffer.readInt32BE(this.statOffset + 32)
  }
  set version(value: number) {
    this.statBuffer.writeInt32BE(value | 0, this.statOffset + 32)
  }

  /** Counts creates of children: the next sequence number. */
  get cversion(): number {
    return this.statBuffer.readInt32BE(this.statOffset + 36)
  }
  set cversion(value: number) {
    this.statBuffer.writeInt32BE(value | 0, this.statOffset + 36)
  }

  get aversion(): number {
    return this.statBuffer.readInt32BE(this.statOffset + 40)
  }
  set aversion(value: number) {
    this.statBuffer.writeInt32BE(value | 0, this.statOffset + 40)
  }

  get ephemeralOwner(): bigint {
    return this.statBuffer.readBigInt64BE(this.statOffset + 44)
  }
  set ephemeralOwner(value: bigint) {
    this.statBuffer.writeBigInt64BE(value, this.statOffset + 44)
  }

  get pzxid(): bigint {
    return this.statBuffer.readBigInt64BE(this.statOffset + 52)
  }
  set pzxid(value: bigint) {
    this.statBuffer.writeBigInt64BE(value, this.statOffset + 52)
  }

  /** The stat of a node that is made now. */
  initialize(zxid: bigint, timeMs: bigint, ephemeralOwner: bigint): void {
    this.statBuffer.fill(0, this.statOffset, this.statOffset + statSizeBytes)
    this.czxid = zxid
    this.mzxid = zxid
    this.pzxid = zxid
    this.ctime = timeMs
    this.mtime = timeMs
    this.ephemeralOwner = ephemeralOwner
  }

  copyStatFrom(other: NodeStat): void {
    other.statBuffer.copy(this.statBuffer, this.statOffset, other.statOffset, other.statOffset + statSizeBytes)
  }
}
