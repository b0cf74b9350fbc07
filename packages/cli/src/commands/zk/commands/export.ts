import { ZooKeeperError } from '@odradek/zookeeper-client'
import type { ZooKeeperClient } from '@odradek/zookeeper-client'
import { parsePath } from '../paths.ts'
import type { ShellCommand } from '../shell-command.ts'
import { walk } from '../walk.ts'
import { writeExport } from './export-file.ts'
import type { ExportedNode } from './export-file.ts'

export const exportNodes: ShellCommand = {
  names: ['export'],
  usage: '[--no-acl] PATH [FILE]',
  summary: 'write a node and all below it, with ACLs, as JSON; ephemeral nodes and /zookeeper are left out',
  options: { 'no-acl': { type: 'boolean' } },
  arity: [1, 2],
  async run({ env, client, output, signal }, { positionals, options }) {
    const root = parsePath(positionals[0])
    const file = positionals[1] ?? '-'
    const nodes: ExportedNode[] = []
    let ephemeralCount = 0
    let maskedCount = 0
    for await (const { path } of walk(client, root)) {
      signal.throwIfAborted()
      if (root === '/' && /^\/zookeeper(\/|$)/.test(path)) continue
      const node = await read(client, path, options['no-acl'] !== true)
      if (node === undefined) continue
      if (node === 'ephemeral') {
        ephemeralCount += 1
        continue
      }
      if (node.acl?.some(({ id }) => id.scheme === 'digest' && id.id?.endsWith(':x'))) maskedCount += 1
      const below = path === root ? '/' : path.slice(root === '/' ? 0 : root.length)
      nodes.push({ ...node, path: below })
    }
    const text = writeExport({ root, nodes })
    if (file === '-') output.bytes(Buffer.from(text))
    else env.disk.writeFileAtomicSync(file, Buffer.from(text))
    const left = ephemeralCount === 0 ? '' : `; ${ephemeralCount} ephemeral nodes left out`
    output.note(`${nodes.length} nodes exported${left}`)
    if (maskedCount > 0) {
      output.note(
        `${maskedCount} of them have digest ids that the server shows only to who may change the ACL: export again with addauth`,
      )
    }
  },
}

/** Undefined for a node that went meanwhile. */
async function read(
  client: ZooKeeperClient,
  path: string,
  withAcl: boolean,
): Promise<ExportedNode | 'ephemeral' | undefined> {
  try {
    const [{ data, stat }, acl] = await Promise.all([
      client.getData(path),
      withAcl ? client.getAcl(path).then(({ acl: entries }) => entries) : undefined,
    ])
    if (stat.ephemeralOwner !== 0n) return 'ephemeral'
    return { path, data, ...(acl && { acl }) }
  } catch (error) {
    if (error instanceof ZooKeeperError && error.code === 'NO_NODE') return undefined
    throw error
  }
}
