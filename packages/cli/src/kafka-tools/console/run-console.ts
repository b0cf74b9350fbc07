import { javaError } from '../java-error.ts'
import { commandConfig } from '../kafka-tool.ts'
import type { ToolRun } from '../kafka-tool.ts'
import { ToolError } from '../tool-error.ts'
import type { ToolArguments, ToolOption } from '../tool-options.ts'
import { BatchSource } from './batch-source.ts'
import { formatterOptions } from './formatter-options.ts'

/** What the console consumer and the one of share groups both take. */
export const consoleOptions: readonly ToolOption[] = [
  { name: 'max-messages', value: 'number', description: 'stop after so many' },
  { name: 'timeout-ms', value: 'ms', description: 'stop when nothing has come for so long' },
  ...formatterOptions,
  { name: 'consumer-property', value: 'key=value', description: 'a property of the consumer' },
  { name: 'command-property', value: 'key=value', description: 'as --consumer-property' },
  commandConfig,
  { name: 'enable-systest-events', description: 'say when it has ended' },
]

/** Prints batches, at most so many records of one, and counts what it has printed. */
export interface BatchPrinter<Batch> {
  readonly count: number
  print(batch: Batch, countMax: number): Promise<void>
}

interface BatchReader<Batch> {
  batches(): AsyncIterator<Batch, undefined>
  close(): Promise<void>
}

/**
 * Prints what a consumer reads once `begin` has told it what, until there were so many records, nothing came for so long, or somebody interrupts; closes it, and
 * says what Kafka's tools say in the end. Resolves with the exit code.
 */
export async function runConsole<Batch>(
  given: ToolArguments,
  tool: ToolRun,
  consumer: BatchReader<Batch>,
  printer: BatchPrinter<Batch>,
  begin: () => void,
): Promise<number> {
  let exitCode = 0
  try {
    begin()
    await printAll(given, tool, consumer, printer)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    exitCode = error instanceof ToolError ? 1 : 0
    tool.printError(`ERROR Error processing message, terminating consumer process: ${javaError(error)}`)
  } finally {
    await consumer.close()
  }
  tool.printError(`Processed a total of ${printer.count} messages`)
  if (given.has('enable-systest-events')) await tool.print('shutdown_complete')
  return exitCode
}

async function printAll<Batch>(
  given: ToolArguments,
  tool: ToolRun,
  consumer: BatchReader<Batch>,
  printer: BatchPrinter<Batch>,
): Promise<void> {
  const countMax = orInfinity(given.number('max-messages'))
  const timeoutMs = orInfinity(given.number('timeout-ms'))
  const source = new BatchSource(await tool.env(), consumer.batches(), tool.context.terminal.interrupted)
  while (printer.count < countMax) {
    const batch = await source.next(timeoutMs)
    if (batch === 'timeout') {
      tool.printError(
        'ERROR Error processing message, terminating consumer process: org.apache.kafka.common.errors.TimeoutException',
      )
    }
    if (batch === 'timeout' || batch === 'interrupted') break
    await printer.print(batch, countMax - printer.count)
  }
  await source.release()
}

/** Kafka's tools take a negative number for none. */
function orInfinity(value: number | undefined): number {
  return value === undefined || value < 0 ? Infinity : value
}
