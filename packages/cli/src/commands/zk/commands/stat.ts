import { ZooKeeperError } from '@odradek/zookeeper-client'
import { statFields, statJson, statLines } from '../format/stat.ts'
import { table } from '../format/table.ts'
import { oneEvent } from '../one-event.ts'
import { parsePath } from '../paths.ts'
import type { ShellCommand } from '../shell-command.ts'

export const stat: ShellCommand = {
  names: ['stat'],
  usage: '[-w] PATH',
  summary: 'times, versions and sizes of a node; -w: tell when it changes, or is made if it is not there',
  options: { watch: { type: 'boolean', short: 'w' } },
  arity: [1, 1],
  async run(context, { positionals, options }) {
    const path = parsePath(positionals[0])
    const { client, output, format } = context
    const isWatched = options['watch'] === true
    const event = oneEvent(context, isWatched)
    const found = await client.exists(path, event.watch)
    if (found === undefined) {
      if (!isWatched) throw new ZooKeeperError('NO_NODE', `stat ${path}: the node does not exist`)
      output.note(`${path} is not there yet`)
    } else if (format === 'json') output.line(JSON.stringify({ path, ...statJson(found) }))
    else if (format === 'table') {
      const rows = statFields(found).map(([name, value]) => [name, String(value)])
      for (const line of table(['field', 'value'], rows)) output.line(line)
    } else for (const line of statLines(found)) output.line(line)
    await event.wait()
  },
}
