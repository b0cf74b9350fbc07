import { DataNode } from './data-node.ts'
import { StatBlock, statSizeBytes } from './node-stat.ts'

const slotsPerBlock = 1024

/** Gives every node its 60 bytes of stat out of large blocks, and takes them back. */
export class StatArena {
  #block = released
  readonly #freeBlocks: StatBlock[] = []
  readonly #freeOffsets: number[] = []
  #used = slotsPerBlock

  newNode(): DataNode {
    const block = this.#freeBlocks.pop()
    const offset = this.#freeOffsets.pop()
    if (block !== undefined && offset !== undefined) return new DataNode({ block, offset })
    if (this.#used === slotsPerBlock) {
      this.#block = new StatBlock(slotsPerBlock)
      this.#used = 0
    }
    return new DataNode({ block: this.#block, offset: this.#used++ * statSizeBytes })
  }

  /** The node is no longer in the tree and nobody will read its stat again. */
  release(node: DataNode): void {
    this.#freeBlocks.push(node.statBlock)
    this.#freeOffsets.push(node.statOffset)
    node.statBlock = released
    node.statOffset = 0
  }
}

const released = new StatBlock(1)
