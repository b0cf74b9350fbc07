import { statJson, statLines } from '../format/stat.ts'
import { parsePath, parseVersion } from '../paths.ts'
import type { ShellCommand } from '../shell-command.ts'
import { dataArgument, dataOptions } from './data-argument.ts'

export const set: ShellCommand = {
  names: ['set'],
  usage: '[-s] [-v VERSION] [--as utf8|base64|hex] PATH DATA | --file FILE',
  summary: 'change the data of a node; -v: only if it has this version, -s: show the new stat; without data: null',
  options: { ...dataOptions, stat: { type: 'boolean', short: 's' }, version: { type: 'string', short: 'v' } },
  arity: [1, 2],
  async run({ env, client, output, format }, args) {
    const path = parsePath(args.positionals[0])
    const stat = await client.setData(path, dataArgument(env, args, 1), parseVersion(args.options['version']))
    if (format === 'json') output.line(JSON.stringify({ path, stat: statJson(stat) }))
    else if (args.options['stat'] === true) for (const line of statLines(stat)) output.line(line)
  },
}
