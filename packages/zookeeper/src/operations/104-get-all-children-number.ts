// getAllChildrenNumber (104)
import { getAllChildrenNumberRequest, getAllChildrenNumberResponse, OpCode } from '@odradek/zookeeper-protocol'
import type { GetAllChildrenNumberRequest } from '@odradek/zookeeper-protocol'
import { read } from './operation.ts'
import { readableNode } from './readable-node.ts'

/** Nodes below, at any depth. */
export const getAllChildrenNumber = read<GetAllChildrenNumberRequest>({
  type: OpCode.getAllChildrenNumber,
  name: 'getAllChildrenNumber',
  request: getAllChildrenNumberRequest,
  answer({ path }, context) {
    const totalNumber = context.tree.countBelow(readableNode(path, context))
    return (writer) => getAllChildrenNumberResponse.encode(writer, { totalNumber })
  },
})
