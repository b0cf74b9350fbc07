// Two answers, field by field, without what is another on any two brokers.
import type { Side } from './side.ts'

/** One field that is not the same. */
export interface FieldDifference {
  /** `topics[2].errorCode` */
  readonly path: string
  readonly ours: string
  readonly apaches: string
}

/** Fields that hold another value on any two brokers. */
const volatileFields: ReadonlySet<string> = new Set([
  'partitionSize',
  'port',
  'sessionId',
  'clusterId',
  'producerId',
  'brokerEpoch',
  'totalBytes',
  'usableBytes',
])
/** Text for people. Whether it is there counts, its words do not. */
const texts: ReadonlySet<string> = new Set(['errorMessage', 'documentation', 'batchIndexErrorMessage'])
const now = Date.now()

/** The answer as `JSON` values, with names for ids, and with lists of structs in a fixed order. */
export function normalised(value: unknown, side: Side, field = ''): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => normalised(item, side))
    const isOfStructs = items.some((item) => typeof item === 'object' && item !== null)
    return isOfStructs ? items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : items
  }
  if (Buffer.isBuffer(value)) return field === 'records' ? batches(value) : value.toString('hex')
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [
        name,
        name === 'partitionSize' || (volatileFields.has(name) && isSet(inner)) ? '…' : normalised(inner, side, name),
      ]),
    )
  }
  if (typeof value === 'bigint') return isRecent(Number(value)) ? 'now' : String(value)
  if (typeof value === 'string') return normalisedText(value, side, field)
  return value
}

function normalisedText(text: string, side: Side, field: string): string | null {
  if (texts.has(field)) return text === '' ? null : '…'
  if (field === 'topicId') return side.topicName(text) ?? (text === 'AAAAAAAAAAAAAAAAAAAAAA' ? 'none' : 'an id')
  return text
    .replace(side.target.logDir, 'LOG-DIR')
    .replaceAll(side.target.bootstrap, 'BOOTSTRAP')
    .replaceAll(side.target.zookeeper, 'ZOOKEEPER')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UUID')
}

/** Neither "none" nor "unknown" nor empty. */
function isSet(value: unknown): boolean {
  return typeof value === 'string' ? value !== '' : Number(value) > 0
}

/** Record batches one by one, what is no whole batch at the end. */
function batches(records: Buffer): string[] {
  const all: string[] = []
  for (let at = 0; at < records.length;) {
    const sizeBytes = at + 12 <= records.length ? 12 + records.readInt32BE(at + 8) : records.length - at
    all.push(records.subarray(at, at + sizeBytes).toString('hex'))
    at += Math.max(12, sizeBytes)
  }
  return all
}

function isRecent(value: number): boolean {
  return Math.abs(value - now) < 3_600_000
}

export function differences(ours: unknown, apaches: unknown, path = ''): FieldDifference[] {
  if (JSON.stringify(ours) === JSON.stringify(apaches)) return []
  if (Array.isArray(ours) && Array.isArray(apaches)) {
    if (ours.length !== apaches.length) return listDifferences(ours, apaches, path)
    return ours.flatMap((item, index) => differences(item, apaches[index], `${path}[${labelOf(item, index)}]`))
  }
  if (isStruct(ours) && isStruct(apaches)) {
    return Object.keys({ ...ours, ...apaches }).flatMap((name) =>
      differences(ours[name], apaches[name], path === '' ? name : `${path}.${name}`),
    )
  }
  return [{ path, ours: JSON.stringify(ours) ?? 'absent', apaches: JSON.stringify(apaches) ?? 'absent' }]
}

/** What an element is called, if it has a name. */
function labelOf(item: unknown, index: number): string {
  return isStruct(item) && typeof item['name'] === 'string' ? item['name'] : String(index)
}

/** Of lists of unequal length: what only one of them holds. */
function listDifferences(ours: readonly unknown[], apaches: readonly unknown[], path: string): FieldDifference[] {
  const [oursText, apachesText] = [ours, apaches].map((items) => items.map((item) => JSON.stringify(item)))
  const only = (of: readonly string[] = [], other: readonly string[] = []): string => {
    const alone = of.filter((item) => !other.includes(item)).join(' ')
    return alone === '' ? `${of.length} elements` : alone
  }
  return [{ path, ours: only(oursText, apachesText), apaches: only(apachesText, oursText) }]
}

function isStruct(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
