import { CliError } from './cli-error.ts'
import type { Terminal } from './terminal.ts'

/** Has a person say yes before something is done that cannot be undone; scripts, which nobody watches, are not asked. */
export async function confirm(terminal: Terminal, question: string): Promise<void> {
  if (!terminal.inputIsTerminal) return
  const answer = await terminal.ask(`${question} Type yes: `)
  if (answer.trim() !== 'yes') throw new CliError('NOT_CONFIRMED', 'nothing was done')
}
