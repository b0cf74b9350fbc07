import type { ConsumerRecord } from '@odradek/client'
import { deserializerOf } from './deserializer.ts'
import type { Deserializer } from './deserializer.ts'

/** Makes what is printed of a record; undefined to print nothing. */
export type MessageFormatter = (record: ConsumerRecord & { readonly deliveryCount?: number }) => Buffer | undefined

/** Kafka's DefaultMessageFormatter, by its own properties. `warn` is told of deserializers that we do not have. */
export function defaultFormatter(
  properties: Readonly<Record<string, string>>,
  warn: (message: string) => void,
): MessageFormatter {
  const isTrue = (name: string): boolean => properties[name]?.trim().toLowerCase() === 'true'
  const separator = Buffer.from(properties['key.separator'] ?? '\t')
  const lineEnd = Buffer.from(properties['line.separator'] ?? '\n')
  const headersSeparator = Buffer.from(properties['headers.separator'] ?? ',')
  const nullLiteral = Buffer.from(properties['null.literal'] ?? 'null')
  const deserializerNamed = (property: string): Deserializer | undefined => {
    const name = properties[property]
    const found = name === undefined ? undefined : deserializerOf(name)
    if (name !== undefined && found === undefined) warn(`Unable to instantiate a deserializer from ${name}`)
    return found
  }
  const [ofKey, ofValue, ofHeaders] = ['key', 'value', 'headers'].map((part) =>
    deserializerNamed(`${part}.deserializer`),
  )
  const shown = (bytes: Buffer | null, as: Deserializer | undefined): Buffer => {
    const present = bytes ?? nullLiteral
    return as === undefined ? present : Buffer.from(as(present))
  }
  const columns: ((record: ConsumerRecord & { readonly deliveryCount?: number }) => Buffer)[] = []
  if (isTrue('print.timestamp'))
    columns.push(({ timestampType, timestampMs }) =>
      Buffer.from(timestampText(timestampType, timestampMs) ?? 'NO_TIMESTAMP'),
    )
  if (isTrue('print.partition')) columns.push(({ partition }) => Buffer.from(`Partition:${partition}`))
  if (isTrue('print.offset')) columns.push(({ offset }) => Buffer.from(`Offset:${offset}`))
  if (isTrue('print.delivery'))
    columns.push(({ deliveryCount }) => Buffer.from(`Delivery:${deliveryCount ?? 'NOT_PRESENT'}`))
  if (isTrue('print.epoch'))
    columns.push(({ leaderEpoch }) => Buffer.from(`Epoch:${leaderEpoch >= 0 ? leaderEpoch : 'NOT_PRESENT'}`))
  if (isTrue('print.headers')) {
    columns.push(({ headers }) => {
      if (headers.length === 0) return Buffer.from('NO_HEADERS')
      const texts = headers.map(({ key, value }) => Buffer.concat([Buffer.from(`${key}:`), shown(value, ofHeaders)]))
      return joined(texts, headersSeparator)
    })
  }
  if (isTrue('print.key')) columns.push(({ key }) => shown(key, ofKey))
  if (properties['print.value'] === undefined || isTrue('print.value'))
    columns.push(({ value }) => shown(value, ofValue))
  return (record) =>
    Buffer.concat([
      joined(
        columns.map((column) => column(record)),
        separator,
      ),
      lineEnd,
    ])
}

/** `CreateTime:…` or `LogAppendTime:…`; undefined where the record has none. */
export function timestampText(type: ConsumerRecord['timestampType'], timestampMs: number): string | undefined {
  if (type === 'none') return undefined
  return `${type === 'append' ? 'LogAppendTime' : 'CreateTime'}:${timestampMs}`
}

function joined(parts: readonly Buffer[], separator: Buffer): Buffer {
  return Buffer.concat(parts.flatMap((part, index) => (index === 0 ? [part] : [separator, part])))
}
