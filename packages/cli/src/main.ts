import { Command, CommanderError } from 'commander'
import { OdradekError } from '@odradek/base'
import { optionDefinitions } from './commands/zk/connection-options.ts'
import type { ZkOptions } from './commands/zk/connection-options.ts'
import type { CommandContext } from './command-context.ts'
import { commandList } from './command-list.ts'

/** Exit codes of the command: what it was asked for could not be done, or it was asked wrongly. */
const exitFailure = 1
const exitUsage = 2

/** The `odradek` command. Takes the arguments after the command's name and returns the exit code. */
export async function main(args: readonly string[], context: CommandContext): Promise<number> {
  const { terminal } = context
  let exitCode = 0
  const program = new Command('odradek')
    .description('The whole Kafka platform as one program')
    .configureOutput({ writeOut: (text) => void terminal.write(text), writeErr: (text) => terminal.writeError(text) })
    .exitOverride()
    .enablePositionalOptions()
    .showHelpAfterError('(odradek --help lists what there is)')
  const asked = args.find((arg) => !arg.startsWith('-'))
  for (const { name, description, load } of commandList) {
    const command = program.command(name).description(description)
    if (name === asked) (await load())(command, context)
  }
  const zkCommand = program
    .command('zk')
    .description('a shell for ZooKeeper: one command, or a prompt (odradek zk help lists the commands)')
    .argument('[command...]', 'a command with its arguments')
    .passThroughOptions()
  for (const { flags, description, key, default: value } of optionDefinitions) {
    if (key !== 'auth') zkCommand.option(flags, description, value)
    else
      zkCommand.option(flags, description, (text: string, before: readonly string[] | undefined) => [
        ...(before ?? []),
        text,
      ])
  }
  zkCommand.action(async (words: string[], options: ZkOptions) => {
    const { zk } = await import('./commands/zk/zk.ts')
    exitCode = await zk(words, options)
  })

  try {
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitUsage
    if (!(error instanceof OdradekError)) throw error
    for (const line of errorLines(error)) terminal.writeError(`odradek: ${line}\n`)
    return exitFailure
  }
}

/** One line, or one for each of the things that could not be done. */
function errorLines(error: OdradekError): string[] {
  if (!('errors' in error) || !(error.errors instanceof Map)) return [error.message]
  return [...error.errors].map(([key, { code, message }]: [string, OdradekError]) => `${key}: ${message} (${code})`)
}
