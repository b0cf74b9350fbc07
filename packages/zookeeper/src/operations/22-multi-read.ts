// multiRead (22)
import { DecodeError } from '@odradek/base'
import { encodeMultiResponse, OpCode, ZooKeeperError } from '@odradek/zookeeper-protocol'
import type { MultiOperation, MultiResult } from '@odradek/zookeeper-protocol'
import { readChildren } from './08-get-children.ts'
import { multiRequest } from './14-multi.ts'
import { read } from './operation.ts'
import type { ReadContext } from './operation.ts'
import { readableNode } from './readable-node.ts'

/** Each part has its own result or error. The flags for watches are ignored. */
export const multiRead = read<readonly MultiOperation[] | undefined>({
  type: OpCode.multiRead,
  name: 'multiRead',
  request: multiRequest,
  answer(operations, context) {
    if (operations === undefined) throw new ZooKeeperError('MARSHALLING_ERROR')
    const results = operations.map((operation) => answerOne(operation, context))
    return (writer) => encodeMultiResponse(writer, results)
  },
})

function answerOne({ type, request }: MultiOperation, context: ReadContext): MultiResult {
  if (type !== OpCode.getData && type !== OpCode.getChildren) {
    throw new DecodeError('MALFORMED', `operation ${type} in a multi of reads`)
  }
  try {
    const node = readableNode(request.path, context)
    const path = request.path ?? ''
    if (type === OpCode.getChildren) return { type, children: readChildren(path, node, context) }
    context.tree.onRead?.(path, node.dataLength)
    return { type, data: node.data, stat: node.toStat() }
  } catch (error) {
    if (error instanceof ZooKeeperError) return { type: OpCode.error, err: error.errorCode }
    throw error
  }
}
