// setData (5)
import { OpCode, Permission, setDataRequest, setDataResponse } from '@odradek/zookeeper-protocol'
import type { SetDataRequest, Stat } from '@odradek/zookeeper-protocol'
import { validatePath } from '../core/path.ts'
import type { Transaction } from '../core/transaction.ts'
import { write } from './operation.ts'
import type { PrepareContext } from './operation.ts'
import { nextVersion } from './version.ts'

export function prepareSetData(
  request: SetDataRequest,
  { changes, access, identities, checkQuota }: PrepareContext,
): Transaction {
  const { path, data } = request
  validatePath(path)
  const node = changes.get(path)
  access.check(node.acl, Permission.write, identities)
  checkQuota(path, 0, () => (data?.length ?? 0) - (node.data?.length ?? 0))
  const version = nextVersion(node.stat.version, request.version)
  changes.update(node, (stat, record) => {
    stat.version = version
    stat.mtime = changes.timeMs
    stat.mzxid = changes.zxid
    record.data = data
  })
  return { type: OpCode.setData, value: { path, data, version } }
}

export const setData = write<SetDataRequest>({
  type: OpCode.setData,
  name: 'setData',
  request: setDataRequest,
  prepare: prepareSetData,
  reply:
    ({ stat }) =>
    (writer) =>
      setDataResponse.encode(writer, { stat: stat as Stat }),
})
