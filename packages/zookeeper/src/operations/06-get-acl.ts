// getACL (6)
import { getAclRequest, getAclResponse, OpCode, Permission } from '@odradek/zookeeper-protocol'
import type { Acl, GetAclRequest } from '@odradek/zookeeper-protocol'
import { read } from './operation.ts'
import { readableNode } from './readable-node.ts'

/** Without ADMIN the hashes of digest ids are not shown. */
export const getAcl = read<GetAclRequest>({
  type: OpCode.getAcl,
  name: 'getACL',
  request: getAclRequest,
  answer({ path }, context) {
    const node = readableNode(path, context, Permission.read | Permission.admin)
    const acl = context.tree.aclOf(node)
    const isAdmin = context.access.isAllowed(acl, Permission.admin, context.client.identities)
    const shown = isAdmin ? acl : acl.map(maskHash)
    return (writer) => getAclResponse.encode(writer, { acl: shown, stat: node.toStat() })
  },
})

function maskHash({ perms, id }: Acl): Acl {
  return id.scheme === 'digest'
    ? { perms, id: { scheme: 'digest', id: (id.id ?? '').replace(/:.*/s, ':x') } }
    : { perms, id }
}
