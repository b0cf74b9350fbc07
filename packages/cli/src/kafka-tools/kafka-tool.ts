import { OdradekError } from '@odradek/base'
import type { Env } from '@odradek/base'
import { adminKeys, createAdmin } from '@odradek/client'
import type { Admin, AdminConfigInput } from '@odradek/client'
import type { ProcessContext } from '../command-context.ts'
import { clientProperties } from '../context/client-properties.ts'
import { readProperties } from '../read-properties.ts'
import { ToolError } from './tool-error.ts'
import { describeToolOptions, parseToolArguments } from './tool-options.ts'
import type { ToolArguments, ToolOption } from './tool-options.ts'

/** One of Kafka's command line tools, by its own name and options, printing what Kafka 3.9's prints. */
export interface KafkaTool {
  /** The name that it has in errors about its options, where they are written with it. */
  readonly program?: string
  readonly options: readonly ToolOption[]
  /** Resolves with the exit code. What it throws is printed as `failed` says, with exit code 1. */
  run(given: ToolArguments, tool: ToolRun): Promise<number>
  /** How a failure is said, on which stream, in which words; resolves with the exit code. Default: the message on standard error, and 1. */
  failed?(error: Error, tool: ToolRun): Promise<number>
}

/** What a tool works with. */
export class ToolRun {
  readonly context: ProcessContext
  /** The words after the tool's name. */
  readonly args: readonly string[]
  readonly #given: ToolArguments

  constructor(context: ProcessContext, given: ToolArguments, args: readonly string[]) {
    this.context = context
    this.args = args
    this.#given = given
  }

  env(): Promise<Env> {
    return this.context.createEnv('warn')
  }

  /** Does something with an admin client of the cluster that `--bootstrap-server` and `--command-config` name. */
  async admin<Result>(act: (admin: Admin) => Promise<Result>): Promise<Result> {
    const env = await this.env()
    const brokers = this.#given.value('bootstrap-server') ?? this.#given.value('broker-list')
    const commandConfig = this.#given.value('command-config')
    const properties = clientProperties(
      env,
      { ...(brokers === undefined ? {} : { brokers }), ...(commandConfig === undefined ? {} : { commandConfig }) },
      this.context.environment,
    )
    return this.adminOf(properties, act)
  }

  /** The same with an admin client by these properties. */
  async adminOf<Result>(
    properties: Readonly<Record<string, string>>,
    act: (admin: Admin) => Promise<Result>,
  ): Promise<Result> {
    const admin = createAdmin(await this.env(), this.knownKeys(adminKeys, properties) as AdminConfigInput)
    try {
      return await act(admin)
    } finally {
      admin.close()
    }
  }

  /** Client properties: those of a file, and over them those given as `key=value`. */
  async properties(file: string | undefined, assignments: readonly string[]): Promise<Record<string, string>> {
    const properties = file === undefined ? [] : [...readProperties(await this.env(), file)]
    return Object.fromEntries([...properties, ...assignments.map(splitAssignment)])
  }

  /** The properties that our client has too; as Kafka's tools it warns of others and goes on, silently with those that only Java's has a use for. */
  knownKeys(keys: object, properties: Readonly<Record<string, string>>): Record<string, string> {
    const [known, others] = [[], []] as [[string, string][], string[]]
    for (const [key, value] of Object.entries(properties)) {
      if (Object.hasOwn(keys, key)) known.push([key, value])
      else if (!javaOnly.test(key)) others.push(key)
    }
    if (others.length > 0)
      this.printError(`WARN these configurations are not known and are ignored: ${others.join(', ')}`)
    return Object.fromEntries(known)
  }

  /** One line, or several, to standard output. */
  async print(...lines: readonly string[]): Promise<void> {
    for (const line of lines) await this.context.terminal.write(`${line}\n`)
  }

  printError(line: string): void {
    this.context.terminal.writeError(`${line}\n`)
  }
}

const javaOnly =
  /^(retries|(send|receive)\.buffer\.bytes|(key|value)\.(de)?serializer|metric.*|auto\.include\.jmx\.reporter|enable\.metrics\.push|client\.dns\.lookup|transaction\.two\.phase.*|internal\..*)$/

/** `key=value`; without a value it is empty. */
export function splitAssignment(text: string): [key: string, value: string] {
  const at = text.indexOf('=')
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
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

/** Of Odradek: Kafka's tools print that of Kafka. */
const version = '0.1.0'

/** Runs a tool with the words after its name; returns the exit code. */
export async function runKafkaTool(tool: KafkaTool, args: readonly string[], context: ProcessContext): Promise<number> {
  const { terminal } = context
  if (args.includes('--help')) {
    await terminal.write(describeToolOptions(tool.options))
    return 0
  }
  if (args.includes('--version')) {
    await terminal.write(`${version}\n`)
    return 0
  }
  let given: ToolArguments
  try {
    given = parseToolArguments(tool.options, args, tool.program)
  } catch (error) {
    if (!(error instanceof OdradekError)) throw error
    terminal.writeError(`${error.message}\n${describeToolOptions(tool.options)}`)
    return 1
  }
  const run = new ToolRun(context, given, args)
  try {
    return await tool.run(given, run)
  } catch (error) {
    if (!(error instanceof OdradekError)) throw error
    if (error instanceof ToolError) {
      run.printError(error.message)
      if (error.code === 'USAGE') terminal.writeError(describeToolOptions(tool.options))
      return 1
    }
    if (tool.failed !== undefined) return await tool.failed(firstCause(error), run)
    run.printError(`Error: ${error.message}`)
    return 1
  }
}

/** What Kafka's tools would say: of several failures the first. */
function firstCause(error: OdradekError): Error {
  return error.code === 'BATCH_FAILED' && error.cause instanceof Error ? error.cause : error
}
