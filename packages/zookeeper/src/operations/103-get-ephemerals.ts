// getEphemerals (103)
import { getEphemeralsRequest, getEphemeralsResponse, OpCode } from '@odradek/zookeeper-protocol'
import type { GetEphemeralsRequest } from '@odradek/zookeeper-protocol'
import { read } from './operation.ts'

/** The caller's own, whose path begins with the prefix. */
export const getEphemerals = read<GetEphemeralsRequest>({
  type: OpCode.getEphemerals,
  name: 'getEphemerals',
  request: getEphemeralsRequest,
  answer({ prefixPath }, { tree, sessionId }) {
    const prefix = prefixPath?.trim() === '/' ? '' : (prefixPath ?? '')
    const ephemerals = [...tree.owned.ephemeralsOf(sessionId)].filter((path) => path.startsWith(prefix))
    return (writer) => getEphemeralsResponse.encode(writer, { ephemerals })
  },
})
