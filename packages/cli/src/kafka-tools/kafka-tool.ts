import { OdradekError } from '@odradek/base'
import type { Admin } from '@odradek/client'
import type { ProcessContext } from '../command-context.ts'
import { withAdmin } from '../context/connection.ts'
import { describeToolOptions, parseToolArguments } from './tool-options.ts'
import type { ToolArguments, ToolOption } from './tool-options.ts'

/** One of Kafka's command line tools, by its own name and options, printing what Kafka 3.9's prints. */
export interface KafkaTool {
  readonly options: readonly ToolOption[]
  /** Resolves with the exit code. What it throws is printed as `failed` says, with exit code 1. */
  run(given: ToolArguments, tool: ToolRun): Promise<number>
  /** How a failure is said, on which stream, in which words; resolves with the exit code. Default: the message on standard error, and 1. */
  failed?(error: Error, tool: ToolRun): Promise<number>
}

/** What a tool works with. */
export class ToolRun {
  readonly context: ProcessContext
  readonly #given: ToolArguments

  constructor(context: ProcessContext, given: ToolArguments) {
    this.context = context
    this.#given = given
  }

  /** Does something with an admin client of the cluster that `--bootstrap-server` and `--command-config` name. */
  admin<Result>(act: (admin: Admin) => Promise<Result>): Promise<Result> {
    const brokers = this.#given.value('bootstrap-server')
    const commandConfig = this.#given.value('command-config')
    return withAdmin(
      this.context,
      { ...(brokers === undefined ? {} : { brokers }), ...(commandConfig === undefined ? {} : { commandConfig }) },
      act,
    )
  }

  /** One line, or several, to standard output. */
  async print(...lines: readonly string[]): Promise<void> {
    for (const line of lines) await this.context.terminal.write(`${line}\n`)
  }

  printError(line: string): void {
    this.context.terminal.writeError(`${line}\n`)
  }
}

export const bootstrapServer: ToolOption = {
  name: 'bootstrap-server',
  value: 'host:port,...',
  description: 'brokers of the cluster',
  required: true,
}
export const commandConfig: ToolOption = {
  name: 'command-config',
  value: 'file',
  description: 'a .properties file with client properties',
}

/** Runs a tool with the words after its name; returns the exit code. */
export async function runKafkaTool(tool: KafkaTool, args: readonly string[], context: ProcessContext): Promise<number> {
  const { terminal } = context
  if (args.includes('--help')) {
    await terminal.write(describeToolOptions(tool.options))
    return 0
  }
  let given: ToolArguments
  try {
    given = parseToolArguments(tool.options, args)
  } catch (error) {
    if (!(error instanceof OdradekError)) throw error
    terminal.writeError(`${error.message}\n${describeToolOptions(tool.options)}`)
    return 1
  }
  const run = new ToolRun(context, given)
  try {
    return await tool.run(given, run)
  } catch (error) {
    if (!(error instanceof OdradekError)) throw error
    if (tool.failed !== undefined) return await tool.failed(firstCause(error), run)
    run.printError(`Error: ${error.message}`)
    return 1
  }
}

/** What Kafka's tools would say: of several failures the first. */
function firstCause(error: OdradekError): Error {
  return error.code === 'BATCH_FAILED' && error.cause instanceof Error ? error.cause : error
}
