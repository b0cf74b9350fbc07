import { ByteBlock } from './node-stat.ts'

/** Large enough that the allocator gives each back to the system when it is no longer needed; pages that were never used take no memory. */
const blockSizeBytes = 256 * 1024
const fineStepBytes = 16
/** Beyond this, room is given in larger steps. */
const fineSizeBytesMax = 512
const coarseStepBytes = 128

/** A block of records of one size, those that are free being a list within it. */
export class RecordBlock extends ByteBlock {
  readonly arena: RecordArena
  readonly recordSizeBytes: number
  usedCount = 0
  /** The first of the free records; each has the offset of the next at its start. */
  #firstFree = -1
  #neverUsedOffset = 0
  /** Its place in the list of blocks that have room; -1 when it is full. */
  index = -1

  constructor(arena: RecordArena, recordSizeBytes: number, isShort: boolean) {
    super(blockSizeBytes, isShort)
    this.arena = arena
    this.recordSizeBytes = recordSizeBytes
  }

  get isFull(): boolean {
    return this.#firstFree === -1 && this.#neverUsedOffset + this.recordSizeBytes > blockSizeBytes
  }

  take(): number {
    this.usedCount++
    const offset = this.#firstFree
    if (offset !== -1) {
      this.#firstFree = this.view.getInt32(offset)
      return offset
    }
    const next = this.#neverUsedOffset
    this.#neverUsedOffset += this.recordSizeBytes
    return next
  }

  giveBack(offset: number): void {
    this.usedCount--
    this.view.setInt32(offset, this.#firstFree)
    this.#firstFree = offset
  }
}

/** Room for the records of nodes, outside the collector's heap: a million of them are nothing that it has to walk through or to move. */
export class RecordArena {
  /** By size of record, the blocks that have room; those of stats in the short form by the negative of it. */
  readonly #blocks = new Map<number, RecordBlock[]>()
  /** Data that is too large for a record, by node: few have such, and the others need no field for it. */
  readonly largeData = new Map<object, Buffer>()

  /** A block that has room for a record of this size. */
  blockFor(sizeBytes: number, isShort: boolean): RecordBlock {
    const recordSizeBytes = recordSizeFor(sizeBytes)
    const blocks = this.#blocksOf(recordSizeBytes, isShort)
    const last = blocks.at(-1)
    if (last !== undefined) return last
    const block = new RecordBlock(this, recordSizeBytes, isShort)
    block.index = blocks.push(block) - 1
    return block
  }

  /** Room for one record in a block that has some. */
  take(block: RecordBlock): number {
    const offset = block.take()
    if (block.isFull) this.#unlist(block)
    return offset
  }

  giveBack(block: RecordBlock, offset: number): void {
    const blocks = this.#blocksOf(block.recordSizeBytes, block.isShort)
    block.giveBack(offset)
    if (block.index === -1) block.index = blocks.push(block) - 1
    // An empty one goes, unless it is the only one with room.
    if (block.usedCount === 0 && blocks.length > 1) this.#unlist(block)
  }

  #unlist(block: RecordBlock): void {
    const blocks = this.#blocksOf(block.recordSizeBytes, block.isShort)
    const last = blocks.pop() as RecordBlock
    if (last !== block) {
      blocks[block.index] = last
      last.index = block.index
    }
    block.index = -1
  }

  #blocksOf(recordSizeBytes: number, isShort: boolean): RecordBlock[] {
    const key = isShort ? -recordSizeBytes : recordSizeBytes
    let blocks = this.#blocks.get(key)
    if (blocks === undefined) this.#blocks.set(key, (blocks = []))
    return blocks
  }
}

/** The sizes that records come in. */
export function recordSizeFor(sizeBytes: number): number {
  const step = sizeBytes <= fineSizeBytesMax ? fineStepBytes : coarseStepBytes
  return Math.ceil(sizeBytes / step) * step
}
