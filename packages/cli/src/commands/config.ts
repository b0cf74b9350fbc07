import type { Command } from 'commander'
import type { AlterConfigOp, ConfigResource } from '@odradek/client'
import { CliError } from '../cli-error.ts'
import type { CommandContext } from '../command-context.ts'
import { parseAssignment } from '../context/client-properties.ts'
import { collect, printRows, withAdmin, withClusterOptions } from '../context/connection.ts'
import type { ClusterOptions } from '../context/connection.ts'

/** What has a configuration, as users say it. */
export const configKinds: Readonly<Record<string, ConfigResource['type']>> = {
  topic: 'TOPIC',
  broker: 'BROKER',
  'broker-logger': 'BROKER_LOGGER',
  group: 'GROUP',
  'client-metrics': 'CLIENT_METRICS',
}

/** `odradek config …`: what is set, and where it comes from. */
export function defineConfig(command: Command, context: CommandContext): void {
  withClusterOptions(command.command('get <kind> [name]').description('the configuration of a topic, broker, group, …'))
    .option('-a, --all', 'defaults too, not only what was set')
    .option('-k, --key <name...>', 'only these keys')
    .addHelpText(
      'after',
      `\nKinds: ${Object.keys(configKinds).join(', ')}. A broker without a name: what all brokers share.`,
    )
    .action(
      async (kind: string, name: string | undefined, options: ClusterOptions & { all?: true; key?: string[] }) => {
        const resource = resourceOf(kind, name)
        const [described] = await withAdmin(context, options, (admin) => admin.describeConfigs([resource]))
        const rows = (described?.entries ?? [])
          .filter(
            (entry) => options.key?.includes(entry.name) ?? (options.all === true || isSet(resource, entry.source)),
          )
          .map((entry) => ({
            key: entry.name,
            value: entry.isSensitive ? '(hidden)' : entry.value,
            source: entry.source,
            readOnly: entry.isReadOnly,
          }))
        await printRows(context, options, rows, ['key', 'value', 'source', 'readOnly'])
      },
    )
  withClusterOptions(command.command('set <kind> [name]').description('set and unset keys while the cluster runs'), {
    output: false,
  })
    .option('-s, --set <key=value>', 'as often as wanted', collect, [])
    .option('-u, --unset <key>', 'go back to the default, as often as wanted', collect, [])
    .option('--dry-run', 'only check whether it could be done')
    .action(async (kind: string, name: string | undefined, options: SetOptions) => {
      const resource = resourceOf(kind, name)
      const operations: AlterConfigOp[] = [
        ...options.set.map((text) => {
          const [key, value] = parseAssignment('--set', text)
          return { name: key, operation: 'SET' as const, value }
        }),
        ...options.unset.map((key) => ({ name: key, operation: 'DELETE' as const })),
      ]
      if (operations.length === 0) throw new CliError('INVALID_OPTION', 'nothing to change: give --set or --unset')
      const validateOnly = options.dryRun ?? false
      await withAdmin(context, options, (admin) =>
        admin.incrementalAlterConfigs([{ ...resource, operations }], { validateOnly }),
      )
      await context.terminal.write(
        `${kind} ${resource.name || '(all)'} ${validateOnly ? 'could be changed' : 'changed'}\n`,
      )
    })
}

interface SetOptions extends ClusterOptions {
  readonly set: readonly string[]
  readonly unset: readonly string[]
  readonly dryRun?: true
}

function resourceOf(kind: string, name: string | undefined): ConfigResource {
  const type = Object.hasOwn(configKinds, kind) ? configKinds[kind] : undefined
  if (type === undefined) {
    throw new CliError(
      'INVALID_OPTION',
      `there are configurations of ${Object.keys(configKinds).join(', ')}, not of "${kind}"`,
    )
  }
  if (name === undefined && type !== 'BROKER') throw new CliError('INVALID_OPTION', `name the ${kind}`)
  return { type, name: name ?? '' }
}

function isSet({ type }: ConfigResource, source: string): boolean {
  if (type === 'TOPIC') return source === 'DYNAMIC_TOPIC_CONFIG'
  return source !== 'DEFAULT_CONFIG'
}
