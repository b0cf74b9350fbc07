import { CliError } from '../cli-error.ts'
import type { PrintedRecord } from './printed-record.ts'

type Part = Uint8Array | ((record: PrintedRecord) => Uint8Array)

const text = (value: string): Uint8Array => Buffer.from(value, 'utf8')
const empty = new Uint8Array(0)

/** One letter after `%`, as in kcat: kcat(1), "Format string tokens". */
const tokens: Readonly<Record<string, (record: PrintedRecord) => Uint8Array>> = {
  s: ({ value }) => value ?? empty,
  S: ({ value }) => text(String(value?.length ?? -1)),
  R: ({ value }) => bigEndian32(value?.length ?? -1),
  k: ({ key }) => key ?? empty,
  K: ({ key }) => text(String(key?.length ?? -1)),
  t: ({ topic }) => text(topic),
  p: ({ partition }) => text(String(partition)),
  o: ({ offset }) => text(String(offset)),
  T: ({ timestampMs }) => text(String(timestampMs)),
  h: ({ headers }) =>
    Buffer.concat(
      headers.flatMap(({ key, value }, index) => [text(`${index === 0 ? '' : ','}${key}=`), value ?? text('NULL')]),
    ),
  '%': () => text('%'),
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0', '\\': '\\' }

/**
 * A printer of records from kcat's `-f`: `%t` topic, `%p` partition, `%o` offset, `%k` key, `%s` value, `%K` and `%S` their lengths
 * in bytes (-1 for none), `%R` the value's length as 4 bytes big endian, `%T` timestamp in ms, `%h` headers; `\n`, `\t`, `\r`, `\0`,
 * `\xNN`. Throws `CliError` for a token that there is not.
 */
export function parseRecordFormat(format: string): (record: PrintedRecord) => Uint8Array {
  const parts: Part[] = []
  let literal = ''
  const endLiteral = (): void => {
    if (literal !== '') parts.push(text(literal))
    literal = ''
  }
  for (let at = 0; at < format.length; at++) {
    const letter = format[at] ?? ''
    const next = format[at + 1] ?? ''
    if (letter === '%') {
      const token = Object.hasOwn(tokens, next) ? tokens[next] : undefined
      if (token === undefined) {
        throw new CliError('INVALID_OPTION', `-f has no token %${next}; there are ${tokenList}`)
      }
      endLiteral()
      parts.push(token)
      at++
    } else if (letter === '\\') {
      const hex = /^x([0-9a-fA-F]{2})/.exec(format.slice(at + 1, at + 4))?.[1]
      if (hex === undefined) {
        literal += escapes[next] ?? next
        at++
      } else {
        endLiteral()
        parts.push(Uint8Array.of(Number.parseInt(hex, 16)))
        at += 3
      }
    } else {
      literal += letter
    }
  }
  endLiteral()
  return (record) => Buffer.concat(parts.map((part) => (typeof part === 'function' ? part(record) : part)))
}

const tokenList = Object.keys(tokens)
  .map((token) => `%${token}`)
  .join(' ')

function bigEndian32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}
