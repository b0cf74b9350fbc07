/** czxid 0, mzxid 8, ctime 16, mtime 24, version 32, cversion 36, aversion 40, ephemeralOwner 44, pzxid 52: as in a snapshot. */
export const statSizeBytes = 60
/** czxid, which is mzxid and pzxid too; ctime, which is mtime too. */
export const shortStatSizeBytes = 16

/** Room for many records: one buffer, and a view of it, which is the faster way to 64-bit numbers. */
export class ByteBlock {
  readonly buffer: Buffer
  readonly view: DataView
  /** Holds stats in their short form: see `NodeStat`. */
  readonly isShort: boolean

  constructor(sizeBytes: number, isShort = false) {
    this.isShort = isShort
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
 *
 * Of a persistent node that was made and never changed, all is known from its first zxid and time: that is the short form, of 16 bytes.
 */
export class NodeStat {
  statBlock: ByteBlock
  statOffset: number

  constructor(place?: { readonly block: ByteBlock; readonly offset: number }) {
    this.statOffset = place?.offset ?? passingOffset()
    this.statBlock = place?.block ?? passing
  }

  /** Called before any of it is changed: gives a stat in the short form its long one. */
  protected makeLong(): void {
    // What has room for itself alone is never short.
  }

  #long(shortOffset: number, offset: number): bigint {
    const { view, isShort } = this.statBlock
    return view.getBigInt64(this.statOffset + (isShort ? shortOffset : offset))
  }

  #setLong(offset: number, value: bigint): void {
    this.makeLong()
    this.statBlock.view.setBigInt64(this.statOffset + offset, value)
  }

  #int(offset: number): number {
    const { view, isShort } = this.statBlock
    return isShort ? 0 : view.getInt32(this.statOffset + offset)
  }

  #setInt(offset: number, value: number): void {
    this.makeLong()
    this.statBlock.view.setInt32(this.statOffset + offset, value)
  }

  get czxid(): bigint {
    return this.#long(0, 0)
  }
  set czxid(value: bigint) {
    this.#setLong(0, value)
  }

  get mzxid(): bigint {
    return this.#long(0, 8)
  }
  set mzxid(value: bigint) {
    this.#setLong(8, value)
  }

  get ctime(): bigint {
    return this.#long(8, 16)
  }
  set ctime(value: bigint) {
    this.#setLong(16, value)
  }

  get mtime(): bigint {
    return this.#long(8, 24)
  }
  set mtime(value: bigint) {
    this.#setLong(24, value)
  }

  get version(): number {
    return this.#int(32)
  }
  set version(value: number) {
    this.#setInt(32, value)
  }

  /** Counts creates of children: the next sequence number. */
  get cversion(): number {
    return this.#int(36)
  }
  set cversion(value: number) {
    this.#setInt(36, value)
  }

  get aversion(): number {
    return this.#int(40)
  }
  set aversion(value: number) {
    this.#setInt(40, value)
  }

  get ephemeralOwner(): bigint {
    const { view, isShort } = this.statBlock
    return isShort ? 0n : view.getBigInt64(this.statOffset + 44)
  }
  set ephemeralOwner(value: bigint) {
    this.#setLong(44, value)
  }

  get pzxid(): bigint {
    return this.#long(0, 52)
  }
  set pzxid(value: bigint) {
    this.#setLong(52, value)
  }

  /** The stat of a node that is made now. */
  initialize(zxid: bigint, timeMs: bigint, ephemeralOwner: bigint): void {
    this.makeLong()
    this.statBlock.buffer.fill(0, this.statOffset, this.statOffset + statSizeBytes)
    this.czxid = zxid
    this.mzxid = zxid
    this.pzxid = zxid
    this.ctime = timeMs
    this.mtime = timeMs
    this.ephemeralOwner = ephemeralOwner
  }

  /** As a snapshot has it. */
  copyStatTo(target: Buffer, at: number): void {
    const { buffer, isShort } = this.statBlock
    const start = this.statOffset
    if (!isShort) {
      buffer.copy(target, at, start, start + statSizeBytes)
      return
    }
    target.fill(0, at + 32, at + 52)
    for (const [offset, shortOffset] of longsOfShort) {
      buffer.copy(target, at + offset, start + shortOffset, start + shortOffset + 8)
    }
  }

  /** Takes what a snapshot has. */
  setStat(bytes: Buffer): void {
    this.makeLong()
    bytes.copy(this.statBlock.buffer, this.statOffset, 0, statSizeBytes)
  }

  copyStatFrom(other: NodeStat): void {
    this.makeLong()
    other.copyStatTo(this.statBlock.buffer, this.statOffset)
  }
}

/** Where the fields of a stat are in its short form. */
const longsOfShort = [
  [0, 0],
  [8, 0],
  [16, 8],
  [24, 8],
  [52, 0],
] as const

/** Would the short form say all that these bytes of a snapshot say? */
export function isShortStat(bytes: Buffer): boolean {
  for (let index = 0; index < 8; index++) {
    const isSame = bytes[index] === bytes[index + 8] && bytes[index] === bytes[index + 52]
    if (!isSame || bytes[index + 16] !== bytes[index + 24]) return false
  }
  for (let index = 32; index < 52; index++) if (bytes[index] !== 0) return false
  return true
}
