import type { Admin, AlterConfigOp, ConfigResource } from '@odradek/client'
import { changeOf } from './change.ts'
import type { Change, ChangedValue } from './change.ts'
import type { Part } from './document.ts'

/** Wanted values; null: the default. */
export type WantedConfigs = ReadonlyMap<string, string | null>

export function readConfigs(part: Part | undefined): WantedConfigs {
  return new Map((part?.entries() ?? []).map(([key, value]) => [key, value.value === null ? null : value.text()]))
}

/** The keys of a resource whose values differ from those wanted; others are left as they are. */
export async function changedConfigs(
  admin: Admin,
  resource: ConfigResource,
  wanted: WantedConfigs,
): Promise<ChangedValue[]> {
  if (wanted.size === 0) return []
  const [described] = await admin.describeConfigs([resource])
  const entries = new Map((described?.entries ?? []).map((entry) => [entry.name, entry]))
  return [...wanted].flatMap(([key, to]): ChangedValue[] => {
    const entry = entries.get(key)
    const isSet =
      entry?.source.startsWith('DYNAMIC') === true &&
      !(resource.name !== '' && entry.source === 'DYNAMIC_DEFAULT_BROKER_CONFIG')
    const from = entry?.value ?? null
    if (to === null) return isSet ? [{ key, from, to }] : []
    // No broker tells what a secret is: it is set each time.
    if (entry?.isSensitive === true) return [{ key, from, to, isSecret: true }]
    return from === to ? [] : [{ key, from, to }]
  })
}

export function operationsOf(values: readonly ChangedValue[]): AlterConfigOp[] {
  return values.map(({ key, to }) =>
    to === null ? { name: key, operation: 'DELETE' } : { name: key, operation: 'SET', value: String(to) },
  )
}

/** Changes of what is no topic. */
export async function planConfigs(admin: Admin, part: Part): Promise<Change[]> {
  const {
    brokers,
    broker,
    group,
    'client-metrics': clientMetrics,
  } = part.fields(['brokers', 'broker', 'group', 'client-metrics'])
  const resources: [ConfigResource, Part][] = [
    ...(brokers === undefined ? [] : [[{ type: 'BROKER', name: '' }, brokers] as [ConfigResource, Part]]),
    ...named('BROKER', broker),
    ...named('GROUP', group),
    ...named('CLIENT_METRICS', clientMetrics),
  ]
  const changes: Change[] = []
  for (const [resource, wanted] of resources) {
    const values = await changedConfigs(admin, resource, readConfigs(wanted))
    const operations = operationsOf(values)
    const change = { ...resource, operations }
    const kind = resource.type.toLowerCase().replace('_', '-')
    changes.push(
      ...changeOf({
        action: 'alter',
        kind: 'config',
        name: resource.name === '' ? 'all brokers' : `${kind} ${resource.name}`,
        values,
        check: (asked) => asked.incrementalAlterConfigs([change], { validateOnly: true }),
        make: (asked) => asked.incrementalAlterConfigs([change]),
      }),
    )
  }
  return changes
}

function named(type: ConfigResource['type'], part: Part | undefined): [ConfigResource, Part][] {
  return (part?.entries() ?? []).map(([name, configs]) => [{ type, name }, configs])
}
