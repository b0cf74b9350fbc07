import type { Command } from 'commander'
import type { QuotaEntry } from '@odradek/client'
import { CliError } from '../../cli-error.ts'
import type { CommandContext } from '../../command-context.ts'
import { confirm } from '../../confirm.ts'
import { printRows, withAdmin, withClusterOptions } from '../../context/connection.ts'
import type { ClusterOptions } from '../../context/connection.ts'
import type { Row } from '../../output/render-rows.ts'
import { entityOf, entityText, filtersOf, oneEntityOf, withEntityOptions } from './quota-entity.ts'
import type { EntityOptions } from './quota-entity.ts'
import { parseQuota, parseQuotaKey, quotaKeys } from './quota-value.ts'

const columns = ['user', 'clientId', 'ip', 'quota', 'value']
const defaultName = '(default)'

/** `odradek quota …`: how much clients may take. */
export function defineQuota(command: Command, context: CommandContext): void {
  const add = (usage: string, description: string): Command =>
    withEntityOptions(withClusterOptions(command.command(usage).description(description)))
  add('list', 'the quotas that are set: all, or those of a user, client.id, address')
    .alias('ls')
    .alias('describe')
    .option('--strict', 'only of just what is named, not of its combinations with others')
    .action(async (options: ClusterOptions & EntityOptions & { strict?: true }) => {
      const entries = await withAdmin(context, options, (admin) =>
        admin.describeClientQuotas(filtersOf(entityOf(options)), { strict: options.strict ?? false }),
      )
      await printRows(context, options, entries.flatMap(rowsOf).sort(byText), columns, 'No quota is set.')
    })
  add('set <quota=value...>', 'set quotas of one user, client.id, address, or combination')
    .option('--dry-run', 'only check whether it could be done')
    .addHelpText(
      'after',
      `\nQuotas: ${quotaKeys.join(', ')}.\nExample: odradek quota set --user ada --default client-id producer_byte_rate=10Mi`,
    )
    .action(async (given: string[], options: ClusterOptions & EntityOptions & { dryRun?: true }) => {
      const entity = oneEntityOf(options)
      const quotas = Object.fromEntries(given.map(parseQuota))
      const validateOnly = options.dryRun ?? false
      await withAdmin(context, options, (admin) => admin.alterClientQuotas([{ entity, quotas }], { validateOnly }))
      await printRows(context, options, rowsOf({ entity, quotas }), columns)
      if (validateOnly) context.terminal.writeError('Nothing was set; without --dry-run it will be.\n')
    })
  add(
    'delete [quota...]',
    'take away quotas of one user, client.id, address, or combination; without names all of them',
  )
    .option('-y, --yes', 'do not ask')
    .action(async (given: string[], options: ClusterOptions & EntityOptions & { yes?: true }) => {
      const entity = oneEntityOf(options)
      const wanted = given.map(parseQuotaKey)
      const rows = await withAdmin(context, options, async (admin) => {
        const [found] = await admin.describeClientQuotas(filtersOf(entity), { strict: true })
        const keys = Object.keys(found?.quotas ?? {}).filter((key) => wanted.length === 0 || wanted.includes(key))
        const missing = wanted.filter((key) => !keys.includes(key))
        if (keys.length === 0 || missing.length > 0) {
          throw new CliError(
            'INVALID_OPTION',
            `${entityText(entity)} has no ${missing.join(', ') || 'quota'}: nothing was deleted`,
          )
        }
        if (!options.yes) await confirm(context.terminal, `Delete ${keys.join(', ')} of ${entityText(entity)}?`)
        await admin.alterClientQuotas([{ entity, quotas: Object.fromEntries(keys.map((key) => [key, null])) }])
        return keys
      })
      for (const key of rows) await context.terminal.write(`${key} of ${entityText(entity)} deleted\n`)
    })
}

function rowsOf({ entity, quotas }: QuotaEntry): Row[] {
  const part = (kind: string): string | null => (kind in entity ? (entity[kind] ?? defaultName) : null)
  return Object.entries(quotas).map(([quota, value]) => ({
    user: part('user'),
    clientId: part('client-id'),
    ip: part('ip'),
    quota,
    value,
  }))
}

function byText(left: Row, right: Row): number {
  return JSON.stringify(left) < JSON.stringify(right) ? -1 : 1
}
