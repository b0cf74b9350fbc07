/**
 * `meta.properties` of a log directory, in Java's properties format: `version=0`, `broker.id`, `cluster.id`. Keys that are
 * not known here (`directory.id`) are kept when the file is written again.
 */
export interface MetaProperties {
  readonly brokerId: number | undefined
  readonly clusterId: string | undefined
  readonly others: ReadonlyMap<string, string>
}

export function encodeMetaProperties({ brokerId, clusterId, others }: MetaProperties): Buffer {
  const entries = new Map(others)
  if (brokerId !== undefined) entries.set('broker.id', String(brokerId))
  if (clusterId !== undefined) entries.set('cluster.id', clusterId)
  if (!entries.has('version')) entries.set('version', '0')
  const lines = [...entries].map(([key, value]) => `${key}=${value.replaceAll('\\', '\\\\')}\n`)
  return Buffer.from(`#\n${lines.join('')}`)
}

export function decodeMetaProperties(content: Buffer): MetaProperties {
  const others = new Map<string, string>()
  for (const line of content.toString('utf8').split(/\r?\n/)) {
    const match = /^\s*([^#!\s=:][^=:\s]*)\s*[=:]\s*(.*)$/.exec(line)
    if (match !== null) others.set(match[1] as string, (match[2] as string).replaceAll(/\\(.)/g, '$1').trimEnd())
  }
  const brokerId = others.get('broker.id')
  const clusterId = others.get('cluster.id')
  others.delete('broker.id')
  others.delete('cluster.id')
  return { brokerId: brokerId === undefined ? undefined : Number(brokerId), clusterId, others }
}
