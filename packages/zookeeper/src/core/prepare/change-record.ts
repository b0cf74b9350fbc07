import type { Acl } from '@odradek/zookeeper-protocol'
import type { DataNode } from '../tree/data-node.ts'
import { NodeStat } from '../tree/node-stat.ts'

/** What a node will be once all that is under way is done. */
export class ChangeRecord {
  readonly path: string
  /** The transaction that makes it so; -1 for what the tree holds now. */
  readonly zxid: bigint
  /** Undefined: the node will be gone. */
  readonly stat: NodeStat | undefined
  childCount: number
  acl: readonly Acl[]
  /** Its part of the digest, as far as that has been asked for. */
  digest: number
  readonly #node: DataNode | undefined
  #data: Buffer | null | undefined

  constructor(
    path: string,
    zxid: bigint,
    stat: NodeStat | undefined,
    content: {
      childCount: number
      acl: readonly Acl[]
      digest: number
      node?: DataNode | undefined
      data?: Buffer | null | undefined
    },
  ) {
    this.path = path
    this.zxid = zxid
    this.stat = stat
    this.childCount = content.childCount
    this.acl = content.acl
    this.digest = content.digest
    this.#node = content.node
    this.#data = content.data
  }

  /** Data that nothing under way changes is still the node's. */
  get data(): Buffer | null {
    return this.#data === undefined ? (this.#node?.data ?? null) : this.#data
  }

  set data(value: Buffer | null) {
    this.#data = value
  }

  /** A copy for the next transaction to change. */
  next(zxid: bigint): ChangeRecord {
    const stat = new NodeStat()
    if (this.stat !== undefined) stat.copyStatFrom(this.stat)
    const { childCount, acl, digest } = this
    return new ChangeRecord(this.path, zxid, stat, { childCount, acl, digest, node: this.#node, data: this.#data })
  }
}
