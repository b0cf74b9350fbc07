import type { Admin } from '@odradek/client'
import { CliError } from '../../cli-error.ts'
import type { ToolArguments } from '../tool-options.ts'

/** The groups that `--group` or `--all-groups` name. */
export async function groupsOf(admin: Admin, given: ToolArguments): Promise<string[]> {
  if (given.has('all-groups')) return (await admin.listConsumerGroups()).map(({ groupId }) => groupId)
  const groups = [...new Set(given.values('group'))]
  if (groups.length === 0) throw new CliError('INVALID_OPTION', 'Missing required argument "[group]"')
  return groups
}
