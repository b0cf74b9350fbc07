import { DataNode } from './data-node.ts'
import { statSizeBytes } from './node-stat.ts'

const slotsPerBlock = 1024

/** Gives every node its 60 bytes of stat out of large blocks, and takes them back. */
export class StatArena {
  #block = Buffer.alloc(0)
  readonly #freeBuffers: Buffer[] = []
  readonly #freeOffsets: number[] = []
  #used = slotsPerBlock

  newNode(): DataNode {
    const buffer = this.#freeBuffers.pop()
    const offset = this.#freeOffsets.pop()
    if (buffer !== undefined && offset !== undefined) return new DataNode(buffer, offset)
    if (this.#used === slotsPerBlock) {
      this.#block = Buffer.alloc(slotsPerBlock * statSizeBytes)
      this.#used = 0
    }
    return new DataNode(this.#block, this.#used++ * statSizeBytes)
  }

  /** The node is no longer in the tree and nobody will read its stat again. */
  release(node: DataNode): void {
    this.#freeBuffers.push(node.statBuffer)
    this.#freeOffsets.push(node.statOffset)
    node.statBuffer = released
    node.statOffset = 0
  }
}

const released = Buffer.alloc(statSizeBytes)
