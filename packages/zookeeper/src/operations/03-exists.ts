// exists (3)
import { existsRequest, existsResponse, OpCode, Permission, ZooKeeperError } from '@odradek/zookeeper-protocol'
import type { ExistsRequest } from '@odradek/zookeeper-protocol'
import { WatchMode } from '../core/watch/watch-table.ts'
import { read } from './operation.ts'

/** The watch is armed also when the node is not there; the reply is NO_NODE then. */
export const exists = read<ExistsRequest>({
  type: OpCode.exists,
  name: 'exists',
  request: existsRequest,
  answer({ path, watch }, { tree, access, client }) {
    if (path === null || path.includes('\0')) throw new ZooKeeperError('BAD_ARGUMENTS')
    const node = tree.get(path)
    if (node !== undefined) access.check(tree.aclOf(node), Permission.read, client.identities)
    if (watch) tree.watches.data.add(path, client, WatchMode.once)
    if (node === undefined) throw new ZooKeeperError('NO_NODE')
    tree.onRead?.(path, 0)
    return (writer) => existsResponse.encode(writer, { stat: node.toStat() })
  },
})
