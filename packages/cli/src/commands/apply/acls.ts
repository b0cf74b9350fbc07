import type { AclBinding, Admin } from '@odradek/client'
import { bindingsOf } from '../acl/acl-options.ts'
import { createAll } from '../acl/acl.ts'
import { aclText } from '../acl/acl-words.ts'
import type { Change } from './change.ts'
import type { Part } from './document.ts'

/** Which access rules are to be added, and which to go. */
export async function planAcls(admin: Admin, part: Part): Promise<Change[]> {
  const wanted = part.items().flatMap(readRules)
  if (wanted.length === 0) return []
  const existing = new Set((await admin.describeAcls()).map(keyOf))
  return wanted.flatMap(({ rule, isAbsent }): Change[] => {
    if (existing.has(keyOf(rule)) !== isAbsent) return []
    const shared = { kind: 'acl', name: aclText(rule), values: [] }
    if (!isAbsent) return [{ ...shared, action: 'create', make: (asked) => createAll(asked, [rule]) }]
    const { resourceType, patternType, permissionType, ...rest } = rule
    if (resourceType === 'UNKNOWN' || patternType === 'UNKNOWN' || permissionType === 'UNKNOWN') return []
    return [
      {
        ...shared,
        action: 'delete',
        make: (asked) => asked.deleteAcls([{ resourceType, patternType, permissionType, ...rest }]),
      },
    ]
  })
}

function readRules(part: Part): { readonly rule: AclBinding; readonly isAbsent: boolean }[] {
  const fields = part.fields([
    'allow',
    'deny',
    'host',
    'operation',
    'topic',
    'group',
    'transactional-id',
    'delegation-token',
    'cluster',
    'pattern',
    'absent',
  ])
  const isAbsent = fields.absent?.flag() ?? false
  const texts = (of: Part | undefined): string[] => of?.texts() ?? []
  try {
    const rules = bindingsOf({
      allow: texts(fields.allow),
      deny: texts(fields.deny),
      host: texts(fields.host),
      operation: texts(fields.operation),
      topic: texts(fields.topic),
      group: texts(fields.group),
      transactionalId: texts(fields['transactional-id']),
      delegationToken: texts(fields['delegation-token']),
      ...(fields.cluster?.flag() ? { cluster: true as const } : {}),
      ...(fields.pattern === undefined ? {} : { pattern: fields.pattern.text() }),
    })
    return rules.map((rule) => ({ rule, isAbsent }))
  } catch (error) {
    throw part.wrong((error as Error).message.replaceAll('--', ''))
  }
}

function keyOf(acl: AclBinding): string {
  const { resourceType, resourceName, patternType, principal, host, operation, permissionType } = acl
  return JSON.stringify([resourceType, resourceName, patternType, principal, host, operation, permissionType])
}
