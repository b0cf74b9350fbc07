import { createHash } from 'node:crypto'

/** The value of record `index` of `prefix`, as every client program makes it: its name again and again, cut to size. */
export function recordValue(prefix: string, index: number, sizeBytes: number): string {
  const name = `${prefix}-${index}|`
  return name.repeat(Math.ceil(sizeBytes / name.length)).slice(0, sizeBytes)
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
