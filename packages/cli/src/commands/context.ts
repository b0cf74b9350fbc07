import type { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import type { CommandContext } from '../command-context.ts'
import { parseAssignment } from '../context/client-properties.ts'
import { contextsPath, readContexts, writeContexts } from '../context/contexts-file.ts'
import { parseOutputFormat } from '../output/output-format.ts'
import { renderRows } from '../output/render-rows.ts'
import { tableStyle } from '../output/table-style.ts'

/** `odradek context …`: named clusters in a file, so that they need not be typed. */
export function defineContext(command: Command, context: CommandContext): void {
  const file = contextsPath(context.environment)
  command.description(`clusters by name, kept in ${file}`)
  command
    .command('list')
    .alias('ls')
    .description('the contexts that there are')
    .option('-o, --output <format>', 'table, json, jsonl or yaml', 'table')
    .action(async (options: { output: string }) => {
      const { current, contexts } = readContexts(await context.createEnv('error'), file)
      const rows = Object.entries(contexts).map(([name, properties]) => ({
        name,
        current: name === current,
        brokers: properties['bootstrap.servers'] ?? null,
      }))
      await context.terminal.write(
        await renderRows(parseOutputFormat(options.output), rows, ['name', 'current', 'brokers'], tableStyle(context)),
      )
    })
  command
    .command('set <name> <key=value...>')
    .description('add a context, or set properties of one; ${env:NAME} stands for an environment variable')
    .action(async (name: string, assignments: string[]) => {
      const env = await context.createEnv('error')
      const { current, contexts } = readContexts(env, file)
      const properties = {
        ...contexts[name],
        ...Object.fromEntries(assignments.map((text) => parseAssignment('context set', text))),
      }
      writeContexts(env, file, { current: current ?? name, contexts: { ...contexts, [name]: properties } })
    })
  command
    .command('use <name>')
    .description('the context that counts when none is named')
    .action(async (name: string) => {
      const env = await context.createEnv('error')
      const { contexts } = readContexts(env, file)
      if (!Object.hasOwn(contexts, name))
        throw new CliError('INVALID_OPTION', `there is no context "${name}" in ${file}`)
      writeContexts(env, file, { current: name, contexts })
    })
  command
    .command('delete <name>')
    .description('forget a context')
    .action(async (name: string) => {
      const env = await context.createEnv('error')
      const { current, contexts } = readContexts(env, file)
      const left = Object.fromEntries(Object.entries(contexts).filter(([other]) => other !== name))
      writeContexts(env, file, { current: current === name ? undefined : current, contexts: left })
    })
}
