/** What the controller asks of ZooKeeper, as data. `watch` arms the one-shot watch whose event comes back as `znode-changed`. */
export type ZnodeOperation =
  | { readonly op: 'exists'; readonly path: string; readonly watch?: boolean }
  | { readonly op: 'getData'; readonly path: string; readonly watch?: boolean }
  | { readonly op: 'getChildren'; readonly path: string; readonly watch?: boolean }
  | ZnodeWrite
  | { readonly op: 'multi'; readonly operations: readonly (ZnodeWrite | ZnodeCheck)[] }

export type ZnodeWrite =
  | { readonly op: 'create'; readonly path: string; readonly data: Buffer | null; readonly ephemeral?: boolean }
  | { readonly op: 'setData'; readonly path: string; readonly data: Buffer | null; readonly version: number }
  | { readonly op: 'delete'; readonly path: string }

export interface ZnodeCheck {
  readonly op: 'check'
  readonly path: string
  readonly version: number
}

/** What came of an operation. The fields that an operation does not bring are empty. */
export interface ZnodeResult {
  /** The name of ZooKeeper's error (`NO_NODE`, `BAD_VERSION`, …), or undefined. Of a multi: of the operation that failed. */
  readonly error: string | undefined
  /** Which operation of a multi failed. */
  readonly failedIndex: number
  readonly data: Buffer | null
  readonly children: readonly string[]
  /** Of the node that was read or, last of all, written. */
  readonly version: number
  /** The transaction that made the node: a broker's epoch. */
  readonly czxid: bigint
}

/**
 * A procedure of the controller: it yields a batch of operations, which the host sends in order without waiting between them,
 * and goes on with their results. Between two yields nothing else runs, so a procedure reads like the blocking code that it replaces.
 */
export type Steps<Value> = Generator<readonly ZnodeOperation[], Value, readonly ZnodeResult[]>

/** One operation, one result. */
export function* ask(operation: ZnodeOperation): Steps<ZnodeResult> {
  const [result] = yield [operation]
  return result as ZnodeResult
}

/** Many operations; nothing is sent for none. */
export function* askAll(operations: readonly ZnodeOperation[]): Steps<readonly ZnodeResult[]> {
  return operations.length === 0 ? [] : yield operations
}

/** ZooKeeper refused something that the controller cannot go on without. */
export class ZnodeOperationFailed extends Error {
  readonly operation: ZnodeOperation
  readonly result: ZnodeResult

  constructor(operation: ZnodeOperation, result: ZnodeResult) {
    super(`ZooKeeper answered ${result.error} to ${operation.op}${'path' in operation ? ` of ${operation.path}` : ''}.`)
    this.name = 'ZnodeOperationFailed'
    this.operation = operation
    this.result = result
  }
}

/** The result, unless it is an error other than the `allowed` ones. */
export function expect(operation: ZnodeOperation, result: ZnodeResult, ...allowed: readonly string[]): ZnodeResult {
  if (result.error !== undefined && !allowed.includes(result.error)) throw new ZnodeOperationFailed(operation, result)
  return result
}
