// reconfig (16)
import { OpCode, reconfigRequest, ZooKeeperError } from '@odradek/zookeeper-protocol'
import type { ReconfigRequest } from '@odradek/zookeeper-protocol'
import { write } from './operation.ts'

/** A single server has no ensemble to change. */
export const reconfig = write<ReconfigRequest>({
  type: OpCode.reconfig,
  name: 'reconfig',
  request: reconfigRequest,
  prepare(_request, { reconfigEnabled }) {
    throw new ZooKeeperError(reconfigEnabled ? 'UNIMPLEMENTED' : 'RECONFIG_DISABLED')
  },
  reply: () => undefined,
})
