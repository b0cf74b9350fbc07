import { UsageError } from '../usage-error.ts'

/** How the bytes of a node stand in a text. */
export type DataEncoding = 'utf8' | 'base64' | 'hex'

/** Undefined when the bytes are not UTF-8. */
export function utf8Of(data: Buffer): string | undefined {
  const text = data.toString('utf8')
  return Buffer.from(text, 'utf8').equals(data) ? text : undefined
}

/** Data as UTF-8 if it is that, otherwise in base64. */
export function dataJson(data: Buffer | null): { data: string | null; encoding?: 'base64' } {
  if (data === null) return { data: null }
  const text = utf8Of(data)
  return text === undefined ? { data: data.toString('base64'), encoding: 'base64' } : { data: text }
}

export function parseEncoding(text: string): DataEncoding {
  if (text === 'utf8' || text === 'base64' || text === 'hex') return text
  throw new UsageError(`--as takes utf8, base64 or hex, not "${text}"`)
}

/** The bytes that `text` stands for. Throws `UsageError` when it is not of the encoding. */
export function parseData(text: string, encoding: DataEncoding): Buffer {
  const data = Buffer.from(text, encoding)
  const isWhole =
    encoding === 'utf8' ||
    (encoding === 'hex'
      ? data.length * 2 === text.length
      : data.toString('base64').replace(/=*$/, '') === text.replace(/=*$/, ''))
  if (!isWhole) throw new UsageError(`the data is not ${encoding}`)
  return data
}
