import { ZooKeeperError } from '@odradek/zookeeper-protocol'
import type { Acl } from '@odradek/zookeeper-protocol'
import type { DataTree } from '../tree/data-tree.ts'
import { nodeDigest } from '../tree/digest.ts'
import { NodeStat } from '../tree/node-stat.ts'
import { ChangeRecord } from './change-record.ts'

/**
 * The tree as it will be when every transaction that is under way has been applied: requests are checked against this, not
 * against the tree, so that the next can be prepared while those before it are still being synced or voted on.
 * Changes are made between `begin` and the next `begin`, and dropped again by `finished` once the tree has them.
 */
export class PendingChanges {
  readonly #tree: DataTree
  readonly #digestEnabled: boolean
  readonly #records = new Map<string, ChangeRecord>()
  #undo: { path: string; before: ChangeRecord | undefined }[] = []
  /** Changed in this transaction, and not in the digest yet: a hundred children that one transaction makes change their parent once. */
  readonly #undigested = new Map<string, ChangeRecord>()
  #digest: bigint
  #digestAtBegin: bigint
  zxid = 0n
  timeMs = 0n

  constructor(tree: DataTree, options: { digestEnabled: boolean }) {
    this.#tree = tree
    this.#digestEnabled = options.digestEnabled
    this.#digest = tree.digest
    this.#digestAtBegin = tree.digest
  }

  /** The digest of the tree once all this is applied. */
  get digest(): bigint {
    for (const record of this.#undigested.values()) {
      const digest = nodeDigest(record.path, record.data, record.stat as NodeStat)
      this.#addDigest(digest - record.digest)
      record.digest = digest
    }
    this.#undigested.clear()
    return this.#digest
  }

  /** Starts the changes of one transaction. */
  begin(zxid: bigint, timeMs: bigint): void {
    if (this.#records.size === 0) this.#digest = this.#tree.digest
    this.zxid = zxid
    this.timeMs = timeMs
    this.#undo = []
    this.#undigested.clear()
    this.#digestAtBegin = this.#digest
  }

  /** Takes back what was changed since `begin`. */
  rollback(): void {
    for (const { path, before } of this.#undo.reverse()) {
      if (before === undefined) this.#records.delete(path)
      else this.#records.set(path, before)
    }
    this.#undo = []
    this.#undigested.clear()
    this.#digest = this.#digestAtBegin
  }

  /** The paths that were changed since `begin`: to be handed to `finished`. */
  changedPaths(): string[] {
    return this.#undo.map(({ path }) => path)
  }

  /** The tree has the changes of this transaction. */
  finished(zxid: bigint, paths: readonly string[]): void {
    for (const path of paths) if (this.#records.get(path)?.zxid === zxid) this.#records.delete(path)
  }

  /** The node as it will be, or undefined when it will not be there. */
  find(path: string): (ChangeRecord & { readonly stat: NodeStat }) | undefined {
    const record = this.#records.get(path) ?? this.#recordOfTree(path)
    return record?.stat === undefined ? undefined : (record as ChangeRecord & { readonly stat: NodeStat })
  }

  #recordOfTree(path: string): ChangeRecord | undefined {
    const node = this.#tree.get(path)
    if (node === undefined) return undefined
    const { childCount, digest } = node
    return new ChangeRecord(path, -1n, node, { childCount, digest, acl: this.#tree.aclOf(node), node })
  }

  /** The node as it will be. Throws NO_NODE. */
  get(path: string): ChangeRecord & { readonly stat: NodeStat } {
    const record = this.find(path)
    if (record === undefined) throw new ZooKeeperError('NO_NODE')
    return record
  }

  /** Changes a node: `change` gets what this transaction has made of it, or a copy. */
  update(record: ChangeRecord, change: (stat: NodeStat, record: ChangeRecord) => void): void {
    const isOwn = record.zxid === this.zxid
    const next = isOwn ? record : record.next(this.zxid)
    change(next.stat as NodeStat, next)
    if (this.#digestEnabled) this.#undigested.set(next.path, next)
    if (!isOwn) this.#put(next)
  }

  add(path: string, data: Buffer | null, acl: readonly Acl[], ephemeralOwner: bigint): void {
    const stat = new NodeStat()
    stat.initialize(this.zxid, this.timeMs, ephemeralOwner)
    const record = new ChangeRecord(path, this.zxid, stat, { childCount: 0, acl, digest: 0, data })
    if (this.#digestEnabled) this.#undigested.set(path, record)
    this.#put(record)
  }

  remove(record: ChangeRecord): void {
    this.#addDigest(-record.digest)
    this.#undigested.delete(record.path)
    this.#put(new ChangeRecord(record.path, this.zxid, undefined, { childCount: 0, acl: [], digest: 0 }))
  }

  /** The ephemeral nodes that a session will have. */
  ephemeralsOf(sessionId: bigint): Set<string> {
    const paths = new Set(this.#tree.owned.ephemeralsOf(sessionId))
    for (const { path, stat } of this.#records.values()) {
      if (stat === undefined) paths.delete(path)
      else if (stat.ephemeralOwner === sessionId) paths.add(path)
    }
    return paths
  }

  #put(record: ChangeRecord): void {
    this.#undo.push({ path: record.path, before: this.#records.get(record.path) })
    this.#records.set(record.path, record)
  }

  #addDigest(difference: number): void {
    if (this.#digestEnabled) this.#digest = BigInt.asIntN(64, this.#digest + BigInt(difference))
  }
}
