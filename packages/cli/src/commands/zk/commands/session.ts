import { printable } from '../format/printable.ts'
import { table } from '../format/table.ts'
import { parsePath } from '../paths.ts'
import type { ShellCommand } from '../shell-command.ts'

export const addAuth: ShellCommand = {
  names: ['addauth'],
  usage: 'SCHEME AUTH',
  summary: 'show the server an identity: digest USER:PASSWORD',
  options: {},
  arity: [1, 2],
  run: ({ client }, { positionals }) => client.addAuth(positionals[0] ?? '', Buffer.from(positionals[1] ?? '')),
}

export const whoAmI: ShellCommand = {
  names: ['whoami'],
  usage: '',
  summary: 'the identities that the server knows of this session',
  options: {},
  arity: [0, 0],
  async run({ client, output, format }) {
    const identities = (await client.whoAmI()).map(({ authScheme, user }) => [authScheme ?? '', user ?? ''] as const)
    if (format === 'json') {
      return output.line(JSON.stringify(identities.map(([scheme, user]) => ({ scheme, user }))))
    }
    if (format === 'table') for (const line of table(['scheme', 'user'], identities)) output.line(line)
    else for (const [scheme, user] of identities) output.line(printable(`${scheme}:${user}`))
  },
}

export const sync: ShellCommand = {
  names: ['sync'],
  usage: '[PATH]',
  summary: 'wait until the server has seen all that was committed before',
  options: {},
  arity: [0, 1],
  run: ({ client }, { positionals }) => client.sync(parsePath(positionals[0] ?? '/')),
}

export const ephemerals: ShellCommand = {
  names: ['getEphemerals'],
  usage: '[PREFIX]',
  summary: 'ephemeral nodes of this session',
  options: {},
  arity: [0, 1],
  async run({ client, output, format }, { positionals }) {
    const paths = await client.getEphemerals(positionals[0] ?? '/')
    if (format === 'json') output.line(JSON.stringify(paths))
    else for (const path of paths) output.line(printable(path))
  },
}

export const count: ShellCommand = {
  names: ['count', 'getAllChildrenNumber'],
  usage: '[PATH]',
  summary: 'how many nodes are below one, at any depth',
  options: {},
  arity: [0, 1],
  run: async ({ client, output }, { positionals }) =>
    output.line(String(await client.getAllChildrenNumber(parsePath(positionals[0] ?? '/')))),
}
