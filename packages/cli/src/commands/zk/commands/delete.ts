import { ZooKeeperError } from '@odradek/zookeeper-client'
import { parsePath, parseVersion } from '../paths.ts'
import type { ShellCommand } from '../shell-command.ts'
import { UsageError } from '../usage-error.ts'
import { pathsBelow } from '../walk.ts'

export const deleteNode: ShellCommand = {
  names: ['delete', 'rm'],
  usage: '[-v VERSION] PATH',
  summary: 'delete a node without children; -v: only if it has this version',
  options: { version: { type: 'string', short: 'v' } },
  arity: [1, 1],
  run: ({ client }, { positionals, options }) =>
    client.delete(parsePath(positionals[0]), parseVersion(options['version'])),
}

export const deleteAll: ShellCommand = {
  names: ['deleteall', 'rmr'],
  usage: 'PATH',
  summary: 'delete a node and all below it; other clients may see it half done',
  options: {},
  arity: [1, 1],
  async run({ client, signal }, { positionals }) {
    const path = parsePath(positionals[0])
    if (path === '/') throw new UsageError('the root cannot be deleted; name a node')
    const paths = await pathsBelow(client, path)
    for (const node of paths.reverse()) {
      signal.throwIfAborted()
      try {
        await client.delete(node)
      } catch (error) {
        if (!(error instanceof ZooKeeperError) || error.code !== 'NO_NODE') throw error
      }
    }
  },
}
