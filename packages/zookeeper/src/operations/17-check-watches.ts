// checkWatches (17), removeWatches (18)
import { DecodeError } from '@odradek/base'
import {
  checkWatchesRequest,
  OpCode,
  removeWatchesRequest,
  WatcherType,
  ZooKeeperError,
} from '@odradek/zookeeper-protocol'
import type { CheckWatchesRequest } from '@odradek/zookeeper-protocol'
import { read } from './operation.ts'

function requireType(type: number): asserts type is WatcherType {
  if (type < WatcherType.children || type > WatcherType.persistentRecursive) {
    throw new DecodeError('MALFORMED', `watcher type ${type}`)
  }
}

export const checkWatches = read<CheckWatchesRequest>({
  type: OpCode.checkWatches,
  name: 'checkWatches',
  request: checkWatchesRequest,
  answer({ path, type }, { tree, client }) {
    requireType(type)
    if (!tree.watches.has(path ?? '', client, type)) throw new ZooKeeperError('NO_WATCHER')
    return undefined
  },
})

export const removeWatches = read<CheckWatchesRequest>({
  type: OpCode.removeWatches,
  name: 'removeWatches',
  request: removeWatchesRequest,
  answer({ path, type }, { tree, client }) {
    requireType(type)
    if (!tree.watches.remove(path ?? '', client, type)) throw new ZooKeeperError('NO_WATCHER')
    return undefined
  },
})
