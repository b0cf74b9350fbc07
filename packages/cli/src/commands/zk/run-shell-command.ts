import { parseArgs } from 'node:util'
import { allCommands } from './commands/all.ts'
import { explain, ExitCode } from './explain.ts'
import type { ShellArguments, ShellCommand, ShellContext } from './shell-command.ts'
import { UsageError } from './usage-error.ts'

/**
 * Runs one command, given as words, and tells its errors. Returns the exit code. Rejects only with what nobody expected; a command that Ctrl-C has
 * stopped has failed.
 */
export async function runShellCommand(context: ShellContext, words: readonly string[]): Promise<ExitCode> {
  const [name = '', ...rest] = words
  try {
    if (name === 'help') return help(context, rest[0])
    const command = findCommand(name)
    if (rest.includes('--help') || rest.includes('-h')) return help(context, name)
    await command.run(context, parseArguments(command, rest))
    return ExitCode.done
  } catch (error) {
    if (context.signal.aborted && error === context.signal.reason) {
      context.output.note('stopped')
      return ExitCode.failed
    }
    const explained = explain(error)
    if (explained === undefined) throw error
    context.output.note(explained.message)
    return explained.exitCode
  }
}

function findCommand(name: string): ShellCommand {
  const command = allCommands.find(({ names }) => names.some((known) => known.toLowerCase() === name.toLowerCase()))
  if (command === undefined) throw new UsageError(`there is no command "${name}"; help lists what there is`)
  return command
}

function parseArguments(command: ShellCommand, words: readonly string[]): ShellArguments {
  const { options, arity, names, usage } = command
  const [min, max] = arity
  const howTo = `${names[0]} ${usage}`
  try {
    const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true, strict: true })
    if (positionals.length < min || positionals.length > max) {
      throw new UsageError(`${names[0]} takes ${positionals.length < min ? 'more' : 'fewer'} arguments: ${howTo}`)
    }
    return { positionals, options: values as ShellArguments['options'] }
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n  usage: ${howTo}`)
  }
}

function help({ output }: ShellContext, name: string | undefined): ExitCode {
  const commands = name === undefined ? allCommands : [findCommand(name)]
  for (const { names, usage, summary } of commands) {
    output.line(`${names.join(' | ')} ${usage}`)
    output.line(`    ${summary}`)
  }
  if (name === undefined) {
    output.line('help [COMMAND] | history | quit')
    output.line('    paths begin with "/"; the tabulator completes them; quotation marks hold spaces together')
  }
  return ExitCode.done
}
