import { parseProperties } from '@odradek/broker'
import type { Env } from '@odradek/base'
import { CliError } from '../cli-error.ts'
import { readTextFile } from '../read-file.ts'
import { contextsPath, readContexts } from './contexts-file.ts'
import type { Properties } from './contexts-file.ts'

const bootstrapServersDefault = '127.0.0.1:9092'

/** How the options of a command say what cluster is meant. */
export interface ConnectionOptions {
  /** `-b`: host:port, separated by commas. */
  readonly brokers?: string
  /** `-X key=value`, as often as wanted. */
  readonly property?: readonly string[]
  /** The name of a context, instead of the current one. */
  readonly context?: string
  /** A .properties file, as `--command-config` of Kafka's tools. */
  readonly commandConfig?: string
}

/**
 * The client properties that a command works with. Each source goes over those before it: the context (named, in `ODRADEK_CONTEXT`, or
 * the current one), the properties file, `ODRADEK_BOOTSTRAP_SERVERS`, `-X`, `-b`. `${env:NAME}` in a value is taken from the environment.
 */
export function clientProperties(
  env: Env,
  options: ConnectionOptions,
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const properties: Record<string, string> = {
    'bootstrap.servers': bootstrapServersDefault,
    ...contextProperties(env, options.context ?? environment['ODRADEK_CONTEXT'], environment),
  }
  if (options.commandConfig !== undefined) {
    const parsed = parseProperties(readTextFile(env, options.commandConfig), options.commandConfig)
    for (const [key, { value }] of parsed) properties[key] = value
  }
  const fromEnvironment = environment['ODRADEK_BOOTSTRAP_SERVERS']
  if (fromEnvironment !== undefined) properties['bootstrap.servers'] = fromEnvironment
  for (const text of options.property ?? []) {
    const [key, value] = parseAssignment('-X', text)
    properties[key] = value
  }
  if (options.brokers !== undefined) properties['bootstrap.servers'] = options.brokers
  for (const [key, value] of Object.entries(properties)) properties[key] = substitute(key, value, environment)
  return properties
}

/** `key=value`; a value may be empty and may hold further `=`. */
export function parseAssignment(option: string, text: string): [key: string, value: string] {
  const at = text.indexOf('=')
  if (at <= 0) throw new CliError('INVALID_OPTION', `${option} takes key=value, not "${text}"`)
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()]
}

function contextProperties(
  env: Env,
  name: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Properties {
  const file = contextsPath(environment)
  const { current, contexts } = readContexts(env, file)
  const wanted = name ?? current
  if (wanted === undefined) return {}
  const found = Object.hasOwn(contexts, wanted) ? contexts[wanted] : undefined
  if (found !== undefined) return found
  const names = Object.keys(contexts)
  throw new CliError(
    'INVALID_OPTION',
    `there is no context "${wanted}" in ${file}; ${names.length === 0 ? 'there is none at all' : `there are ${names.join(', ')}`}`,
  )
}

/** `${env:NAME}` in a value is taken from the environment. Throws `CliError` for a variable that is not set. */
export function substitute(
  key: string,
  value: string,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  return value.replaceAll(/\$\{env:([^}]+)\}/g, (_match, name: string) => {
    const found = environment[name]
    if (found === undefined)
      throw new CliError('INVALID_OPTION', `${key} asks for the environment variable ${name}, which is not set`)
    return found
  })
}
