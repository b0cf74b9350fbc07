import type { Command } from 'commander'
import type { Env } from '@odradek/base'
import type { Admin } from '@odradek/client'
import { CliError } from '../../cli-error.ts'
import type { CommandContext } from '../../command-context.ts'
import { substitute } from '../../context/client-properties.ts'
import { printRows, withAdmin, withClusterOptions } from '../../context/connection.ts'
import type { ClusterOptions } from '../../context/connection.ts'
import { outputColors } from '../../output/colors.ts'
import { Progress, progressBar } from '../../output/progress.ts'
import { readTextFile } from '../../read-file.ts'
import { planAcls } from './acls.ts'
import type { Change, ChangedValue } from './change.ts'
import { planConfigs } from './configs.ts'
import { Part } from './document.ts'
import { planQuotas } from './quotas.ts'
import { planTopics } from './topics.ts'
import { planUsers } from './users.ts'

interface ApplyOptions extends ClusterOptions {
  readonly file: string
  readonly dryRun?: true
  readonly setPasswords?: true
  readonly yes?: true
}

const helpText = `
What the file does not name is left as it is. Changes are printed, and made after a yes. Example:

  topics:
    orders: { partitions: 12, replicas: 3, configs: { retention.ms: 604800000 } }
    old-orders: { absent: true }
  configs:
    brokers: { log.retention.ms: 604800000 }
  users:
    ada: { mechanism: SCRAM-SHA-512, password: '\${env:ADA_PASSWORD}' }
  quotas:
    - { user: ada, default: client-id, producer_byte_rate: 10Mi }
  acls:
    - { allow: User:ada, operation: [read, write], topic: orders }`

/** `odradek apply`: a cluster becomes what a file says. */
export function defineApply(command: Command, context: CommandContext): void {
  withClusterOptions(command)
    .requiredOption('-f, --file <file>', 'what there is to be, in YAML')
    .option('--dry-run', 'only print what would change')
    .option('--set-passwords', 'set the passwords of users that exist, too')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', helpText)
    .action((options: ApplyOptions) => apply(context, options))
}

async function apply(context: CommandContext, options: ApplyOptions): Promise<void> {
  const { terminal } = context
  const env = await context.createEnv('error')
  const document = await readDocument(env, options.file, context.environment)
  await withAdmin(context, options, async (admin) => {
    const changes = await plan(admin, document, options.setPasswords ?? false)
    for (const { check } of changes) await check?.(admin)
    await printChanges(context, options, changes)
    if (changes.length === 0) return
    if (options.dryRun) return terminal.writeError('Nothing was changed; without --dry-run it will be.\n')
    if (!options.yes) await askUnlessYes(context, changes.length)
    await makeAll(context, env, admin, changes)
  })
}

/** A file can change much: a script that is not to be asked says so. */
async function askUnlessYes({ terminal }: CommandContext, count: number): Promise<void> {
  if (!terminal.inputIsTerminal)
    throw new CliError('NOT_CONFIRMED', 'nothing was changed: nobody is there to ask; with --yes it will be')
  const answer = await terminal.ask(`Make ${count === 1 ? 'this change' : `these ${count} changes`}? Type yes: `)
  if (answer.trim() !== 'yes') throw new CliError('NOT_CONFIRMED', 'nothing was changed')
}

async function makeAll(
  { terminal }: CommandContext,
  env: Env,
  admin: Admin,
  changes: readonly Change[],
): Promise<void> {
  const progress = new Progress(terminal, env.clock)
  let done = 0
  try {
    for (const change of changes) {
      progress.show(() => `${progressBar(done, changes.length)}  ${change.kind} ${change.name}`)
      await change.make(admin)
      done++
    }
  } finally {
    progress.clear()
    terminal.writeError(`${done} of ${changes.length} change${changes.length === 1 ? '' : 's'} made.\n`)
  }
}

async function readDocument(env: Env, file: string, environment: CommandContext['environment']): Promise<Part> {
  const { parseDocument } = await import('yaml')
  const parsed = parseDocument(readTextFile(env, file))
  const [error] = parsed.errors
  if (error !== undefined) throw new CliError('INVALID_FILE', `${file} is no YAML: ${error.message}`)
  const value: unknown = parsed.toJS()
  return new Part(substituted(value, file, environment), file)
}

function substituted(value: unknown, place: string, environment: CommandContext['environment']): unknown {
  if (typeof value === 'string') return substitute(place, value, environment)
  if (Array.isArray(value)) return value.map((item, index) => substituted(item, `${place}[${index}]`, environment))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, substituted(part, `${place}.${name}`, environment)]),
  )
}

/** What is made comes before what goes, users before what is said of them. */
async function plan(admin: Admin, document: Part, setPasswords: boolean): Promise<Change[]> {
  const { topics, configs, users, quotas, acls } = document.fields(['topics', 'configs', 'users', 'quotas', 'acls'])
  const changes = [
    ...(topics === undefined ? [] : await planTopics(admin, topics)),
    ...(configs === undefined ? [] : await planConfigs(admin, configs)),
    ...(users === undefined ? [] : await planUsers(admin, users, setPasswords)),
    ...(quotas === undefined ? [] : await planQuotas(admin, quotas)),
    ...(acls === undefined ? [] : await planAcls(admin, acls)),
  ]
  const isDeletion = ({ action }: Change): boolean => action === 'delete'
  return [...changes.filter((change) => !isDeletion(change)), ...changes.filter(isDeletion).reverse()]
}

const marks = { create: '+', alter: '~', delete: '-' } as const

async function printChanges(context: CommandContext, options: ApplyOptions, changes: readonly Change[]): Promise<void> {
  if (options.output !== 'table') {
    const rows = changes.map(({ action, kind, name, values }) => ({
      action,
      kind,
      name,
      values: values.map(shownValue).map(({ key, from, to }) => ({ key, from, to })),
    }))
    return printRows(context, options, rows)
  }
  const { green, yellow, red } = outputColors(context)
  const paints = { create: green, alter: yellow, delete: red }
  if (changes.length === 0) context.terminal.writeError('All is as the file says.\n')
  for (const { action, kind, name, values } of changes) {
    await context.terminal.write(`${paints[action](`${marks[action]} ${kind} ${name}`)}\n`)
    for (const { key, from, to } of values.map(shownValue))
      await context.terminal.write(`    ${valueText(key, from, to)}\n`)
  }
}

function shownValue(value: ChangedValue): ChangedValue {
  return value.isSecret ? { ...value, to: value.to === null ? null : '(hidden)' } : value
}

function valueText(key: string, from: string | number | null, to: string | number | null): string {
  if (from === null) return `+ ${key} = ${to}`
  return to === null ? `- ${key} = ${from}` : `~ ${key}: ${from} -> ${to}`
}
