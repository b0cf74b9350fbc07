import { ToolError } from '../tool-error.ts'

/** What a line of the input says. */
export interface LineRecord {
  readonly key: string | null
  readonly value: string | null
  readonly headers: readonly { readonly key: string; readonly value: string | null }[]
}

/** Reads lines as the console producer's LineMessageReader: the properties are its own. Throws `ToolError`. */
export function lineReader(properties: Readonly<Record<string, string>>): (line: string) => LineRecord {
  const isTrue = (name: string): boolean => properties[name]?.trim().toLowerCase() === 'true'
  const keySeparator = properties['key.separator'] ?? '\t'
  const headersDelimiter = properties['headers.delimiter'] ?? '\t'
  const headersSeparator = properties['headers.separator'] ?? ','
  const headersKeySeparator = properties['headers.key.separator'] ?? ':'
  const nullMarker = properties['null.marker']
  const [hasKey, hasHeaders, ignoresErrors] = [isTrue('parse.key'), isTrue('parse.headers'), isTrue('ignore.error')]
  const texts = [
    ['headers.delimiter', headersDelimiter, 'headers.separator', headersSeparator],
    ['headers.delimiter', headersDelimiter, 'headers.key.separator', headersKeySeparator],
    ['headers.separator', headersSeparator, 'headers.key.separator', headersKeySeparator],
    ['null.marker', nullMarker, 'key.separator', keySeparator],
    ['null.marker', nullMarker, 'headers.separator', headersSeparator],
    ['null.marker', nullMarker, 'headers.delimiter', headersDelimiter],
    ['null.marker', nullMarker, 'headers.key.separator', headersKeySeparator],
  ]
  const equal = texts.find(([, one, , other]) => one === other)
  if (equal !== undefined) throw failure(`${equal[0]} and ${equal[2]} may not be equal`)

  let lineNumber = 0
  const orNull = (text: string): string | null => (text === nullMarker ? null : text)
  /** What stands before the separator; undefined where there is none and that is forgiven. */
  const before = (line: string, from: number, separator: string, name: string): string | undefined => {
    const at = line.indexOf(separator, from)
    if (at >= 0) return line.slice(from, at)
    if (ignoresErrors) return undefined
    throw failure(`No ${name} found on line number ${lineNumber}: '${line}'`)
  }
  const header = (pair: string): LineRecord['headers'][number] => {
    const at = pair.indexOf(headersKeySeparator)
    if (at < 0) {
      if (ignoresErrors) return { key: pair, value: null }
      throw failure(`No header key separator found in pair '${pair}' on line number ${lineNumber}`)
    }
    const key = pair.slice(0, at)
    if (key === nullMarker)
      throw failure(`Header keys should not be equal to the null marker '${nullMarker}' as they can't be null`)
    return { key, value: orNull(pair.slice(at + headersKeySeparator.length)) }
  }
  return (line) => {
    lineNumber++
    let from = 0
    const headers = hasHeaders ? before(line, 0, headersDelimiter, 'headers delimiter') : undefined
    if (headers !== undefined) from += headers.length + headersDelimiter.length
    const key = hasKey ? before(line, from, keySeparator, 'key separator') : undefined
    if (key !== undefined) from += key.length + keySeparator.length
    return {
      key: key === undefined ? null : orNull(key),
      value: orNull(line.slice(from)),
      headers:
        headers === undefined || headers === nullMarker
          ? []
          : withoutEmptyEnd(headers.split(new RegExp(headersSeparator))).map(header),
    }
  }
}

/** As Java splits: what is empty at the end is none, unless there is nothing else. */
function withoutEmptyEnd(parts: readonly string[]): readonly string[] {
  const last = parts.findLastIndex((part) => part !== '')
  return last < 0 ? parts.slice(0, 1) : parts.slice(0, last + 1)
}

function failure(message: string): ToolError {
  return new ToolError('REFUSED', `org.apache.kafka.common.KafkaException: ${message}`)
}
