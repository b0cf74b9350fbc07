import { parse, stringify } from 'yaml'
import { DiskError } from '@odradek/base'
import type { Env } from '@odradek/base'
import path from 'node:path'
import { CliError } from '../cli-error.ts'

/** Client properties by Kafka's names, such as `bootstrap.servers`. */
export type Properties = Readonly<Record<string, string>>

/** What the file of contexts says: named sets of client properties, and which of them counts when none is named. */
export interface Contexts {
  readonly current: string | undefined
  readonly contexts: Readonly<Record<string, Properties>>
}

/** Where the contexts are: `ODRADEK_CONFIG`, or config.yaml in the user's configuration directory. */
export function contextsPath(environment: Readonly<Record<string, string | undefined>>): string {
  const { ODRADEK_CONFIG: given, XDG_CONFIG_HOME: configHome, HOME: home = '.' } = environment
  return given ?? path.join(configHome ?? path.join(home, '.config'), 'odradek', 'config.yaml')
}

/** The contexts in the file at `file`; none when there is no such file. Throws `CliError` for one that cannot be understood. */
export function readContexts(env: Env, file: string): Contexts {
  let text: string
  try {
    text = env.disk.readFileSync(file).toString('utf8')
  } catch (error) {
    if (error instanceof DiskError && error.code === 'NOT_FOUND') return { current: undefined, contexts: {} }
    throw error
  }
  let document: unknown
  try {
    document = parse(text) ?? {}
  } catch (error) {
    throw new CliError('INVALID_FILE', `${file} is no YAML: ${(error as Error).message}`, { cause: error })
  }
  const { current, contexts = {} } = record(document, file, 'the whole')
  const named = Object.entries(record(contexts, file, 'contexts')).map(([name, properties]) => {
    const entries = Object.entries(record(properties ?? {}, file, `contexts.${name}`))
    return [name, Object.fromEntries(entries.map(([key, value]) => [key, String(value)]))] as const
  })
  return {
    current: typeof current === 'string' ? current : undefined,
    contexts: Object.fromEntries(named),
  }
}

/** Replaces the file. Passwords need not be in it: `${env:NAME}` in a value stands for an environment variable. */
export function writeContexts(env: Env, file: string, contexts: Contexts): void {
  env.disk.makeDirectorySync(path.dirname(file))
  env.disk.writeFileAtomicSync(file, Buffer.from(stringify(contexts)))
}

function record(value: unknown, file: string, what: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw new CliError('INVALID_FILE', `${file}: ${what} is to be a map of names to values`)
}
