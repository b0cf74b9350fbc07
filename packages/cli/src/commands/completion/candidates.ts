import type { Command, Option } from 'commander'
import { OdradekError } from '@odradek/base'
import { adminKeys, consumerKeys, producerKeys } from '@odradek/client'
import type { ConfigKeys } from '@odradek/client'
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
import { toolCandidates } from './tool-candidates.ts'

/** Somebody waits with a finger on the key: a cluster that does not answer by then has nothing to offer. */
const patienceMs = 1500

/** What a word may become, and what that does where it says something more. */
export interface Candidate {
  readonly word: string
  readonly description?: string
}

export interface Candidates {
  readonly words: readonly Candidate[]
  /** Names of files may stand there, which the shell knows best. */
  readonly files?: true
}

/** What the word of `args` that is being typed, its last, may become; `args` are the words behind `odradek`. */
export async function candidates(args: readonly string[], context: CommandContext): Promise<Candidates> {
  const before = args.slice(0, -1)
  const typed = args.at(-1) ?? ''
  const loadTool = kafkaTools[(before[0] ?? '').replace(/\.sh$/, '')]
  const { words, ...rest } =
    loadTool === undefined
      ? await offered(context, before, typed)
      : await toolCandidates((await loadTool()).options, before.slice(1), (kind) => asked(context, before, kind))
  const fitting = new Map(words.filter(({ word }) => word.startsWith(typed)).map((each) => [each.word, each]))
  return { ...rest, words: [...fitting.values()].sort((a, b) => (a.word < b.word ? -1 : 1)) }
}

const hidden = new Set(commandList.filter(({ isHidden }) => isHidden).map(({ name }) => name))

interface Place {
  readonly command: Command
  /** Words that are neither commands nor options. */
  readonly positionals: readonly string[]
  /** The option whose value is being typed. */
  readonly option: Option | undefined
}

/** Follows the words through commands and options. */
function walk(program: Command, before: readonly string[]): Place {
  let command = program
  const positionals: string[] = []
  let option: Option | undefined
  for (const word of before) {
    if (option !== undefined) {
      option = undefined
    } else if (word.startsWith('-')) {
      const known = command.options.find(({ short, long }) => short === word || long === word)
      option = known !== undefined && (known.required || known.optional) ? known : undefined
    } else {
      const next = command.commands.find((one) => one.name() === word || one.aliases().includes(word))
      if (next === undefined) positionals.push(word)
      else command = next
    }
  }
  return { command, positionals, option }
}

async function offered(context: CommandContext, before: readonly string[], typed: string): Promise<Candidates> {
  const name = before.find((arg) => !arg.startsWith('-'))
  const { command, positionals, option } = walk(await buildProgram(context, name), before)
  if (option !== undefined) {
    if (/<(file|directory)/.test(option.flags)) return { words: [], files: true }
    return { words: plain(await ofKind(context, before, option.attributeName(), typed)) }
  }
  if (typed.startsWith('-')) {
    const options = command.options.flatMap(({ long, description }) => (long ? [{ word: long, description }] : []))
    return { words: [...options, { word: '--help' }] }
  }
  if (command.commands.length > 0) {
    const names = command.commands
      .map((one) => ({ word: one.name(), description: one.description() }))
      .filter(({ word }) => !hidden.has(word))
    const isTop = command.parent === null
    return {
      words: isTop && typed.startsWith('kafka-') ? [...names, ...plain(Object.keys(kafkaTools))] : names,
    }
  }
  const all = command.registeredArguments
  const argument = all[positionals.length] ?? (all.at(-1)?.variadic ? all.at(-1) : undefined)
  if (argument === undefined) return { words: [] }
  if (/^(file|directory)/.test(argument.name())) return { words: [], files: true }
  const found = await ofKind(context, before, argument.name(), typed)
  // Where several may be named, none is wanted twice.
  return { words: plain(found.filter((word) => !(argument.variadic && positionals.includes(word)))) }
}

function plain(words: readonly string[]): Candidate[] {
  return words.map((word) => ({ word }))
}

/** Words for an option or argument of this name; none where numbers or new names are meant. */
async function ofKind(
  context: CommandContext,
  before: readonly string[],
  name: string,
  typed: string,
): Promise<string[]> {
  switch (name) {
    case 'topic':
      return asked(context, before, 'topics')
    case 'group':
      return asked(context, before, 'groups')
    case 'property':
    case 'key=value':
      return clientPropertyWords(typed)
    case 'output':
      return [...outputFormats]
    case 'offset':
      return ['beginning', 'end', 'stored', 's@', 'e@', ...outputFormats.filter((format) => format !== 'yaml')]
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

/** `key=` for all that clients have, and behind it the values where there are few. */
function clientPropertyWords(typed: string): string[] {
  const keys: ConfigKeys = { ...adminKeys, ...producerKeys, ...consumerKeys }
  const name = typed.includes('=') ? typed.slice(0, typed.indexOf('=')) : undefined
  if (name === undefined) return Object.keys(keys).map((key) => `${key}=`)
  const key = Object.hasOwn(keys, name) ? keys[name] : undefined
  if (key?.type === 'boolean') return [`${name}=true`, `${name}=false`]
  return key?.type === 'string' ? (key.range ?? '').split(', ').map((value) => `${name}=${value}`) : []
}

async function contextNames(context: CommandContext): Promise<string[]> {
  const env = await context.createEnv('error')
  return Object.keys(readContexts(env, contextsPath(context.environment)).contexts)
}

/** Topics or groups of the cluster that the words before name. None when it does not answer. */
async function asked(context: CommandContext, before: readonly string[], what: 'topics' | 'groups'): Promise<string[]> {
  const valuesOf = (...flags: readonly string[]): string[] =>
    before.filter((_word, index) => flags.includes(before[index - 1] ?? ''))
  const [brokers] = valuesOf('-b', '--brokers', '--bootstrap-server')
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
