// setACL (7)
import { OpCode, Permission, setAclRequest, setAclResponse } from '@odradek/zookeeper-protocol'
import type { SetAclRequest, Stat } from '@odradek/zookeeper-protocol'
import { validatePath } from '../core/path.ts'
import { write } from './operation.ts'
import { nextVersion } from './version.ts'

export const setAcl = write<SetAclRequest>({
  type: OpCode.setAcl,
  name: 'setACL',
  request: setAclRequest,
  prepare(request, { changes, access, identities }) {
    const { path } = request
    validatePath(path)
    const acl = access.resolve(request.acl, identities)
    const node = changes.get(path)
    access.check(node.acl, Permission.admin, identities)
    const version = nextVersion(node.stat.aversion, request.version)
    changes.update(node, (stat, record) => {
      stat.aversion = version
      record.acl = acl
    })
    return { type: OpCode.setAcl, value: { path, acl, version } }
  },
  reply:
    ({ stat }) =>
    (writer) =>
      setAclResponse.encode(writer, { stat: stat as Stat }),
})
