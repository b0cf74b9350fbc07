// addWatch (106)
import { DecodeError } from '@odradek/base'
import { AddWatchMode, addWatchRequest, errorResponse, OpCode, ZooKeeperErrorCode } from '@odradek/zookeeper-protocol'
import type { AddWatchRequest } from '@odradek/zookeeper-protocol'
import { read } from './operation.ts'

/** The reply has a body of four zero bytes, which clients read. */
export const addWatch = read<AddWatchRequest>({
  type: OpCode.addWatch,
  name: 'addWatch',
  request: addWatchRequest,
  answer({ path, mode }, { tree, client }) {
    if (mode !== AddWatchMode.persistent && mode !== AddWatchMode.persistentRecursive) {
      throw new DecodeError('MALFORMED', `watch mode ${mode}`)
    }
    tree.watches.add(path ?? '', client, mode)
    return (writer) => errorResponse.encode(writer, { err: ZooKeeperErrorCode.OK })
  },
})
