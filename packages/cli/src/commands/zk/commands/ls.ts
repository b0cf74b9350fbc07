import type { Stat } from '@odradek/zookeeper-client'
import { printable } from '../format/printable.ts'
import { statFields, statJson, statLines } from '../format/stat.ts'
import { table } from '../format/table.ts'
import { oneEvent } from '../one-event.ts'
import { childPath, parsePath } from '../paths.ts'
import type { ShellCommand, ShellContext } from '../shell-command.ts'
import { pathsBelow } from '../walk.ts'

export const ls: ShellCommand = {
  names: ['ls'],
  usage: '[-R] [-s] [-w] [PATH]',
  summary: 'children of a node; -R: paths of all below it, -s: with stats, -w: tell when the children change',
  options: {
    recursive: { type: 'boolean', short: 'R' },
    stat: { type: 'boolean', short: 's' },
    watch: { type: 'boolean', short: 'w' },
  },
  arity: [0, 1],
  async run(context, { positionals, options }) {
    const path = parsePath(positionals[0] ?? '/')
    const { client, output, format } = context
    const event = oneEvent(context, options['watch'] === true)
    const { children } = await client.getChildren(path, event.watch)
    let names: string[]
    if (options['recursive'] === true) names = await pathsBelow(client, path)
    else names = children.toSorted((a, b) => (a < b ? -1 : 1))
    if (options['stat'] === true || format === 'table') await listWithStats(context, path, names)
    else if (format === 'json') output.line(JSON.stringify(names))
    else for (const name of names) output.line(printable(name))
    await event.wait()
  },
}

async function listWithStats({ client, output, format }: ShellContext, path: string, names: string[]): Promise<void> {
  const stats = await Promise.all(
    names.map(async (name): Promise<[string, Stat] | undefined> => {
      const stat = await client.exists(name.startsWith('/') ? name : childPath(path, name))
      return stat && [name, stat]
    }),
  )
  const found = stats.filter((entry) => entry !== undefined)
  if (format === 'json') {
    return output.line(JSON.stringify(found.map(([name, stat]) => ({ name, stat: statJson(stat) }))))
  }
  if (format === 'table') {
    const titles = ['name', 'children', 'bytes', 'version', 'owner', 'modified']
    const rows = found.map(([name, stat]) => {
      const fields = Object.fromEntries(statFields(stat))
      const owner = stat.ephemeralOwner === 0n ? '-' : String(fields['ephemeralOwner'])
      return [name, `${stat.numChildren}`, `${stat.dataLength}`, `${stat.version}`, owner, String(fields['mtime'])]
    })
    for (const line of table(titles, rows)) output.line(line)
    return
  }
  for (const [name, stat] of found) {
    output.line(printable(name))
    for (const line of statLines(stat)) output.line(`  ${line}`)
  }
}
