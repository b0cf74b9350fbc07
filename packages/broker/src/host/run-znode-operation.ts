import type { MultiOutcome, Operation, Stat, Watch, ZooKeeperClient } from '@odradek/zookeeper-client'
import { ZooKeeperError } from '@odradek/zookeeper-client'
import type { ZnodeCheck, ZnodeOperation, ZnodeResult, ZnodeWrite } from '../core/controller/znode-operation.ts'

const nothing: ZnodeResult = {
  error: undefined,
  failedIndex: -1,
  data: null,
  children: [],
  version: -1,
  czxid: -1n,
}

const fromStat = (stat: Stat): ZnodeResult => ({ ...nothing, version: stat.version, czxid: stat.czxid })

function toOperation(write: ZnodeWrite | ZnodeCheck): Operation {
  switch (write.op) {
    case 'create':
      return {
        op: 'create',
        path: write.path,
        data: write.data,
        mode: write.ephemeral === true ? 'ephemeral' : 'persistent',
      }
    case 'setData':
      return { op: 'setData', path: write.path, data: write.data, version: write.version }
    case 'delete':
      return { op: 'delete', path: write.path }
    case 'check':
      return { op: 'check', path: write.path, version: write.version }
  }
}

function fromMulti(outcome: MultiOutcome): ZnodeResult {
  if (!outcome.committed) return { ...nothing, error: outcome.failedWith, failedIndex: outcome.failedIndex }
  const last = outcome.results.at(-1)
  return last !== undefined && 'stat' in last ? fromStat(last.stat) : nothing
}

async function run(client: ZooKeeperClient, operation: ZnodeOperation, onChange: Watch): Promise<ZnodeResult> {
  const watch = 'watch' in operation && operation.watch === true ? onChange : undefined
  switch (operation.op) {
    case 'exists': {
      const stat = await client.exists(operation.path, watch)
      return stat === undefined ? { ...nothing, error: 'NO_NODE' } : fromStat(stat)
    }
    case 'getData': {
      const { data, stat } = await client.getData(operation.path, watch)
      return { ...fromStat(stat), data }
    }
    case 'getChildren': {
      const { children, stat } = await client.getChildren(operation.path, watch)
      return { ...fromStat(stat), children }
    }
    case 'create': {
      const mode = operation.ephemeral === true ? 'ephemeral' : 'persistent'
      const { stat } = await client.create(operation.path, operation.data, { mode })
      return fromStat(stat)
    }
    case 'setData':
      return fromStat(await client.setData(operation.path, operation.data, operation.version))
    case 'delete':
      await client.delete(operation.path)
      return nothing
    case 'multi':
      return fromMulti(await client.multi(operation.operations.map(toOperation)))
  }
}

/**
 * Does one operation of the controller; an error that ZooKeeper answers becomes part of the result. What says nothing about the znode
 * (CONNECTION_LOSS, SESSION_EXPIRED) is thrown. `onChange` must be the same function for all operations of a session: the client
 * counts the same function on the same path as one watch, and others as more.
 */
export async function runZnodeOperation(
  client: ZooKeeperClient,
  operation: ZnodeOperation,
  onChange: Watch,
): Promise<ZnodeResult> {
  try {
    return await run(client, operation, onChange)
  } catch (error) {
    if (!(error instanceof ZooKeeperError)) throw error
    if (error.code === 'CONNECTION_LOSS' || error.code === 'SESSION_EXPIRED') throw error
    return { ...nothing, error: error.code }
  }
}
