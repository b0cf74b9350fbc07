import type { Command } from 'commander'
import type { CommandContext } from '../../command-context.ts'
import { optionDefinitions } from './connection-options.ts'
import type { ZkOptions } from './connection-options.ts'
import { zk } from './zk.ts'

const collect = (text: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), text]

/** `odradek zk [command...]` */
export function defineZk(command: Command, context: CommandContext): void {
  command.argument('[command...]', 'a command with its arguments').passThroughOptions()
  for (const { flags, description, key, default: value } of optionDefinitions) {
    if (key === 'auth') command.option(flags, description, collect)
    else command.option(flags, description, value)
  }
  command.action(async (words: string[], options: ZkOptions) => context.exitWith(await zk(words, options)))
}
