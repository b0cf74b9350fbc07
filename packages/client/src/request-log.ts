/** A request that was sent, or the answer to one. */
export interface RequestLogEntry {
  readonly kind: 'sent' | 'answered'
  /** `host:port`. */
  readonly broker: string
  /** As Kafka names the request, such as `ProduceRequest`. */
  readonly name: string
  readonly apiVersion: number
  readonly correlationId: number
  /** Of an answer: ms since its request. */
  readonly durationMs: number | undefined
  readonly sizeBytes: number
  /** JSON, at most 4,000 characters. Bytes show only how many they are, and secrets not at all. */
  readonly body: string
}

export type RequestLog = (entry: RequestLogEntry) => void

const bodyLengthMax = 4000
const listLengthMax = 100

/** Configuration keys whose values nobody is to see, and fields of messages that are secrets in themselves. */
const secretNames = /password|secret|credential|jaas|token(?!\.endpoint)|\.key$|keystore\.key|salt/i
const secretFields: ReadonlySet<string> = new Set([
  'authBytes',
  'hmac',
  'salt',
  'saltedPassword',
  'password',
  'clientSecret',
  'tokenId',
])

/** A message as text that may be kept: bounded, without the bytes of records, keys and the like, and without secrets. */
export function describeBody(message: unknown): string {
  const text = JSON.stringify(plain(message, 0))
  return text.length <= bodyLengthMax ? text : `${text.slice(0, bodyLengthMax)}…`
}

function plain(value: unknown, depth: number): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Uint8Array) return `<${value.length} bytes>`
  if (typeof value !== 'object' || value === null) return value
  if (depth > 12) return '…'
  if (Array.isArray(value)) {
    const shown = value.slice(0, listLengthMax).map((each) => plain(each, depth + 1))
    return value.length > listLengthMax ? [...shown, `… ${value.length - listLengthMax} more`] : shown
  }
  if ('sizeBytes' in value && typeof value.sizeBytes === 'number') return `<${value.sizeBytes} bytes>`
  return fieldsOf(value as Readonly<Record<string, unknown>>, depth)
}

function fieldsOf(value: Readonly<Record<string, unknown>>, depth: number): Record<string, unknown> {
  const { name, configName } = value
  const named = typeof name === 'string' ? name : configName
  const isSecretConfig = typeof named === 'string' && secretNames.test(named)
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => {
      const isSecret = secretFields.has(key) || (key === 'value' && isSecretConfig)
      return [key, isSecret && field !== null ? '<redacted>' : plain(field, depth + 1)]
    }),
  )
}
