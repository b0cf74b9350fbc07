import { CliError } from '../../cli-error.ts'
import type { Terminal } from '../../terminal.ts'
import { splitInput } from '../../records/split-input.ts'

const passwordSizeBytesMax = 4096

/**
 * A password: typed twice, unseen, when somebody is at the terminal; else the first line of the input. `given` is one from the command line,
 * which others can see in the list of processes.
 */
export async function readPassword(terminal: Terminal, user: string, given: string | undefined): Promise<string> {
  const password = given ?? (terminal.inputIsTerminal ? await typed(terminal, user) : await firstLine(terminal))
  if (password === '')
    throw new CliError('INVALID_OPTION', 'the password is empty: type one, or give it as the first line of the input')
  return password
}

async function typed(terminal: Terminal, user: string): Promise<string> {
  const first = await terminal.askSecret(`Password of ${user}: `)
  const second = await terminal.askSecret('The same again: ')
  if (first !== second) throw new CliError('NOT_CONFIRMED', 'the two passwords differ: nothing was done')
  return first
}

async function firstLine(terminal: Terminal): Promise<string> {
  for await (const line of splitInput(terminal.input, Buffer.from('\n'))) {
    if (line.length > passwordSizeBytesMax) break
    return line.toString('utf8').replace(/\r$/, '')
  }
  return ''
}
