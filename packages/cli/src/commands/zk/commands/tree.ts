import { ZooKeeperError } from '@odradek/zookeeper-client'
import type { ZooKeeperClient } from '@odradek/zookeeper-client'
import { printable } from '../format/printable.ts'
import { childPath, parsePath } from '../paths.ts'
import type { Output, ShellCommand } from '../shell-command.ts'
import { UsageError } from '../usage-error.ts'

interface TreeNode {
  readonly name: string
  readonly bytes: number
  readonly ephemeral?: true
  /** Absent where the tree goes deeper than was asked for. */
  readonly children?: readonly TreeNode[]
}

export const tree: ShellCommand = {
  names: ['tree'],
  usage: '[-L DEPTH] [PATH]',
  summary: 'a node and all below it, drawn; -L: only so deep',
  options: { depth: { type: 'string', short: 'L' } },
  arity: [0, 1],
  async run({ client, output, format }, { positionals, options }) {
    const path = parsePath(positionals[0] ?? '/')
    const depth = options['depth'] === undefined ? Infinity : Number(options['depth'])
    if (!(depth >= 0)) throw new UsageError(`-L takes a number, not "${String(options['depth'])}"`)
    const root = await readTree(client, path, path, depth)
    if (root === undefined) throw new ZooKeeperError('NO_NODE', `tree ${path}: the node does not exist`)
    if (format === 'json') return output.line(JSON.stringify(root))
    output.line(printable(path))
    draw(output, root.children ?? [], '')
  },
}

async function readTree(
  client: ZooKeeperClient,
  path: string,
  name: string,
  depth: number,
): Promise<TreeNode | undefined> {
  const stat = await client.exists(path)
  if (stat === undefined) return undefined
  const node = { name, bytes: stat.dataLength, ...(stat.ephemeralOwner !== 0n && { ephemeral: true as const }) }
  if (depth === 0) return node
  const names = stat.numChildren === 0 ? [] : await childrenOf(client, path)
  const children = await Promise.all(
    names
      .toSorted((a, b) => (a < b ? -1 : 1))
      .map((child) => readTree(client, childPath(path, child), child, depth - 1)),
  )
  return { ...node, children: children.filter((child) => child !== undefined) }
}

async function childrenOf(client: ZooKeeperClient, path: string): Promise<readonly string[]> {
  try {
    return (await client.getChildren(path)).children
  } catch (error) {
    if (error instanceof ZooKeeperError && (error.code === 'NO_NODE' || error.code === 'NO_AUTH')) return []
    throw error
  }
}

function draw(output: Output, children: readonly TreeNode[], indent: string): void {
  for (const [index, { name, bytes, ephemeral, children: below }] of children.entries()) {
    const isLast = index === children.length - 1
    const facts = [bytes > 0 ? `${bytes} B` : '', ephemeral ? 'ephemeral' : ''].filter((fact) => fact !== '').join(', ')
    output.line(`${indent}${isLast ? '└─' : '├─'} ${printable(name)}${facts === '' ? '' : `  (${facts})`}`)
    draw(output, below ?? [], `${indent}${isLast ? '   ' : '│  '}`)
  }
}
