import type { Command, Option } from 'commander'
import { OdradekError } from '@odradek/base'
import { withAdmin } from '../../context/connection.ts'
import { contextsPath, readContexts } from '../../context/contexts-file.ts'
import type { CommandContext } from '../../command-context.ts'
import { commandList } from '../../command-list.ts'
import { kafkaTools } from '../../kafka-tools/tool-list.ts'
import { outputFormats } from '../../output/output-format.ts'
import { buildProgram } from '../../program.ts'
import { configKinds } from '../config.ts'
import { operationWords } from '../acl/acl-words.ts'
import { quotaKeys } from '../quota/quota-value.ts'
import { mechanisms } from '../user/credentials.ts'

/** Somebody waits with a finger on the key: a cluster that does not answer by then has nothing to offer. */
const patienceMs = 1500

/** What the word of `args` that is being typed, its last, may become; `args` are the words behind `odradek`. */
export async function candidates(args: readonly string[], context: CommandContext): Promise<string[]> {
  const before = args.slice(0, -1)
  const typed = args.at(-1) ?? ''
  const asked = before.find((arg) => !arg.startsWith('-'))
  const { command, positionals, option } = walk(await buildProgram(context, asked), before)
  const found = await offered(context, before, typed, command, positionals, option)
  return [...new Set(found)].filter((word) => word.startsWith(typed)).sort()
}

const hidden = new Set(commandList.filter(({ isHidden }) => isHidden).map(({ name }) => name))

interface Place {
  readonly command: Command
  /** Words that are neither commands nor options. */
  readonly positionals: number
  /** The option whose value is being typed. */
  readonly option: Option | undefined
}

/** Follows the words through commands and options. */
function walk(program: Command, before: readonly string[]): Place {
  let command = program
  let positionals = 0
  let option: Option | undefined
  for (const word of before) {
    if (option !== undefined) {
      option = undefined
    } else if (word.startsWith('-')) {
      const known = command.options.find(({ short, long }) => short === word || long === word)
      option = known !== undefined && (known.required || known.optional) ? known : undefined
    } else {
      const next = command.commands.find((one) => one.name() === word || one.aliases().includes(word))
      if (next === undefined) positionals++
      else command = next
    }
  }
  return { command, positionals, option }
}

async function offered(
  context: CommandContext,
  before: readonly string[],
  typed: string,
  command: Command,
  positionals: number,
  option: Option | undefined,
): Promise<string[]> {
  if (option !== undefined) return ofKind(context, before, option.attributeName())
  if (typed.startsWith('-')) {
    return [...command.options.flatMap(({ long }) => long ?? []), '--help']
  }
  if (command.commands.length > 0) {
    const names = command.commands.map((one) => one.name()).filter((name) => !hidden.has(name))
    const isTop = command.parent === null
    return isTop && typed.startsWith('kafka-') ? [...names, ...Object.keys(kafkaTools)] : names
  }
  const all = command.registeredArguments
  const argument = all[positionals] ?? (all.at(-1)?.variadic ? all.at(-1) : undefined)
  return argument === undefined ? [] : ofKind(context, before, argument.name())
}

/** Words for an option or argument of this name; none where files or numbers are meant. */
async function ofKind(context: CommandContext, before: readonly string[], name: string): Promise<string[]> {
  switch (name) {
    case 'topic':
      return asked(context, before, 'topics')
    case 'group':
      return asked(context, before, 'groups')
    case 'output':
      return [...outputFormats]
    case 'compression':
      return ['gzip', 'snappy', 'lz4', 'zstd']
    case 'mechanism':
      return [...mechanisms]
    case 'operation':
      return [...operationWords]
    case 'kind':
      return Object.keys(configKinds)
    case 'quota=value':
      return quotaKeys.map((key) => `${key}=`)
    case 'quota':
      return [...quotaKeys]
    case 'shell':
      return ['bash', 'zsh', 'fish']
    case 'context':
    case 'name':
      return contextNames(context)
    default:
      return []
  }
}

async function contextNames(context: CommandContext): Promise<string[]> {
  const env = await context.createEnv('error')
  return Object.keys(readContexts(env, contextsPath(context.environment)).contexts)
}

/** Topics or groups of the cluster that the words before name. None when it does not answer. */
async function asked(context: CommandContext, before: readonly string[], what: 'topics' | 'groups'): Promise<string[]> {
  const valuesOf = (...flags: readonly string[]): string[] =>
    before.filter((_word, index) => flags.includes(before[index - 1] ?? ''))
  const [brokers] = valuesOf('-b', '--brokers')
  const [named] = valuesOf('--context')
  const [commandConfig] = valuesOf('--command-config')
  const options = {
    property: [
      ...valuesOf('-X', '--property'),
      `default.api.timeout.ms=${patienceMs}`,
      `request.timeout.ms=${patienceMs}`,
    ],
    ...(brokers === undefined ? {} : { brokers }),
    ...(named === undefined ? {} : { context: named }),
    ...(commandConfig === undefined ? {} : { commandConfig }),
  }
  try {
    return await withAdmin(context, options, async (admin) =>
      what === 'topics'
        ? (await admin.listTopics()).map(({ name }) => name)
        : (await admin.listGroups()).map(({ groupId }) => groupId),
    )
  } catch (error) {
    if (error instanceof OdradekError) return []
    throw error
  }
}
