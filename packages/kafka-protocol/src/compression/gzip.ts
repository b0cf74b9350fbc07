import { gunzipSync, gzipSync } from 'node:zlib'
import { decodeNatively } from './native-error.ts'

export function gzip(bytes: Buffer, level?: number): Buffer {
  return gzipSync(bytes, level === undefined ? {} : { level })
}

export function gunzip(bytes: Buffer, sizeBytesMax: number): Buffer {
  return decodeNatively('gzip', () => gunzipSync(bytes, { maxOutputLength: Math.max(1, sizeBytesMax) }))
}
