import { ZooKeeperError } from '@odradek/zookeeper-client'
import type { CreateModeName, ZooKeeperClient } from '@odradek/zookeeper-client'
import { parseAcl } from '../format/acl.ts'
import { printable } from '../format/printable.ts'
import { statJson } from '../format/stat.ts'
import { parentPath, parsePath } from '../paths.ts'
import type { ShellArguments, ShellCommand } from '../shell-command.ts'
import { UsageError } from '../usage-error.ts'
import { dataArgument, dataOptions } from './data-argument.ts'

export const create: ShellCommand = {
  names: ['create'],
  usage: '[-e] [-s] [-c] [-t TTL_MS] [-p] [--as utf8|base64|hex] PATH [DATA [ACL]] | --file FILE',
  summary:
    'make a node; -e: ephemeral, -s: numbered, -c: container, -t: gone after so long without change or children, -p: with those above it',
  options: {
    ...dataOptions,
    ephemeral: { type: 'boolean', short: 'e' },
    sequential: { type: 'boolean', short: 's' },
    container: { type: 'boolean', short: 'c' },
    ttl: { type: 'string', short: 't' },
    parents: { type: 'boolean', short: 'p' },
  },
  arity: [1, 3],
  async run({ env, client, output, format, isInteractive }, args) {
    const { positionals, options } = args
    // A path that ends in "/" is allowed here: what is numbered may have nothing but the number for a name.
    const path = options['sequential'] === true ? (positionals[0] ?? '') : parsePath(positionals[0])
    const mode = createMode(args)
    const ttlMs = options['ttl'] === undefined ? undefined : Number(options['ttl'])
    const acl = positionals[2] === undefined ? undefined : parseAcl(positionals[2])
    const data = dataArgument(env, args, 1)
    if (options['parents'] === true) await makeParents(client, parentPath(path))
    const created = await client.create(path, data, {
      mode,
      ...(ttlMs !== undefined && { ttlMs }),
      ...(acl && { acl }),
    })
    if (format === 'json') output.line(JSON.stringify({ path: created.path, stat: statJson(created.stat) }))
    else output.line(printable(created.path))
    if (options['ephemeral'] === true && !isInteractive) {
      output.note('the node lived as long as this session, which ends now; at the prompt it lives until quit')
    }
  },
}

function createMode({ options }: ShellArguments): CreateModeName {
  const { ephemeral = false, sequential = false, container = false, ttl } = options
  if (Number(ephemeral) + Number(container) + Number(ttl !== undefined) > 1) {
    throw new UsageError('a node is one of ephemeral (-e), container (-c), with a TTL (-t)')
  }
  if (container !== false && sequential !== false) throw new UsageError('a container (-c) cannot be numbered (-s)')
  if (ttl !== undefined) return sequential === false ? 'persistentWithTtl' : 'persistentSequentialWithTtl'
  if (container !== false) return 'container'
  if (ephemeral !== false) return sequential === false ? 'ephemeral' : 'ephemeralSequential'
  return sequential === false ? 'persistent' : 'persistentSequential'
}

/** Makes the node and those above it that are not there. */
export async function makeParents(client: ZooKeeperClient, path: string): Promise<void> {
  if (path === '/' || (await client.exists(path)) !== undefined) return
  await makeParents(client, parentPath(path))
  try {
    await client.create(path, null)
  } catch (error) {
    if (!(error instanceof ZooKeeperError) || error.code !== 'NODE_EXISTS') throw error
  }
}
