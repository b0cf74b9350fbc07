import type { Command } from 'commander'
import { adminKeys, createAdmin } from '@odradek/client'
import type { Admin, AdminConfigInput } from '@odradek/client'
import type { ProcessContext } from '../command-context.ts'
import { parseOutputFormat } from '../output/output-format.ts'
import { renderRows } from '../output/render-rows.ts'
import type { Row } from '../output/render-rows.ts'
import { tableStyle } from '../output/table-style.ts'
import { clientProperties } from './client-properties.ts'
import type { ConnectionOptions } from './client-properties.ts'
import { propertiesFor } from './properties-for.ts'

/** What every command that reaches a cluster takes. */
export interface ClusterOptions extends ConnectionOptions {
  readonly output: string
}

/** Adds the options that say which cluster, and how to print. */
export function withClusterOptions(command: Command, { output = true }: { readonly output?: boolean } = {}): Command {
  command
    .option('-b, --brokers <host:port,...>', 'brokers of the cluster, instead of those of the context')
    .option('-X, --property <key=value>', "a client property by Kafka's name, as often as wanted", collect, [])
    .option('--context <name>', 'a context, instead of the current one')
    .option('--command-config <file>', 'a .properties file with client properties')
  if (output) command.option('-o, --output <format>', 'table, json, jsonl or yaml', 'table')
  return command
}

/** For options that may be given as often as wanted. */
export function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value]
}

/** An action over an admin client: what it resolves to is printed, and the client closed. While no broker answers its log says why. */
export async function withAdmin<Result>(
  context: ProcessContext,
  options: ConnectionOptions,
  act: (admin: Admin) => Promise<Result>,
): Promise<Result> {
  const env = await context.createEnv('warn')
  const properties = clientProperties(env, options, context.environment)
  const admin = createAdmin(env, propertiesFor(adminKeys, properties) as AdminConfigInput)
  try {
    return await act(admin)
  } finally {
    admin.close()
  }
}

/** Prints rows as the user wants them. A table without rows is said to have none: by `empty`, on standard error. */
export async function printRows(
  context: ProcessContext,
  options: { readonly output: string },
  rows: readonly Row[],
  columns?: readonly string[],
  empty = 'Nothing was found.',
): Promise<void> {
  const format = parseOutputFormat(options.output)
  await context.terminal.write(await renderRows(format, rows, columns, tableStyle(context)))
  if (rows.length === 0 && format === 'table') context.terminal.writeError(`${empty}\n`)
}
