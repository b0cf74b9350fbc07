import type { ToolRun } from '../kafka-tool.ts'
import type { ToolArguments, ToolOption } from '../tool-options.ts'
import type { MessageFormatter } from './default-formatter.ts'
import { formatterOf } from './formatter-of.ts'

/** How the tools that print records are told to. */
export const formatterOptions: readonly ToolOption[] = [
  {
    name: 'formatter',
    value: 'class',
    description:
      'how records are printed: Default-, Logging-, NoOp-, Offsets-, GroupMetadata- or TransactionLogMessageFormatter',
  },
  {
    name: 'property',
    value: 'key=value',
    description:
      'of the formatter: print.timestamp, print.partition, print.offset, print.delivery, print.epoch, print.headers, print.key, print.value, key.separator, line.separator, headers.separator, null.literal, key.deserializer, value.deserializer, headers.deserializer',
  },
  { name: 'formatter-property', value: 'key=value', description: 'as --property' },
  { name: 'formatter-config', value: 'file', description: 'a .properties file for the formatter' },
  { name: 'key-deserializer', value: 'class', description: 'how keys are shown' },
  { name: 'value-deserializer', value: 'class', description: 'how values are shown' },
]

/** The formatter that these options ask for. */
export async function formatterGiven(given: ToolArguments, tool: ToolRun): Promise<MessageFormatter> {
  const own = await tool.properties(given.value('formatter-config'), [
    ...given.values('property'),
    ...given.values('formatter-property'),
  ])
  const [key, value] = [given.value('key-deserializer'), given.value('value-deserializer')]
  const properties = {
    ...own,
    ...(key === undefined ? {} : { 'key.deserializer': key }),
    ...(value === undefined ? {} : { 'value.deserializer': value }),
  }
  const name = given.value('formatter') ?? 'org.apache.kafka.tools.consumer.DefaultMessageFormatter'
  return formatterOf(name, properties, (message) => tool.printError(message))
}
