import { OpCode, zooKeeperErrorOf } from '@odradek/zookeeper-protocol'
import type { Acl, Stat, TxnHeader, ZooKeeperErrorName } from '@odradek/zookeeper-protocol'
import { containerOwner, ttlOwner } from '../ephemeral-owner.ts'
import { nameOf, parentPathOf } from '../path.ts'
import type { Transaction } from '../transaction.ts'
import { Watches } from '../watch/watches.ts'
import { AclCache, readOnlyAcl } from './acl-cache.ts'
import { DataNode } from './data-node.ts'
import { nodeDigest } from './digest.ts'
import { statSizeBytes } from './node-stat.ts'
import { nodesBelow } from './nodes-below.ts'
import { OwnedNodes } from './owned-nodes.ts'
import { QuotaStatistics } from './quota-statistics.ts'
import { RecordArena } from './record-arena.ts'

const digestLogInterval = 128n
const digestLogLength = 1024

/** What applying a transaction came to. `path` and `stat` are what the reply shows. */
export interface TransactionResult {
  readonly type: number
  readonly error: ZooKeeperErrorName
  readonly path?: string | null
  readonly stat?: Stat
  readonly results?: readonly TransactionResult[]
}

/**
 * The nodes, in memory. It changes only by `apply`, while running as in recovery, so the same transactions make the same tree
 * everywhere; applying one again, as recovery over a fuzzy snapshot does, changes nothing more. Watches fire from here, in the order of the changes.
 */
export class DataTree {
  readonly watches = new Watches()
  readonly acls = new AclCache()
  readonly owned = new OwnedNodes()
  readonly root: DataNode
  readonly #arena = new RecordArena()
  readonly quotas = new QuotaStatistics((path) => this.get(path))
  /** The digests that the tree has had, now and then: what the command `hash` shows, to be compared with other servers. */
  readonly digestLog: { readonly zxid: bigint; readonly digest: bigint }[] = []
  readonly #digestEnabled: boolean
  /** A planted fault (`ZooKeeperFaults`). */
  keepEphemerals = false
  /** Told of each read of a node, with how many bytes of data or of its children's names were read. */
  onRead: ((path: string, sizeBytes: number) => void) | undefined = undefined
  /** Told of each node that is made, changed or deleted, with how many bytes of data it was given. */
  onWritten: ((path: string, sizeBytes: number) => void) | undefined = undefined
  lastProcessedZxid = 0n
  nodeCount = 0
  /** Lengths of paths and data. */
  sizeBytes = 0
  #digest = 0n
  /** Parents that a transaction has changed, by path: their digests are made once, at its end. */
  readonly #undigested = new Map<string, DataNode>()
  /** The folder that was looked into last: what is asked for next is mostly in there. */
  #folderPath = ''
  #folder: DataNode | undefined

  constructor(options: { digestEnabled?: boolean } = {}) {
    this.#digestEnabled = options.digestEnabled ?? true
    this.root = DataNode.create(this.#arena, 0n, 0n, 0n, Buffer.alloc(0))
    this.clear()
    this.#addOwnNodes()
  }

  /** Sum of the digests of all nodes, as a signed 64-bit number. */
  get digest(): bigint {
    return this.#digest
  }

  /** An empty root, for a snapshot to be loaded into. */
  clear(): void {
    this.root.children = undefined
    this.#folder = undefined
    this.root.initialize(0n, 0n, 0n)
    this.root.setData(Buffer.alloc(0))
    this.owned.clear()
    this.nodeCount = 1
    this.sizeBytes = 0
    this.#digest = 0n
    this.root.digest = 0
    this.#redigest('/', this.root)
  }

  #addOwnNodes(): void {
    for (const path of ['/zookeeper', '/zookeeper/quota', '/zookeeper/config']) {
      const node = this.loadNode(path, Buffer.alloc(0), -1, Buffer.alloc(statSizeBytes))
      if (path === '/zookeeper/config') {
        node.aclKey = this.acls.use(readOnlyAcl)
        node.aversion = -1
      }
      this.finishLoadedNode(path, node)
    }
  }

  /** The node at a path, `/` and the empty path being the root. */
  get(path: string): DataNode | undefined {
    if (path === '/' || path === '') return this.root
    if (path.charCodeAt(0) !== 0x2f) return undefined
    const slash = path.lastIndexOf('/')
    if (slash === 0) return this.root.children?.get(path.slice(1))
    const folderPath = path.slice(0, slash)
    if (folderPath !== this.#folderPath || this.#folder === undefined) {
      this.#folder = this.#walkTo(folderPath)
      this.#folderPath = folderPath
    }
    return this.#folder?.children?.get(path.slice(slash + 1))
  }

  #walkTo(path: string): DataNode | undefined {
    let node: DataNode | undefined = this.root
    for (let start = 1; node !== undefined;) {
      const slash = path.indexOf('/', start)
      node = node.children?.get(slash === -1 ? path.slice(start) : path.slice(start, slash))
      if (slash === -1) return node
      start = slash + 1
    }
    return undefined
  }

  aclOf(node: DataNode): readonly Acl[] {
    return this.acls.get(node.aclKey)
  }

  /** How many nodes are below a node, at any depth. */
  countBelow(node: DataNode): number {
    let count = 0
    for (const _below of nodesBelow('/', node)) count++
    return count
  }

  /** Applies a transaction and moves `lastProcessedZxid` on. */
  apply(header: TxnHeader, transaction: Transaction): TransactionResult {
    const result = this.#apply(header, transaction)
    for (const [path, node] of this.#undigested) this.#redigest(path, node)
    this.#undigested.clear()
    if (header.zxid > this.lastProcessedZxid) this.lastProcessedZxid = header.zxid
    if (header.zxid % digestLogInterval === 0n && this.#digestEnabled) {
      this.digestLog.push({ zxid: header.zxid, digest: this.#digest })
      if (this.digestLog.length > digestLogLength) this.digestLog.shift()
    }
    return result
  }

  #apply(header: TxnHeader, transaction: Transaction): TransactionResult {
    const { type } = transaction
    switch (type) {
      case OpCode.create:
      case OpCode.create2: {
        const owner = transaction.value.ephemeral ? header.clientId : 0n
        return this.#create(header, type, transaction.value, owner)
      }
      case OpCode.createContainer:
        return this.#create(header, type, transaction.value, containerOwner)
      case OpCode.createTtl:
        return this.#create(header, type, transaction.value, ttlOwner(transaction.value.ttl))
      case OpCode.delete:
      case OpCode.deleteContainer:
        return { type, error: this.#delete(transaction.value.path ?? '', header.zxid) }
      case OpCode.setData:
      case OpCode.reconfig:
        return this.#setData(
          header,
          type,
          transaction.value.path ?? '',
          transaction.value.data,
          transaction.value.version,
        )
      case OpCode.setAcl:
        return this.#setAcl(type, transaction.value.path ?? '', transaction.value.acl, transaction.value.version)
      case OpCode.closeSession:
        this.#closeSession(header.clientId, header.zxid, transaction.value.paths2Delete ?? [])
        return { type, error: 'OK' }
      case OpCode.error:
        return { type, error: zooKeeperErrorOf(transaction.value.err).name }
      case OpCode.check:
      case OpCode.createSession:
        return { type, error: 'OK' }
      case OpCode.multi:
        return this.#applyMulti(header, transaction.value)
    }
  }

  #applyMulti(header: TxnHeader, transactions: readonly Transaction[]): TransactionResult {
    const type = OpCode.multi
    if (!transactions.some((part) => part.type === OpCode.error)) {
      return { type, error: 'OK', results: transactions.map((part) => this.#apply(header, part)) }
    }
    // One failed when this was prepared: nothing is done, and each says OK, its own error, or that it was not tried.
    const results = transactions.map((part): TransactionResult => {
      const error = part.type === OpCode.error ? zooKeeperErrorOf(part.value.err).name : 'OK'
      return { type: OpCode.error, error }
    })
    return { type, error: 'OK', results }
  }

  #create(
    { zxid, time }: TxnHeader,
    type: number,
    txn: { path: string | null; data: Buffer | null; acl: readonly Acl[] | null; parentCVersion: number },
    owner: bigint,
  ): TransactionResult {
    const path = txn.path ?? ''
    const parentPath = parentPathOf(path)
    const parent = this.get(parentPath)
    if (parent === undefined) return { type, error: 'NO_NODE' }
    const existing = parent.children?.get(nameOf(path))
    if (existing !== undefined) {
      // Only recovery over a fuzzy snapshot comes here: the snapshot holds the node already, perhaps with an ACL that it does not know.
      const aclKey = this.acls.use(txn.acl)
      this.acls.release(existing.aclKey)
      existing.aclKey = aclKey
      this.#countChild(parentPath, parent, txn.parentCVersion, zxid)
      return { type, error: 'NODE_EXISTS' }
    }
    this.#countChild(parentPath, parent, txn.parentCVersion, zxid)
    const node = DataNode.create(this.#arena, zxid, time, owner, txn.data)
    node.aclKey = this.acls.use(txn.acl)
    this.#attach(path, parent, node)
    this.#redigest(path, node, txn.data)
    this.quotas.created(path, node.dataLength)
    this.onWritten?.(path, node.dataLength)
    this.watches.nodeCreated(path, zxid, txn.acl ?? [], parentPath, this.aclOf(parent))
    return { type, error: 'OK', path, ...(type === OpCode.create ? {} : { stat: node.toStat() }) }
  }

  /** The parent's part in a create. Replayed over a younger snapshot it must not go back. */
  #countChild(parentPath: string, parent: DataNode, cversionGiven: number, zxid: bigint): void {
    const cversion = cversionGiven === -1 ? parent.cversion + 1 : cversionGiven
    if (cversion <= parent.cversion) return
    parent.cversion = cversion
    parent.pzxid = zxid
    this.#undigested.set(parentPath, parent)
  }

  #attach(path: string, parent: DataNode, node: DataNode): void {
    parent.children ??= new Map()
    parent.children.set(ownString(nameOf(path)), node)
    this.nodeCount++
    this.sizeBytes += path.length + node.dataLength
    this.owned.add(path, node.ephemeralOwner)
  }

  #delete(path: string, zxid: bigint): ZooKeeperErrorName {
    const parentPath = parentPathOf(path)
    const parent = this.get(parentPath)
    if (parent === undefined) return 'NO_NODE'
    if (zxid > parent.pzxid) {
      parent.pzxid = zxid
      this.#undigested.set(parentPath, parent)
    }
    const name = nameOf(path)
    const node = parent.children?.get(name)
    if (parent.children === undefined || node === undefined) return 'NO_NODE'
    parent.children.delete(name)
    if (parent.children.size === 0) parent.children = undefined
    const acl = this.aclOf(node)
    const { dataLength } = node
    this.#detach(path, node)
    this.quotas.deleted(path, dataLength)
    this.onWritten?.(path, 0)
    this.watches.nodeDeleted(path, zxid, acl, parentPath, this.aclOf(parent))
    return 'OK'
  }

  #detach(path: string, node: DataNode): void {
    this.nodeCount--
    this.sizeBytes -= path.length + node.dataLength
    this.acls.release(node.aclKey)
    this.#digest = BigInt.asIntN(64, this.#digest - BigInt(node.digest))
    this.#undigested.delete(path)
    this.#folder = undefined
    this.owned.delete(path, node.ephemeralOwner)
    node.release()
  }

  #setData(
    { zxid, time }: TxnHeader,
    type: number,
    path: string,
    data: Buffer | null,
    version: number,
  ): TransactionResult {
    const node = this.get(path)
    if (node === undefined) return { type, error: 'NO_NODE' }
    const growthBytes = (data?.length ?? 0) - node.dataLength
    node.setData(data)
    node.mtime = time
    node.mzxid = zxid
    node.version = version
    this.sizeBytes += growthBytes
    this.#redigest(path, node, data)
    this.quotas.changed(path, growthBytes)
    this.onWritten?.(path, data?.length ?? 0)
    const stat = node.toStat()
    this.watches.nodeDataChanged(path, zxid, this.aclOf(node))
    return { type, error: 'OK', path, stat }
  }

  #setAcl(type: number, path: string, acl: readonly Acl[] | null, version: number): TransactionResult {
    const node = this.get(path)
    if (node === undefined) return { type, error: 'NO_NODE' }
    const aclKey = this.acls.use(acl)
    this.acls.release(node.aclKey)
    node.aclKey = aclKey
    node.aversion = version
    this.#redigest(path, node)
    return { type, error: 'OK', path, stat: node.toStat() }
  }

  #closeSession(sessionId: bigint, zxid: bigint, paths: readonly (string | null)[]): void {
    if (this.keepEphemerals) return
    for (const path of paths) if (path !== null) this.#delete(path, zxid)
    // What the transaction does not name: it was written by an old server, or is replayed over a younger snapshot.
    for (const path of this.owned.ephemeralsOf(sessionId)) this.#delete(path, zxid)
  }

  #redigest(path: string, node: DataNode, data: Buffer | null = node.data): void {
    if (!this.#digestEnabled) return
    const digest = nodeDigest(path, data, node)
    this.#digest = BigInt.asIntN(64, this.#digest + BigInt(digest - node.digest))
    node.digest = digest
  }

  /** A node of a snapshot, with its stat as that has it. The parent must be there; the root is the one that is there. */
  loadNode(path: string, data: Buffer | null, aclKey: number, stat: Buffer): DataNode {
    const node = path === '/' ? this.root : DataNode.load(this.#arena, stat, data)
    if (node === this.root) {
      node.setStat(stat)
      node.setData(data)
    }
    node.aclKey = aclKey
    this.acls.useKey(aclKey)
    return node
  }

  /** Puts a node of a snapshot in its place. False when its parent is not there. */
  finishLoadedNode(path: string, node: DataNode): boolean {
    if (node !== this.root) {
      const parent = this.get(parentPathOf(path))
      if (parent === undefined) return false
      this.#attach(path, parent, node)
    }
    this.#redigest(path, node)
    return true
  }

  /** All nodes of a snapshot are there. */
  finishLoading(): void {
    this.acls.dropUnused()
    this.quotas.load()
  }
}

/** A slice of a longer string would keep all of that in memory. */
function ownString(text: string): string {
  return text.length < 13 ? text : Buffer.from(text).toString()
}
