import type { Admin, QuotaEntity } from '@odradek/client'
import { entityOf, entityText, filtersOf } from '../quota/quota-entity.ts'
import { parseQuotaValue, quotaKeys } from '../quota/quota-value.ts'
import { changeOf } from './change.ts'
import type { Change, ChangedValue } from './change.ts'
import type { Part } from './document.ts'

const entityKeys = ['user', 'client-id', 'ip', 'default'] as const

/** What has to happen for quotas to be as the file says: each entry is all that its user, client.id or address is to have. */
export async function planQuotas(admin: Admin, part: Part): Promise<Change[]> {
  const changes: Change[] = []
  for (const item of part.items()) {
    const fields = item.fields([...entityKeys, ...quotaKeys])
    const entity = readEntity(item)
    const wanted = new Map<string, number>(
      quotaKeys.flatMap((key) => {
        const value = fields[key]
        return value === undefined ? [] : [[key, parseQuotaValue(value.path, value.text())] as const]
      }),
    )
    const [found] = await admin.describeClientQuotas(filtersOf(entity), { strict: true })
    const before = new Map(Object.entries(found?.quotas ?? {}))
    const values: ChangedValue[] = [...new Set([...before.keys(), ...wanted.keys()])].flatMap((key) => {
      const [from = null, to = null] = [before.get(key), wanted.get(key)]
      return from === to ? [] : [{ key, from, to }]
    })
    const alteration = { entity, quotas: Object.fromEntries(values.map(({ key, to }) => [key, to as number | null])) }
    changes.push(
      ...changeOf({
        action: wanted.size === 0 ? (before.size === 0 ? 'alter' : 'delete') : before.size === 0 ? 'create' : 'alter',
        kind: 'quota',
        name: entityText(entity),
        values,
        check: (asked) => asked.alterClientQuotas([alteration], { validateOnly: true }),
        make: (asked) => asked.alterClientQuotas([alteration]),
      }),
    )
  }
  return changes
}

function readEntity(item: Part): QuotaEntity {
  const { user, 'client-id': clientId, ip, default: defaults } = item.fields([...entityKeys, ...quotaKeys])
  const entity = entityOf({
    ...(user === undefined ? {} : { user: user.text() }),
    ...(clientId === undefined ? {} : { clientId: clientId.text() }),
    ...(ip === undefined ? {} : { ip: ip.text() }),
    default: defaults?.texts() ?? [],
  })
  if (Object.keys(entity).length === 0) throw item.wrong('say whose: user, client-id, ip, or default: user')
  return entity
}
