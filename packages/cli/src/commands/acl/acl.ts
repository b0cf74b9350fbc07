import type { Command } from 'commander'
import { BatchError } from '@odradek/client'
import type { AclBinding, Admin } from '@odradek/client'
import { CliError } from '../../cli-error.ts'
import type { CommandContext } from '../../command-context.ts'
import { confirm } from '../../confirm.ts'
import { collect, printRows, withAdmin, withClusterOptions } from '../../context/connection.ts'
import type { ClusterOptions } from '../../context/connection.ts'
import type { Row } from '../../output/render-rows.ts'
import { bindingsOf, filtersOf, withFilterOptions, withResourceOptions } from './acl-options.ts'
import type { CreateOptions, FilterOptions } from './acl-options.ts'
import { aclText, operationWords, wordOf } from './acl-words.ts'

const columns = ['resource', 'name', 'pattern', 'principal', 'host', 'operation', 'permission']

/** `odradek acl …`: who may do what. */
export function defineAcl(command: Command, context: CommandContext): void {
  const add = (usage: string, description: string): Command =>
    withClusterOptions(command.command(usage).description(description))
  withFilterOptions(add('list', 'the access rules that fit, or all').alias('ls')).action(
    async (options: ClusterOptions & FilterOptions) => {
      const found = await withAdmin(context, options, (admin) => findAcls(admin, options))
      await printRows(context, options, found.map(rowOf), columns, 'No access rule fits.')
    },
  )
  withResourceOptions(
    add('create', 'add access rules: each operation on each thing for each principal'),
    'literal (default), prefixed',
  )
    .option('--allow <principal>', 'User:name that may, as often as wanted; User:* for all', collect, [])
    .option('--deny <principal>', 'User:name that may not, as often as wanted', collect, [])
    .option('--host <address>', 'from this address, as often as wanted; default: from any', collect, [])
    .option('--operation <operation>', 'what: read,write,…', collect, [])
    .option('--dry-run', 'only print the rules')
    .addHelpText(
      'after',
      `\nOperations: ${operationWords.join(', ')}.\nExample: odradek acl create --allow User:ada --operation read,write --topic orders`,
    )
    .action(async (options: ClusterOptions & CreateOptions & { dryRun?: true }) => {
      const bindings = bindingsOf(options)
      if (!options.dryRun) await withAdmin(context, options, (admin) => createAll(admin, bindings))
      await printRows(context, options, bindings.map(rowOf), columns)
      if (options.dryRun) context.terminal.writeError('Nothing was added; without --dry-run it will be.\n')
    })
  withFilterOptions(add('delete', 'take away the access rules that fit'))
    .option('--all', 'when nothing else is said: all there are')
    .option('--dry-run', 'only print the rules that would go')
    .option('-y, --yes', 'do not ask')
    .action(deleteAcls(context))
}

type DeleteOptions = ClusterOptions & FilterOptions & { all?: true; dryRun?: true; yes?: true }

const deleteAcls = (context: CommandContext) => async (options: DeleteOptions) => {
  const filters = filtersOf(options)
  const [first = {}] = filters
  if (Object.keys(first).length === 0 && !options.all) {
    throw new CliError('INVALID_OPTION', 'say which: --topic, --principal, …; or --all')
  }
  const rows = await withAdmin(context, options, async (admin) => {
    if (options.dryRun) return (await findAcls(admin, options)).map(rowOf)
    if (!options.yes && context.terminal.inputIsTerminal) {
      const found = await findAcls(admin, options)
      for (const acl of found) context.terminal.writeError(`${aclText(acl)}\n`)
      if (found.length > 0)
        await confirm(context.terminal, `Delete ${found.length === 1 ? 'this rule' : `these ${found.length} rules`}?`)
    }
    return (await admin.deleteAcls(filters)).map(rowOf)
  })
  await printRows(context, options, rows, columns, 'No access rule fits: nothing was deleted.')
  if (options.dryRun && rows.length > 0)
    context.terminal.writeError('Nothing was deleted; without --dry-run it will be.\n')
}

/** The rules that fit any of the filters, each once. */
async function findAcls(admin: Admin, options: FilterOptions): Promise<AclBinding[]> {
  const found = await Promise.all(filtersOf(options).map((filter) => admin.describeAcls(filter)))
  const each = new Map(found.flat().map((acl) => [JSON.stringify(Object.values(acl)), acl]))
  return [...each].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, acl]) => acl)
}

/** Adds rules; what is refused is named by the rule. */
export async function createAll(admin: Admin, bindings: readonly AclBinding[]): Promise<void> {
  try {
    await admin.createAcls(bindings)
  } catch (error) {
    if (!(error instanceof BatchError)) throw error
    const named = [...error.errors].map(([key, failure]) => {
      const binding = bindings[Number(key.replace('acl ', ''))]
      return [binding === undefined ? key : aclText(binding), failure] as const
    })
    throw new BatchError(new Map(named), error.results)
  }
}

function rowOf(acl: AclBinding): Row {
  return {
    resource: wordOf(acl.resourceType),
    name: acl.resourceName,
    pattern: wordOf(acl.patternType),
    principal: acl.principal,
    host: acl.host,
    operation: wordOf(acl.operation),
    permission: wordOf(acl.permissionType),
  }
}
