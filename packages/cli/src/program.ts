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
  for (const { name, description, load, isHidden = false } of commandList) {
    const command = program.command(name, { hidden: isHidden }).description(description)
    if (name === asked) (await load())(command, context)
  }
  pointToHelp(program, 'odradek')
  return program
}

/** What is wrong with a command's words is said with where they are explained. */
function pointToHelp(command: Command, name: string): void {
  const does = command.commands.length > 0 ? 'lists what there is' : 'explains it'
  command.showHelpAfterError(`(${name} --help ${does})`)
  for (const one of command.commands) pointToHelp(one, `${name} ${one.name()}`)
}
