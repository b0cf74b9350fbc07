import type { Acl, ZooKeeperClient } from '@odradek/zookeeper-client'
import { aclText } from '../format/acl.ts'
import { printable } from '../format/printable.ts'
import { childPath, parentPath, parsePath } from '../paths.ts'
import type { ShellCommand } from '../shell-command.ts'
import { makeParents } from './create.ts'
import { readExport } from './export-file.ts'
import type { ExportedNode } from './export-file.ts'

type Step = 'create' | 'set' | 'acl'

export const importNodes: ShellCommand = {
  names: ['import'],
  usage: '[--dry-run] [--skip-existing] [--no-acl] FILE [PATH]',
  summary:
    'make nodes as an export has them, at its place or at PATH: missing ones are made, others changed, none deleted; --dry-run only shows what would be done',
  options: {
    'dry-run': { type: 'boolean' },
    'skip-existing': { type: 'boolean' },
    'no-acl': { type: 'boolean' },
  },
  arity: [1, 2],
  async run({ env, client, output, format, signal }, { positionals, options }) {
    const file = positionals[0] === '-' ? '/dev/stdin' : (positionals[0] ?? '')
    const { root, nodes } = readExport(env.disk.readFileSync(file).toString('utf8'))
    const base = positionals[1] === undefined ? root : parsePath(positionals[1])
    const isDryRun = options['dry-run'] === true
    const counts = { create: 0, set: 0, acl: 0, same: 0 }
    if (!isDryRun) await makeParents(client, parentPath(base))
    for (const node of nodes) {
      signal.throwIfAborted()
      const path = node.path === '/' ? base : childPath(base, node.path.slice(1))
      const wanted = options['no-acl'] === true ? { path: node.path, data: node.data } : node
      const steps = await stepsFor(client, path, wanted, options['skip-existing'] === true)
      for (const step of steps) {
        if (!isDryRun) await take(client, path, wanted, step)
        counts[step] += 1
        output.line(format === 'json' ? JSON.stringify({ step, path }) : `${step.padEnd(6)} ${printable(path)}`)
      }
      if (steps.length === 0) counts.same += 1
    }
    const { create, set, acl, same } = counts
    output.note(
      isDryRun
        ? `dry run, nothing was done: ${create} to create, ${set} to set, ${acl} ACLs to set, ${same} left as they are`
        : `${create} created, ${set} set, ${acl} ACLs set, ${same} left as they are`,
    )
  },
}

async function stepsFor(
  client: ZooKeeperClient,
  path: string,
  wanted: ExportedNode,
  skipsExisting: boolean,
): Promise<Step[]> {
  if ((await client.exists(path)) === undefined) return ['create']
  if (skipsExisting) return []
  const [{ data }, { acl }] = await Promise.all([client.getData(path), client.getAcl(path)])
  const steps: Step[] = []
  const isSame = data === null || wanted.data === null ? data === wanted.data : data.equals(wanted.data)
  if (!isSame) steps.push('set')
  if (wanted.acl !== undefined && aclKey(acl) !== aclKey(wanted.acl)) steps.push('acl')
  return steps
}

async function take(client: ZooKeeperClient, path: string, { data, acl }: ExportedNode, step: Step): Promise<unknown> {
  switch (step) {
    case 'create':
      return client.create(path, data, acl === undefined ? {} : { acl })
    case 'set':
      return client.setData(path, data)
    case 'acl':
      return client.setAcl(path, acl ?? [])
  }
}

function aclKey(acl: readonly Acl[]): string {
  return acl
    .map(aclText)
    .sort((a, b) => (a < b ? -1 : 1))
    .join('\n')
}
