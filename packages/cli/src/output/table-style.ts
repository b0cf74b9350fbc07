import type { ProcessContext } from '../command-context.ts'
import { outputColors } from './colors.ts'
import type { TableStyle } from './render-rows.ts'

/** Words that a row may begin with, which somebody is to see at once. */
const alarming = /^(problem)\b/
const noteworthy = /^(warning)\b/

/** How tables look where they are printed: for a person, as wide as the terminal, with a header that stands out; elsewhere plain. */
export function tableStyle(context: Pick<ProcessContext, 'terminal' | 'environment'>): TableStyle {
  const { terminal } = context
  if (!terminal.outputIsTerminal) return {}
  const colors = outputColors(context)
  return {
    columnsMax: terminal.columns,
    paint: (line, isHeader) =>
      isHeader
        ? colors.bold(line)
        : line.replace(alarming, (word) => colors.red(word)).replace(noteworthy, (word) => colors.yellow(word)),
  }
}
