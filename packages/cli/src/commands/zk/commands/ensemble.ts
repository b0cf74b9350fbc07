import { printable } from '../format/printable.ts'
import { statLines } from '../format/stat.ts'
import { parseVersion } from '../paths.ts'
import type { ShellCommand } from '../shell-command.ts'
import { UsageError } from '../usage-error.ts'

export const config: ShellCommand = {
  names: ['config'],
  usage: '[-s]',
  summary: "the ensemble's servers, as the node /zookeeper/config has them: none on a single server; -s: with its stat",
  options: { stat: { type: 'boolean', short: 's' } },
  arity: [0, 0],
  async run({ client, output, format }, { options }) {
    const { data, stat } = await client.getData('/zookeeper/config')
    const text = data?.toString() ?? ''
    if (format === 'json') return output.line(JSON.stringify({ config: text }))
    if (text !== '') for (const line of text.split('\n')) output.line(printable(line))
    if (options['stat'] === true) for (const line of statLines(stat)) output.line(line)
  },
}

export const reconfig: ShellCommand = {
  names: ['reconfig'],
  usage: '[-v VERSION] --add SERVERS | --remove IDS | --members SERVERS',
  summary: 'change the servers of an ensemble; a single server refuses',
  options: {
    add: { type: 'string' },
    remove: { type: 'string' },
    members: { type: 'string' },
    version: { type: 'string', short: 'v' },
  },
  arity: [0, 0],
  async run({ client, output }, { options }) {
    const { add, remove, members } = options
    const isChange = add !== undefined || remove !== undefined
    if (isChange === (members !== undefined)) {
      throw new UsageError('reconfig takes what to change (--add, --remove) or all servers (--members)')
    }
    const { data } = await client.reconfig({
      ...(typeof add === 'string' && { joining: add }),
      ...(typeof remove === 'string' && { leaving: remove }),
      ...(typeof members === 'string' && { members }),
      fromConfig: BigInt(parseVersion(options['version'])),
    })
    for (const line of (data?.toString() ?? '').split('\n')) output.line(printable(line))
  },
}
