import type { Stat } from '@odradek/zookeeper-protocol'
import { nodeKindOf } from '../ephemeral-owner.ts'
import { NodeStat } from './node-stat.ts'

/** Data up to this size is kept as a one-byte string: a third of the memory of a small Buffer, and nothing for the collector to track. */
const textDataSizeBytesMax = 2048

/** One node of the tree. Its path is known only by the walk that found it. */
export class DataNode extends NodeStat {
  #content: string | Buffer | null = null
  /** Key of its ACL in the `AclCache`. */
  aclKey = -1
  /** This node's part of the tree digest. */
  digest = 0
  children: Map<string, DataNode> | undefined = undefined

  /** A copy is kept: what comes in is a view of some packet. */
  setData(data: Buffer | null): void {
    if (data === null) this.#content = null
    else this.#content = data.length <= textDataSizeBytesMax ? data.toString('latin1') : Buffer.from(data)
  }

  /** Must not be changed. */
  get data(): Buffer | null {
    return typeof this.#content === 'string' ? Buffer.from(this.#content, 'latin1') : this.#content
  }

  get dataLength(): number {
    return this.#content === null ? 0 : this.#content.length
  }

  get childCount(): number {
    return this.children === undefined ? 0 : this.children.size
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
