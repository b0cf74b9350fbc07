import type { ZooKeeperClient } from '@odradek/zookeeper-client'
import { aclJson, aclText, parseAcl } from '../format/acl.ts'
import { printable } from '../format/printable.ts'
import { statJson, statLines } from '../format/stat.ts'
import { table } from '../format/table.ts'
import { parsePath, parseVersion } from '../paths.ts'
import type { ShellArguments, ShellCommand, ShellContext } from '../shell-command.ts'
import { UsageError } from '../usage-error.ts'
import { pathsBelow } from '../walk.ts'

const getOptions = { stat: { type: 'boolean', short: 's' } } as const
const setOptions = {
  ...getOptions,
  recursive: { type: 'boolean', short: 'R' },
  version: { type: 'string', short: 'v' },
} as const

export const acl: ShellCommand = {
  names: ['acl'],
  usage: 'get [-s] PATH | set [-R] [-s] [-v VERSION] PATH ACL',
  summary:
    'show or change who may do what: SCHEME:ID:PERMISSIONS,…; -R: of all below it, too, -v: only at this aclVersion',
  options: setOptions,
  arity: [2, 3],
  run(context, { positionals, options }) {
    const [what, ...rest] = positionals
    if (what === 'get') return show(context, { positionals: rest, options })
    if (what === 'set') return change(context, { positionals: rest, options })
    throw new UsageError(`acl takes get or set, not "${what ?? ''}"`)
  },
}

export const getAcl: ShellCommand = {
  names: ['getAcl'],
  usage: '[-s] PATH',
  summary: 'acl get, by the name that zkCli has for it',
  options: getOptions,
  arity: [1, 1],
  run: show,
}

export const setAcl: ShellCommand = {
  names: ['setAcl'],
  usage: '[-R] [-s] [-v VERSION] PATH ACL',
  summary: 'acl set, by the name that zkCli has for it',
  options: setOptions,
  arity: [2, 2],
  run: change,
}

async function show({ client, output, format }: ShellContext, { positionals, options }: ShellArguments): Promise<void> {
  const path = parsePath(positionals[0])
  const { acl: entries, stat } = await client.getAcl(path)
  const withStat = options['stat'] === true
  if (format === 'json') {
    const result = { path, acl: entries.map(aclJson), ...(withStat && { stat: statJson(stat) }) }
    return output.line(JSON.stringify(result))
  }
  if (format === 'table') {
    const rows = entries.map(aclJson).map(({ scheme, id, perms }) => [scheme, id, perms])
    for (const line of table(['scheme', 'id', 'permissions'], rows)) output.line(line)
  } else for (const entry of entries) output.line(printable(aclText(entry)))
  if (withStat) for (const line of statLines(stat)) output.line(line)
}

async function change(context: ShellContext, { positionals, options }: ShellArguments): Promise<void> {
  const { client, output, format, signal } = context
  const path = parsePath(positionals[0])
  if (positionals[1] === undefined) throw new UsageError('acl set takes a path and an ACL')
  const entries = parseAcl(positionals[1])
  if (options['recursive'] === true) {
    const count = await changeAll(client, path, entries, signal)
    return output.note(`${count} nodes changed`)
  }
  const stat = await client.setAcl(path, entries, parseVersion(options['version']))
  if (format === 'json') output.line(JSON.stringify({ path, stat: statJson(stat) }))
  else if (options['stat'] === true) for (const line of statLines(stat)) output.line(line)
}

/** Children first, so that an ACL which takes away the right to look does so last. */
async function changeAll(
  client: ZooKeeperClient,
  path: string,
  entries: ReturnType<typeof parseAcl>,
  signal: AbortSignal,
): Promise<number> {
  const nodes = await pathsBelow(client, path)
  for (const node of nodes.reverse()) {
    signal.throwIfAborted()
    await client.setAcl(node, entries)
  }
  return nodes.length
}
