// Multi between the client's words and the protocol's.
import { CreateMode, OpCode, ZooKeeperError, zooKeeperErrorOf } from '@odradek/zookeeper-protocol'
import type { MultiOperation, MultiResult } from '@odradek/zookeeper-protocol'
import { openAcl } from '../acl.ts'
import type { Chroot } from '../core/chroot.ts'
import type { CreateModeName, CreateOptions, MultiOutcome, Operation, OperationResult } from '../operation.ts'

const flags: Readonly<Record<CreateModeName, number>> = {
  persistent: CreateMode.persistent,
  ephemeral: CreateMode.ephemeral,
  persistentSequential: CreateMode.persistentSequential,
  ephemeralSequential: CreateMode.ephemeralSequential,
  container: CreateMode.container,
  persistentWithTtl: CreateMode.persistentWithTtl,
  persistentSequentialWithTtl: CreateMode.persistentSequentialWithTtl,
}

/** The `flags` of a create request. */
export function createFlags(mode: CreateModeName = 'persistent'): number {
  return flags[mode]
}

/** The `ttl` of a create request; undefined for a node without one. Throws BAD_ARGUMENTS when mode and TTL do not fit. */
export function ttlOf({ mode, ttlMs }: CreateOptions): bigint | undefined {
  const needsTtl = mode === 'persistentWithTtl' || mode === 'persistentSequentialWithTtl'
  if (needsTtl && ttlMs !== undefined && Number.isSafeInteger(ttlMs) && ttlMs > 0) return BigInt(ttlMs)
  if (!needsTtl && ttlMs === undefined) return undefined
  throw new ZooKeeperError(
    'BAD_ARGUMENTS',
    needsTtl ? `mode ${mode} needs ttlMs, a whole number above 0` : `ttlMs needs a mode with a TTL, not ${mode}`,
  )
}

export function toWire(operation: Operation, chroot: Chroot): MultiOperation {
  const path = chroot.toServer(operation.path)
  switch (operation.op) {
    case 'create': {
      const { data, acl = openAcl, mode } = operation
      const ttl = ttlOf(operation)
      const request = { path, data, acl, flags: createFlags(mode) }
      if (ttl !== undefined) return { type: OpCode.createTtl, request: { ...request, ttl } }
      return { type: OpCode.create2, request }
    }
    case 'delete':
      return { type: OpCode.delete, request: { path, version: operation.version ?? -1 } }
    case 'setData':
      return { type: OpCode.setData, request: { path, data: operation.data, version: operation.version ?? -1 } }
    case 'check':
      return { type: OpCode.check, request: { path, version: operation.version } }
  }
}

/** What the server's results mean for `operations`. Throws MARSHALLING_ERROR when they do not fit them. */
export function fromWire(
  operations: readonly Operation[],
  results: readonly MultiResult[],
  chroot: Chroot,
): MultiOutcome {
  if (results.length !== operations.length) throw misfit(`${results.length} results`, operations.length)
  if (results.some((result) => result.type === OpCode.error)) return failure(results)
  return {
    committed: true,
    results: operations.map((operation, index) => fit(operation, results[index] as MultiResult, chroot)),
  }
}

function failure(results: readonly MultiResult[]): MultiOutcome {
  const codes = results.map((result) => zooKeeperErrorOf(result.type === OpCode.error ? result.err : 0).name)
  const failedIndex = codes.findIndex((code) => code !== 'OK')
  const failedWith = codes[failedIndex]
  if (failedWith === undefined) throw misfit('a failure without a reason', results.length)
  return { committed: false, failedIndex, failedWith, codes }
}

function fit(operation: Operation, result: MultiResult, chroot: Chroot): OperationResult {
  switch (operation.op) {
    case 'create':
      if (result.type !== OpCode.create2) break
      return { op: 'create', path: chroot.toClient(result.path ?? ''), stat: result.stat }
    case 'setData':
      if (result.type !== OpCode.setData) break
      return { op: 'setData', stat: result.stat }
    case 'delete':
    case 'check':
      return { op: operation.op }
  }
  throw misfit(`a result of type ${result.type} for ${operation.op}`, 1)
}

function misfit(what: string, operationCount: number): ZooKeeperError {
  return new ZooKeeperError('MARSHALLING_ERROR', `the server sent ${what} for ${operationCount} operations of a multi`)
}
