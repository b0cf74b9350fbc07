import type { ZooKeeperClient } from '@odradek/zookeeper-client'
import { allCommands } from './commands/all.ts'
import { childPath, parentPath } from './paths.ts'

/** What the last word of a line may become, as readline wants it. Never rejects. */
export async function complete(client: ZooKeeperClient, line: string): Promise<[candidates: string[], word: string]> {
  const word = /\S*$/.exec(line)?.[0] ?? ''
  if (word === line.trimStart()) {
    const names = [...allCommands.map(({ names: [name] }) => name), 'help', 'history', 'quit']
    return [names.filter((name) => name.startsWith(word)).map((name) => `${name} `), word]
  }
  if (!word.startsWith('/')) return [[], word]
  try {
    const parent = parentPath(word)
    const { children } = await client.getChildren(parent)
    const paths = children.map((name) => childPath(parent, name)).filter((path) => path.startsWith(word))
    // A path that is whole goes on with what is below it.
    if (paths.length === 1 && paths[0] === word) {
      const below = (await client.getChildren(word)).children.map((name) => childPath(word, name))
      if (below.length > 0) return [below, word]
    }
    return [paths.sort((a, b) => (a < b ? -1 : 1)), word]
  } catch {
    return [[], word]
  }
}
