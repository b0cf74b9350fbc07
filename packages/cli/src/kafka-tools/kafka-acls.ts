import type { Admin, AclBinding } from '@odradek/client'
import { entryText, principalsOf, resourcesOf, resourceText, rulesOf } from './acls/acl-rules.ts'
import type { AclEntry, ResourceFilter } from './acls/acl-rules.ts'
import { confirmLine } from './confirm-line.ts'
import { executionError, javaError } from './java-error.ts'
import type { KafkaTool, ToolRun } from './kafka-tool.ts'
import { refuseTogether, ToolError } from './tool-error.ts'
import type { ToolArguments } from './tool-options.ts'

/** kafka-acls */
export const kafkaAcls: KafkaTool = {
  options: [
    { name: 'bootstrap-server', value: 'host:port,...', description: 'brokers of the cluster' },
    { name: 'bootstrap-controller', value: 'host:port,...', description: 'refused: name the brokers' },
    { name: 'command-config', value: 'file', description: 'a .properties file with client properties' },
    { name: 'authorizer', value: 'class', description: 'refused: name the brokers' },
    { name: 'authorizer-properties', value: 'key=value', description: 'refused: name the brokers' },
    { name: 'zk-tls-config-file', value: 'file', description: 'taken, and not needed' },
    { name: 'add', description: 'add rules' },
    { name: 'remove', description: 'remove rules' },
    { name: 'list', description: 'list rules' },
    { name: 'topic', value: 'topic', description: 'rules for a topic; * for all' },
    { name: 'cluster', description: 'rules for the cluster' },
    { name: 'group', value: 'id', description: 'rules for a group of consumers; * for all' },
    { name: 'transactional-id', value: 'id', description: 'rules for a transactional id; * for all' },
    { name: 'delegation-token', value: 'id', description: 'rules for a delegation token; * for all' },
    { name: 'user-principal', value: 'principal', description: 'rules for tokens of a user' },
    {
      name: 'resource-pattern-type',
      value: 'type',
      description: 'literal (the default) or prefixed; to list and remove also any and match',
    },
    { name: 'operation', value: 'operation', description: 'what is allowed or denied, such as Read; default: All' },
    { name: 'allow-principal', value: 'type:name', description: 'who is allowed' },
    { name: 'deny-principal', value: 'type:name', description: 'who is denied' },
    { name: 'allow-host', value: 'address', description: 'from where; default: from everywhere' },
    { name: 'deny-host', value: 'address', description: 'from where; default: from everywhere' },
    { name: 'principal', optionalValue: 'type:name', description: 'list only rules for these' },
    { name: 'producer', description: 'what a producer needs: to write, describe and create the topic' },
    { name: 'idempotent', description: 'and to write idempotently' },
    { name: 'consumer', description: 'what a consumer needs: to read and describe the topic, to read the group' },
    { name: 'force', description: 'do not ask' },
  ],
  async run(given, tool) {
    checkArguments(given)
    if (given.has('add')) {
      const pattern = (given.value('resource-pattern-type') ?? 'literal').toUpperCase()
      if (pattern === 'ANY' || pattern === 'MATCH')
        throw new ToolError('USAGE', `A '--resource-pattern-type' value of '${pattern}' is not valid when adding acls.`)
    }
    await tool.admin((admin) => {
      if (given.has('add')) return add(admin, given, tool)
      return given.has('remove') ? remove(admin, given, tool) : list(admin, given, tool)
    })
    return 0
  },
  async failed(error, tool) {
    await tool.print(`Error while executing ACL command: ${javaError(error)}`, executionError(error))
    return 1
  },
}

function checkArguments(given: ToolArguments): void {
  const usage = (message: string): never => {
    throw new ToolError('USAGE', message)
  }
  const has = (name: string): boolean => given.has(name)
  if (has('bootstrap-server') && has('authorizer'))
    usage('Only one of --bootstrap-server or --authorizer must be specified')
  if (!has('bootstrap-server')) {
    if (has('bootstrap-controller') || has('authorizer') || has('authorizer-properties'))
      throw new ToolError('REFUSED', 'rules are set through the brokers: name them with --bootstrap-server')
    usage('Missing required argument "[authorizer-properties]"')
  }
  if (has('authorizer-properties'))
    usage('The --authorizer-properties option can only be used with --authorizer option')
  if (['add', 'remove', 'list'].filter(has).length !== 1)
    usage('Command must include exactly one action: --list, --add, --remove. ')
  refuseTogether(has, 'list', ['producer', 'consumer', 'allow-host', 'allow-principal', 'deny-host', 'deny-principal'])
  for (const role of ['producer', 'consumer']) refuseTogether(has, role, ['operation', 'deny-principal', 'deny-host'])
  if (has('principal') && !has('list')) usage('The --principal option is only available if --list is set')
  if (has('producer') && !has('topic')) usage('With --producer you must specify a --topic')
  if (has('idempotent') && !has('producer')) usage('The --idempotent option is only available if --producer is set')
  const isMixed = !has('producer') && (has('cluster') || has('transactional-id'))
  if (has('consumer') && (!has('topic') || !has('group') || isMixed)) {
    usage(
      'With --consumer you must specify a --topic and a --group and no --cluster or --transactional-id option should be specified.',
    )
  }
}

/** The lines as Kafka's tool has them, with its blanks. */
function rulesText(title: string, resource: string, entries: readonly AclEntry[]): string {
  return `${title} \`${resource}\`: \n ${entries.map((entry) => `\t${entryText(entry)}`).join('\n')} \n`
}

async function add(admin: Admin, given: ToolArguments, tool: ToolRun): Promise<void> {
  const rules = rulesOf(given)
  if (rules.some(({ entries }) => entries.length === 0))
    throw new ToolError(
      'USAGE',
      'You must specify one of: --allow-principal, --deny-principal when trying to add ACLs.',
    )
  for (const { resource, entries } of rules) {
    await tool.print(rulesText('Adding ACLs for resource', resourceText(resource), entries))
    await admin.createAcls(
      entries.map((entry) => ({
        ...(resource as ResourceFilter & Pick<AclBinding, 'resourceType' | 'patternType'>),
        ...entry,
      })),
    )
  }
}

async function remove(admin: Admin, given: ToolArguments, tool: ToolRun): Promise<void> {
  for (const { resource, entries } of rulesOf(given)) {
    const text = resourceText(resource)
    const question =
      entries.length === 0
        ? `Are you sure you want to delete all ACLs for resource filter \`${text}\`? (y/n)`
        : `Are you sure you want to remove ACLs: \n ${entries.map((entry) => `\t${entryText(entry)}`).join('\n')} \n from resource filter \`${text}\`? (y/n)`
    if (!given.has('force') && !(await confirmLine(tool, question))) continue
    const filters = entries.map(({ principal, host, operation, permissionType }) => ({
      ...resource,
      principal,
      host,
      operation,
      permissionType: permissionType === 'DENY' ? ('DENY' as const) : ('ALLOW' as const),
    }))
    await admin.deleteAcls(filters.length === 0 ? [resource] : filters)
  }
}

async function list(admin: Admin, given: ToolArguments, tool: ToolRun): Promise<void> {
  const filters = resourcesOf(given, false)
  const principals = principalsOf(given, 'principal')
  const found = (
    await Promise.all((filters.length === 0 ? [{}] : filters).map((filter) => admin.describeAcls(filter)))
  ).flat()
  const print = async (bindings: readonly AclBinding[]): Promise<void> => {
    for (const [resource, ofResource] of Map.groupBy(bindings, (binding) =>
      resourceText(binding as ResourceFilter & AclBinding),
    )) {
      const unique = new Map(ofResource.map((entry) => [entryText(entry), entry]))
      await tool.print(rulesText('Current ACLs for resource', resource, [...unique.values()]))
    }
  }
  if (principals.length === 0) return print(found)
  for (const principal of principals) {
    await tool.print(`ACLs for principal \`${principal}\``)
    await print(found.filter((binding) => binding.principal === principal))
  }
}
