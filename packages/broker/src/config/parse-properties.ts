import { ConfigError } from './config-error.ts'

/** One key of a properties file. */
export interface Property {
  readonly value: string
  /** The line on which it begins, from 1. */
  readonly line: number
}

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' }

/** Takes backslashes out; `line` is for the error. */
function unescape(text: string, line: number, source: string): string {
  if (!text.includes('\\')) return text
  return text.replace(/\\(u[\s\S]{0,4}|[\s\S]|$)/g, (_, escaped: string) => {
    if (escaped[0] === 'u') {
      if (!/^u[0-9a-fA-F]{4}$/.test(escaped)) {
        throw new ConfigError(
          'MALFORMED_PROPERTIES',
          `${source}, line ${line}: \\u must be followed by four hexadecimal digits. Write \\\\ for a backslash.`,
        )
      }
      return String.fromCharCode(parseInt(escaped.slice(1), 16))
    }
    return ESCAPES[escaped] ?? escaped
  })
}

/** Whether the line ends in an odd number of backslashes, so that the next one continues it. */
function isContinued(line: string): boolean {
  const slashes = /\\*$/.exec(line)?.[0].length ?? 0
  return slashes % 2 === 1
}

/**
 * Reads the syntax of Java's .properties files: `key=value`, `key: value` or `key value`, comments with # or !, a backslash at the end
 * of a line continues it, \t \n \uXXXX. A key that comes twice keeps the last value.
 * `source` names the file in errors. Throws `ConfigError` (MALFORMED_PROPERTIES) with the line.
 */
export function parseProperties(text: string, source = 'properties'): Map<string, Property> {
  const properties = new Map<string, Property>()
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)
  for (let index = 0; index < lines.length; index++) {
    const line = index + 1
    let logical = (lines[index] as string).trimStart()
    if (logical === '' || logical[0] === '#' || logical[0] === '!') continue
    while (isContinued(logical) && index + 1 < lines.length) {
      logical = logical.slice(0, -1) + (lines[++index] as string).trimStart()
    }
    const match = /^((?:\\[\s\S]|[^\\=:\s])*)(?:[ \t\f]*[=:][ \t\f]*|[ \t\f]+|$)([\s\S]*)$/.exec(logical)
    const key = match?.[1] ?? ''
    if (match === null || key === '') {
      throw new ConfigError('MALFORMED_PROPERTIES', `${source}, line ${line}: expected key=value, found "${logical}".`)
    }
    properties.set(unescape(key, line, source), { value: unescape(match[2] ?? '', line, source), line })
  }
  return properties
}
