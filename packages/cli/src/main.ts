import { CommanderError } from 'commander'
import { OdradekError } from '@odradek/base'
import type { ProcessContext } from './command-context.ts'
import { hasNoClient } from './command-list.ts'
import { toolsNotHere } from './kafka-tools/not-here.ts'
import { kafkaTools } from './kafka-tools/tool-list.ts'
import { buildProgram } from './program.ts'

/** Exit codes of the command: what it was asked for could not be done, or it was asked wrongly. */
const exitFailure = 1
const exitUsage = 2

/** The `odradek` command, and under their own names Kafka's tools. Takes the arguments after the command's name and returns the exit code. */
export async function main(args: readonly string[], context: ProcessContext): Promise<number> {
  const { terminal } = context
  const toolName = (args[0] ?? '').replace(/\.sh$/, '')
  const loadTool = kafkaTools[toolName]
  if (loadTool !== undefined) {
    const { runKafkaTool } = await import('./kafka-tools/kafka-tool.ts')
    return runKafkaTool(await loadTool(), args.slice(1), context)
  }
  if (Object.hasOwn(toolsNotHere, toolName)) {
    terminal.writeError(`odradek: there is no ${toolName}: ${toolsNotHere[toolName]}\n`)
    return exitFailure
  }
  let exitCode = 0
  const commandContext = { ...context, exitWith: (code: number) => void (exitCode = code) }
  const asked = args.find((arg) => !arg.startsWith('-'))
  const program = await buildProgram(commandContext, asked)
  try {
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitUsage
    if (!(error instanceof OdradekError)) throw error
    const lines = hasNoClient(asked) ? [error.message] : (await import('./error-lines.ts')).errorLines(error)
    const { errorColors } = await import('./output/colors.ts')
    const name = errorColors(context).red('odradek:')
    for (const line of lines) terminal.writeError(`${name} ${line}\n`)
    return exitFailure
  }
}
