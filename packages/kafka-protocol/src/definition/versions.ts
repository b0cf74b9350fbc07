/** A range of message versions, both ends included. */
export interface VersionRange {
  readonly from: number
  readonly to: number
}

const none: VersionRange = { from: 0, to: -1 }
const textForm = /^(\d+)(?:(\+)|-(\d+))?$/

/** Reads Kafka's notation: `3`, `2-7`, `4+` and `none`. */
export function parseVersions(text: string): VersionRange {
  if (text === 'none') return none
  const match = textForm.exec(text)
  if (match === null) throw new TypeError(`not a range of versions: '${text}'`)
  const from = Number(match[1])
  if (match[2] !== undefined) return { from, to: Number.POSITIVE_INFINITY }
  return { from, to: match[3] === undefined ? from : Number(match[3]) }
}

export function includesVersion(text: string, version: number): boolean {
  const range = parseVersions(text)
  return version >= range.from && version <= range.to
}
