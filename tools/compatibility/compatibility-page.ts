import { readFileSync } from 'node:fs'
import { allHandlers } from '../../packages/broker/src/handlers/all.ts'
import { apiVersionsOf } from '../../packages/broker/src/handlers/api-versions-of.ts'
import { apacheApis } from './apache-apis.ts'

/** The page whose table is made from the handlers; what stands around the table is written by hand. */
export const compatibilityPage = new URL('../../docs/compatibility.md', import.meta.url)

const tableStart = '<!-- Made by `npm run compatibility` from the list of handlers. -->\n'
const tableEnd = '<!-- End of the table. -->\n'

type Range = readonly [number, number] | undefined

function rangeText(range: Range): string {
  if (range === undefined) return '-'
  const [lowest, highest] = range
  return lowest === highest ? String(lowest) : `${lowest}-${highest}`
}

/** What of a range another one has: all, a part, or nothing. */
function coverage(apache: Range, own: Range): string {
  if (apache === undefined) return own === undefined ? '-' : 'more'
  if (own === undefined) return 'no'
  return own[0] <= apache[0] && own[1] >= apache[1] ? 'all' : 'part'
}

/** The table: every API of Apache's brokers, and any of ours that they do not have. */
export function compatibilityTable(): string {
  const own = new Map(
    apiVersionsOf(allHandlers).map(({ apiKey, minVersion, maxVersion }) => [apiKey, [minVersion, maxVersion] as const]),
  )
  const unknown = [...own.keys()].filter((apiKey) => !apacheApis.some((api) => api.apiKey === apiKey))
  if (unknown.length > 0) throw new Error(`no broker of Apache Kafka has API keys ${unknown.join(', ')}`)
  const lines = apacheApis.map(({ apiKey, name, zooKeeperMode, newest }) => {
    const range = own.get(apiKey)
    return `| ${apiKey} | ${name} | ${rangeText(zooKeeperMode)} | ${rangeText(newest)} | ${rangeText(range)} | ${coverage(zooKeeperMode, range)} |`
  })
  const inZooKeeperMode = apacheApis.filter(({ zooKeeperMode }) => zooKeeperMode !== undefined)
  const answered = inZooKeeperMode.filter(({ apiKey }) => own.has(apiKey))
  return [
    `Of the ${inZooKeeperMode.length} APIs of Kafka 3.9.1 in ZooKeeper mode ${answered.length} are answered; ${own.size} APIs in all.`,
    '',
    '| key | API | Kafka 3.9.1, ZooKeeper | Kafka 4.3.1 | Odradek | of 3.9.1 |',
    '| --- | --- | --- | --- | --- | --- |',
    ...lines,
    '',
  ].join('\n')
}

/** The page as it stands. */
export function readCompatibilityPage(): string {
  return readFileSync(compatibilityPage, 'utf8')
}

/** The page with its table made anew. Throws when the page has lost its marks. */
export function withCompatibilityTable(page: string): string {
  const start = page.indexOf(tableStart)
  const end = page.indexOf(tableEnd)
  if (start < 0 || end < start) throw new Error(`docs/compatibility.md has lost the marks around its table`)
  return `${page.slice(0, start)}${tableStart}\n${compatibilityTable()}\n${page.slice(end)}`
}
