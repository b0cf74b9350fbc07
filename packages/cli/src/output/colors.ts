import picocolors from 'picocolors'
import type { ProcessContext } from '../command-context.ts'

export type Colors = ReturnType<typeof picocolors.createColors>

/** Colours for what is printed: only on a terminal, not where NO_COLOR is set (no-color.org) or the terminal has none. */
export function outputColors({ terminal, environment }: Pick<ProcessContext, 'terminal' | 'environment'>): Colors {
  return picocolors.createColors(terminal.outputIsTerminal && mayColor(environment))
}

/** The same for standard error. */
export function errorColors({ terminal, environment }: Pick<ProcessContext, 'terminal' | 'environment'>): Colors {
  return picocolors.createColors(terminal.errorIsTerminal && mayColor(environment))
}

function mayColor(environment: ProcessContext['environment']): boolean {
  const { NO_COLOR: noColor = '', TERM: term } = environment
  return noColor === '' && term !== 'dumb'
}
