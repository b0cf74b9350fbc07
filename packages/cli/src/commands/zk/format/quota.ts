/** What a quota's nodes say: limits or counts, by ZooKeeper's own keys. -1 is no limit. */
export type QuotaFacts = ReadonlyMap<string, number>

/** `count=7,bytes=-1=;byteHardLimit=9`, as the nodes `zookeeper_limits` and `zookeeper_stats` have it. What is not a number is left out. */
export function parseQuota(data: Buffer | null): Map<string, number> {
  const facts = new Map<string, number>()
  for (const pair of (data?.toString() ?? '').split(/[,;]+/)) {
    const [key = '', value = ''] = pair.split('=')
    if (key !== '' && value !== '' && Number.isFinite(Number(value))) facts.set(key, Number(value))
  }
  return facts
}

/** Behind an `=` of its own stands what servers before 3.7 do not know, so that they pass it over. */
export function quotaText(facts: QuotaFacts): string {
  const others = [...facts].filter(([key]) => key !== 'count' && key !== 'bytes').sort(([a], [b]) => (a < b ? -1 : 1))
  const tail = others.length === 0 ? '' : `=${others.map(([key, value]) => `;${key}=${value}`).join('')}`
  return `count=${facts.get('count') ?? -1},bytes=${facts.get('bytes') ?? -1}${tail}`
}
