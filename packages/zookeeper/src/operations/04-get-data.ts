// getData (4)
import { getDataRequest, getDataResponse, OpCode } from '@odradek/zookeeper-protocol'
import type { GetDataRequest } from '@odradek/zookeeper-protocol'
import { WatchMode } from '../core/watch/watch-table.ts'
import { read } from './operation.ts'
import { readableNode } from './readable-node.ts'

export const getData = read<GetDataRequest>({
  type: OpCode.getData,
  name: 'getData',
  request: getDataRequest,
  answer({ path, watch }, context) {
    const node = readableNode(path, context)
    context.tree.onRead?.(path ?? '', node.dataLength)
    if (watch) context.tree.watches.data.add(path ?? '', context.client, WatchMode.once)
    return (writer) => getDataResponse.encode(writer, { data: node.data, stat: node.toStat() })
  },
})
