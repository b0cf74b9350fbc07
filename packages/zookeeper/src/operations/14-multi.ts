// multi (14), with check (13) that exists only within it
import {
  decodeMultiRequest,
  encodeMultiRequest,
  encodeMultiResponse,
  OpCode,
  Permission,
  ZooKeeperError,
  ZooKeeperErrorCode,
} from '@odradek/zookeeper-protocol'
import type { Jute, MultiOperation, MultiResult, Stat } from '@odradek/zookeeper-protocol'
import { DecodeError } from '@odradek/base'
import { validatePath } from '../core/path.ts'
import type { Transaction } from '../core/transaction.ts'
import type { TransactionResult } from '../core/tree/data-tree.ts'
import { prepareCreate, prepareCreateTtl } from './01-create.ts'
import { prepareDelete } from './02-delete.ts'
import { prepareSetData } from './05-set-data.ts'
import { write } from './operation.ts'
import type { PrepareContext } from './operation.ts'
import { nextVersion } from './version.ts'

/** Undefined: it could not be read. A multi takes its place in the order all the same, and fails as a transaction. */
type MultiRequest = readonly MultiOperation[] | undefined

export const multiRequest: Jute<MultiRequest> = {
  kind: 'record',
  minSizeBytes: 9,
  decode(reader) {
    try {
      return decodeMultiRequest(reader)
    } catch (error) {
      if (error instanceof DecodeError) return undefined
      throw error
    }
  },
  encode: (writer, operations) => encodeMultiRequest(writer, operations ?? []),
}

function prepareOperation(operation: MultiOperation, context: PrepareContext): Transaction {
  switch (operation.type) {
    case OpCode.create:
    case OpCode.create2:
    case OpCode.createContainer:
      return prepareCreate(operation.type, operation.request, context)
    case OpCode.createTtl:
      return prepareCreateTtl(operation.request, context)
    case OpCode.delete:
      return prepareDelete(operation.request, context)
    case OpCode.setData:
      return prepareSetData(operation.request, context)
    case OpCode.check: {
      const { path, version } = operation.request
      validatePath(path)
      const node = context.changes.get(path)
      context.access.check(node.acl, Permission.read, context.identities)
      return { type: OpCode.check, value: { path, version: nextVersion(node.stat.version, version) } }
    }
    case OpCode.getData:
    case OpCode.getChildren:
      throw new ZooKeeperError('MARSHALLING_ERROR', 'a multi of writes cannot hold a read')
  }
}

/** All or nothing. A failing one is a transaction too, made of the errors that the reply shows. */
export const multi = write<MultiRequest>({
  type: OpCode.multi,
  name: 'multi',
  request: multiRequest,
  prepare(operations, context) {
    const isRead = operations?.some(({ type }) => type === OpCode.getData || type === OpCode.getChildren)
    if (operations === undefined || isRead) throw new ZooKeeperError('MARSHALLING_ERROR')
    const transactions: Transaction[] = []
    let hasFailed = false
    for (const operation of operations) {
      if (hasFailed) {
        transactions.push({ type: OpCode.error, value: { err: ZooKeeperErrorCode.RUNTIME_INCONSISTENCY } })
        continue
      }
      try {
        transactions.push(prepareOperation(operation, context))
      } catch (error) {
        if (!(error instanceof ZooKeeperError)) throw error
        hasFailed = true
        context.changes.rollback()
        transactions.push({ type: OpCode.error, value: { err: error.errorCode } })
      }
    }
    return { type: OpCode.multi, value: transactions }
  },
  reply({ results = [] }) {
    return (writer) => encodeMultiResponse(writer, results.map(toMultiResult))
  },
})

function toMultiResult({ type, error, path = null, stat }: TransactionResult): MultiResult {
  switch (type) {
    case OpCode.create:
      return { type, path }
    case OpCode.create2:
    case OpCode.createContainer:
    case OpCode.createTtl:
      return { type: OpCode.create2, path, stat: stat as Stat }
    case OpCode.setData:
      return { type, stat: stat as Stat }
    case OpCode.delete:
    case OpCode.check:
      return { type }
    default:
      return { type: OpCode.error, err: ZooKeeperErrorCode[error] }
  }
}
