import { splitInput } from '../records/split-input.ts'
import type { ToolRun } from './kafka-tool.ts'

/** Prints a question as a line and reads the answer from the input: true for `y`. */
export async function confirmLine(tool: ToolRun, question: string): Promise<boolean> {
  await tool.print(question)
  for await (const line of splitInput(tool.context.terminal.input, Buffer.from('\n')))
    return line.toString().trim().toLowerCase() === 'y'
  return false
}
