import type { ZnodeChange } from '../../src/core/controller/controller-event.ts'
import type { ZnodeCheck, ZnodeOperation, ZnodeResult, ZnodeWrite } from '../../src/core/controller/znode-operation.ts'

interface Znode {
  data: Buffer | null
  version: number
  readonly czxid: bigint
  readonly owner: number | undefined
}

type Watch = (path: string, change: ZnodeChange) => void

const empty: ZnodeResult = { error: undefined, failedIndex: -1, data: null, children: [], version: -1, czxid: -1n }

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/'

/** As much of ZooKeeper as the controller uses, in memory: versions, ephemerals by session, one-shot watches, multi. */
export class ZnodeTree {
  readonly #nodes = new Map<string, Znode>([['/', { data: null, version: 0, czxid: 0n, owner: undefined }]])
  readonly #dataWatches = new Map<string, Set<Watch>>()
  readonly #childWatches = new Map<string, Set<Watch>>()
  #zxid = 0n

  /** All paths with their data, sorted. */
  entries(): [path: string, data: string | null, version: number][] {
    return [...this.#nodes]
      .filter(([path]) => path !== '/')
      .map(([path, { data, version }]): [string, string | null, number] => [path, data?.toString() ?? null, version])
      .sort(([left], [right]) => (left < right ? -1 : 1))
  }

  has(path: string): boolean {
    return this.#nodes.has(path)
  }

  /** Creates what is missing on the way. */
  ensure(path: string, data: Buffer | null = null): void {
    if (path === '/' || this.#nodes.has(path)) return
    this.ensure(parentOf(path))
    this.run({ op: 'create', path, data }, 0)
  }

  /** `session` owns ephemerals that the operation makes; `watch` is called once for each watch that it sets. */
  run(operation: ZnodeOperation, session: number, watch?: Watch): ZnodeResult {
    if (operation.op === 'multi') return this.#multi(operation.operations, session)
    if (operation.op === 'create' || operation.op === 'setData' || operation.op === 'delete') {
      const error = this.#refusal(operation)
      if (error !== undefined) return { ...empty, error }
      this.#zxid++
      return this.#write(operation, session)
    }
    return this.#read(operation, watch)
  }

  /** Ends a session: its ephemerals go. */
  endSession(session: number): void {
    this.#zxid++
    for (const [path, { owner }] of this.#nodes) if (owner === session) this.#write({ op: 'delete', path }, session)
  }

  /** Forgets the watches of a session that is gone. */
  forgetWatches(watch: Watch): void {
    for (const watches of [...this.#dataWatches.values(), ...this.#childWatches.values()]) watches.delete(watch)
  }

  #read(operation: Exclude<ZnodeOperation, ZnodeWrite | { op: 'multi' }>, watch: Watch | undefined): ZnodeResult {
    const { op, path } = operation
    const node = this.#nodes.get(path)
    if (operation.watch === true && watch !== undefined && (node !== undefined || op === 'exists')) {
      const watches = op === 'getChildren' ? this.#childWatches : this.#dataWatches
      const set = watches.get(path) ?? new Set()
      watches.set(path, set.add(watch))
    }
    if (node === undefined) return { ...empty, error: 'NO_NODE' }
    const stat = { ...empty, version: node.version, czxid: node.czxid }
    if (op === 'getData') return { ...stat, data: node.data }
    return op === 'getChildren' ? { ...stat, children: this.#children(path) } : stat
  }

  #children(path: string): string[] {
    const prefix = path === '/' ? '/' : `${path}/`
    return [...this.#nodes.keys()]
      .filter((other) => other.startsWith(prefix) && other !== '/' && !other.slice(prefix.length).includes('/'))
      .map((other) => other.slice(prefix.length))
  }

  #refusal(operation: ZnodeWrite | ZnodeCheck): string | undefined {
    const node = this.#nodes.get(operation.path)
    if (operation.op === 'create') {
      if (!this.#nodes.has(parentOf(operation.path))) return 'NO_NODE'
      return node === undefined ? undefined : 'NODE_EXISTS'
    }
    if (node === undefined) return 'NO_NODE'
    if (operation.op === 'delete') return this.#children(operation.path).length > 0 ? 'NOT_EMPTY' : undefined
    return operation.version !== -1 && operation.version !== node.version ? 'BAD_VERSION' : undefined
  }

  #multi(operations: readonly (ZnodeWrite | ZnodeCheck)[], session: number): ZnodeResult {
    const before = new Map([...this.#nodes].map(([path, node]) => [path, { ...node }]))
    this.#zxid++
    let last = empty
    for (const [index, operation] of operations.entries()) {
      const error = this.#refusal(operation)
      if (error !== undefined) {
        this.#nodes.clear()
        for (const [path, node] of before) this.#nodes.set(path, node)
        return { ...empty, error, failedIndex: index }
      }
      if (operation.op !== 'check') last = this.#write(operation, session)
    }
    return last
  }

  #write(operation: ZnodeWrite, session: number): ZnodeResult {
    const { op, path } = operation
    if (op === 'delete') {
      this.#nodes.delete(path)
      this.#fire(this.#dataWatches, path, 'deleted')
      this.#fire(this.#childWatches, path, 'deleted')
      this.#fire(this.#childWatches, parentOf(path), 'childrenChanged')
      return empty
    }
    if (op === 'create') {
      const owner = operation.ephemeral === true ? session : undefined
      this.#nodes.set(path, { data: operation.data, version: 0, czxid: this.#zxid, owner })
      this.#fire(this.#dataWatches, path, 'created')
      this.#fire(this.#childWatches, parentOf(path), 'childrenChanged')
      return { ...empty, version: 0, czxid: this.#zxid }
    }
    const node = this.#nodes.get(path) as Znode
    node.data = operation.data
    node.version++
    this.#fire(this.#dataWatches, path, 'dataChanged')
    return { ...empty, version: node.version, czxid: node.czxid }
  }

  #fire(watches: Map<string, Set<Watch>>, path: string, change: ZnodeChange): void {
    const set = watches.get(path)
    watches.delete(path)
    for (const watch of set ?? []) watch(path, change)
  }
}
