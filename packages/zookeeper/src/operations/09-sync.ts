// sync (9)
import { OpCode, syncRequest, syncResponse } from '@odradek/zookeeper-protocol'
import type { SyncRequest } from '@odradek/zookeeper-protocol'
import { read } from './operation.ts'

/** On a single server every read shows all that was answered: there is nothing to wait for but the session's own writes. */
export const sync = read<SyncRequest>({
  type: OpCode.sync,
  name: 'sync',
  request: syncRequest,
  answer:
    ({ path }) =>
    (writer) =>
      syncResponse.encode(writer, { path }),
})
