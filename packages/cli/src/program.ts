import { Command } from 'commander'
import type { CommandContext } from './command-context.ts'
import { commandList } from './command-list.ts'

/** The `odradek` command with its subcommands; of these the one that is `asked` for has its own, and its options. */
export async function buildProgram(context: CommandContext, asked: string | undefined): Promise<Command> {
  const { terminal } = context
  const program = new Command('odradek')
    .description('The whole Kafka platform as one program')
    .configureOutput({ writeOut: (text) => void terminal.write(text), writeErr: (text) => terminal.writeError(text) })
    .exitOverride()
    .enablePositionalOptions()
    .showHelpAfterError('(odradek --help lists what there is)')
  for (const { name, description, load, isHidden = false } of commandList) {
    const command = program.command(name, { hidden: isHidden }).description(description)
    if (name === asked) (await load())(command, context)
  }
  return program
}
