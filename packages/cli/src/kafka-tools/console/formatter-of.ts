import type { ConsumerRecord } from '@odradek/client'
import {
  groupMetadataFormatter,
  offsetsFormatter,
  oldOffsetsFormatter,
  transactionLogFormatter,
} from './coordinator-formatter.ts'
import { defaultFormatter, timestampText } from './default-formatter.ts'
import type { MessageFormatter } from './default-formatter.ts'
import { ToolError } from '../tool-error.ts'

/** Names that Kafka 3.9 still takes, and what it says of them. */
const oldNames: readonly (readonly [prefix: string, simpleName: RegExp])[] = [
  ['kafka.tools.', /^(Default|Logging|NoOp)MessageFormatter$/],
  ['kafka.coordinator.transaction.TransactionLog$', /^TransactionLogMessageFormatter$/],
  ['kafka.coordinator.group.GroupMetadataManager$', /^(Offsets|GroupMetadata)MessageFormatter$/],
]

/** The formatter of a Java class by its properties. Throws `ToolError` for a class that we do not have. */
export function formatterOf(
  className: string,
  properties: Readonly<Record<string, string>>,
  warn: (message: string) => void,
): MessageFormatter {
  const old = oldNames.find(
    ([prefix, name]) => className.startsWith(prefix) && name.test(className.slice(prefix.length)),
  )
  const simpleName = className.slice((old?.[0] ?? 'org.apache.kafka.tools.consumer.').length)
  if (old !== undefined) {
    const instead = `org.apache.kafka.tools.consumer.${simpleName}`
    warn(
      `WARNING: ${className} is deprecated and will be removed in the next major release. Please use ${instead} instead`,
    )
  } else if (!className.startsWith('org.apache.kafka.tools.consumer.')) throw new ToolError('USAGE', className)
  switch (simpleName) {
    case 'DefaultMessageFormatter':
      return defaultFormatter(properties, warn)
    case 'LoggingMessageFormatter':
      return loggingFormatter(properties, warn)
    case 'NoOpMessageFormatter':
      return () => undefined
    case 'OffsetsMessageFormatter':
      return old === undefined ? offsetsFormatter : oldOffsetsFormatter
    case 'GroupMetadataMessageFormatter':
      return present(old === undefined, groupMetadataFormatter, simpleName)
    case 'TransactionLogMessageFormatter':
      return present(old === undefined, transactionLogFormatter, simpleName)
    default:
      throw new ToolError('USAGE', className)
  }
}

/** Under their old names these two print what nothing reads any more. */
function present(isPresent: boolean, formatter: MessageFormatter, name: string): MessageFormatter {
  if (isPresent) return formatter
  throw new ToolError('REFUSED', `there is no formatter of this old name: use org.apache.kafka.tools.consumer.${name}`)
}

function loggingFormatter(
  properties: Readonly<Record<string, string>>,
  log: (message: string) => void,
): MessageFormatter {
  const format = defaultFormatter(properties, log)
  return (record: ConsumerRecord) => {
    const { key, value, timestampType, timestampMs } = record
    const time = timestampText(timestampType, timestampMs)
    const keyText = key === null ? 'null ' : `${key.toString()}, `
    log(
      `INFO ${time === undefined ? '' : `${time}, `}key:${keyText}value:${value === null ? 'null' : value.toString()}`,
    )
    return format(record)
  }
}
