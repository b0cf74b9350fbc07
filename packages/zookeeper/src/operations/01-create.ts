// create (1), create2 (15), createContainer (19), createTTL (21)
import {
  create2Response,
  CreateMode,
  createRequest,
  createResponse,
  createTtlRequest,
  OpCode,
  Permission,
  ZooKeeperError,
} from '@odradek/zookeeper-protocol'
import type { Acl, CreateRequest, CreateTtlRequest, Stat } from '@odradek/zookeeper-protocol'
import { containerOwner, nodeKindOf, ttlMsLimit, ttlOwner } from '../core/ephemeral-owner.ts'
import { parentPathOf, sequenceSuffix, validatePath } from '../core/path.ts'
import type { ReplyBody } from '../core/request.ts'
import type { Transaction } from '../core/transaction.ts'
import type { TransactionResult } from '../core/tree/data-tree.ts'
import { write } from './operation.ts'
import type { PrepareContext } from './operation.ts'

type PlainType = typeof OpCode.create | typeof OpCode.create2 | typeof OpCode.createContainer

export function prepareCreate(type: PlainType, request: CreateRequest, context: PrepareContext): Transaction {
  const { flags, data } = request
  requireMode(flags, undefined, context)
  const isEphemeral = flags === CreateMode.ephemeral || flags === CreateMode.ephemeralSequential
  // The type of the transaction, not the mode, decides what the node is: plain create with the mode for containers makes an ordinary one.
  const isContainer = type === OpCode.createContainer
  const owner = isContainer ? containerOwner : isEphemeral ? context.sessionId : 0n
  const { path, acl, parentCVersion } = addNode(request, owner, context)
  if (isContainer) return { type, value: { path, data, acl, parentCVersion } }
  return { type, value: { path, data, acl, ephemeral: isEphemeral, parentCVersion } }
}

export function prepareCreateTtl(request: CreateTtlRequest, context: PrepareContext): Transaction {
  const { ttl, data } = request
  requireMode(request.flags, ttl, context)
  const { path, acl, parentCVersion } = addNode(request, ttlOwner(ttl), context)
  return { type: OpCode.createTtl, value: { path, data, acl, parentCVersion, ttl } }
}

function requireMode(flags: number, ttl: bigint | undefined, context: PrepareContext): void {
  if (flags < CreateMode.persistent || flags > CreateMode.persistentSequentialWithTtl) {
    throw new ZooKeeperError('BAD_ARGUMENTS', `create flags ${flags}`)
  }
  const isTtl = flags === CreateMode.persistentWithTtl || flags === CreateMode.persistentSequentialWithTtl
  if (isTtl && !context.extendedTypesEnabled) {
    throw new ZooKeeperError('UNIMPLEMENTED', 'nodes with a time to live need extendedTypesEnabled=true')
  }
  const isValid = isTtl ? ttl !== undefined && ttl > 0n && ttl < ttlMsLimit : ttl === undefined
  if (!isValid) throw new ZooKeeperError('BAD_ARGUMENTS', `time to live ${ttl} with create flags ${flags}`)
}

function addNode(
  request: CreateRequest,
  owner: bigint,
  { changes, access, identities, checkQuota }: PrepareContext,
): { path: string; acl: readonly Acl[]; parentCVersion: number } {
  const { flags, data } = request
  const parentPath = parentPathOf(request.path)
  const acl = access.resolve(request.acl, identities)
  const parent = changes.get(parentPath)
  access.check(parent.acl, Permission.create, identities)
  const isSequential =
    flags === CreateMode.persistentSequential ||
    flags === CreateMode.ephemeralSequential ||
    flags === CreateMode.persistentSequentialWithTtl
  const path = isSequential ? request.path + sequenceSuffix(parent.stat.cversion) : request.path
  validatePath(path)
  if (changes.find(path) !== undefined) throw new ZooKeeperError('NODE_EXISTS')
  if (nodeKindOf(parent.stat.ephemeralOwner) === 'ephemeral') throw new ZooKeeperError('NO_CHILDREN_FOR_EPHEMERALS')
  checkQuota(path, 1, () => data?.length ?? 0)
  const parentCVersion = (parent.stat.cversion + 1) | 0
  changes.update(parent, (stat, record) => {
    stat.cversion = parentCVersion
    stat.pzxid = changes.zxid
    record.childCount++
  })
  changes.add(path, data, acl, owner)
  return { path, acl, parentCVersion }
}

function replyWithStat(result: TransactionResult): ReplyBody {
  const { path = null, stat } = result
  return (writer) => create2Response.encode(writer, { path, stat: stat as Stat })
}

export const create = write<CreateRequest>({
  type: OpCode.create,
  name: 'create',
  request: createRequest,
  prepare: (request, context) => prepareCreate(OpCode.create, request, context),
  reply:
    ({ path = null }) =>
    (writer) =>
      createResponse.encode(writer, { path }),
})

export const create2 = write<CreateRequest>({
  type: OpCode.create2,
  name: 'create2',
  request: createRequest,
  prepare: (request, context) => prepareCreate(OpCode.create2, request, context),
  reply: replyWithStat,
})

export const createContainer = write<CreateRequest>({
  type: OpCode.createContainer,
  name: 'createContainer',
  request: createRequest,
  prepare: (request, context) => prepareCreate(OpCode.createContainer, request, context),
  reply: replyWithStat,
})

export const createTtl = write<CreateTtlRequest>({
  type: OpCode.createTtl,
  name: 'createTTL',
  request: createTtlRequest,
  prepare: prepareCreateTtl,
  reply: replyWithStat,
})
