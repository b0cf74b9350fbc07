import type { Command } from 'commander'
import type { Env } from '@odradek/base'
import { StorageError, dumpSmallFile } from '@odradek/storage'
import { CliError } from '../../cli-error.ts'
import type { CommandContext } from '../../command-context.ts'
import { parseCount } from '../../options.ts'
import { parseOutputFormat } from '../../output/output-format.ts'
import type { OutputFormat } from '../../output/output-format.ts'
import { Progress } from '../../output/progress.ts'
import { RowWriter } from '../../output/row-writer.ts'
import { parseRecordFormat } from '../../records/record-format.ts'
import { isCoordinatorTopic } from './coordinator-records.ts'
import type { CoordinatorTopic } from './coordinator-records.ts'
import { dumpSegmentFile } from './dump-segment.ts'
import type { DumpSink } from './dump-segment.ts'
import { findFiles } from './find-files.ts'
import type { FileToDump } from './find-files.ts'
import { batchColumns, batchRow, coordinatorColumns, coordinatorRow, recordColumns, recordRow } from './segment-rows.ts'

interface DumpOptions {
  readonly records?: true
  readonly decode?: string
  readonly raw?: true
  readonly format?: string
  readonly from?: string
  readonly to?: string
  readonly count?: string
  readonly output: string
}

const helpText = `
A directory of a partition stands for its segments. Files: *.log, *.index, *.timeindex, *.txnindex, *.snapshot, leader-epoch-checkpoint,
offset checkpoints, partition.metadata, meta.properties. What is damaged is named with its place on standard error, and the exit code is 1.
Example: odradek log dump data/kafka/orders-0 --records --from 1000 -c 10`

/** `odradek log dump` */
export function defineLogDump(command: Command, context: CommandContext): void {
  command
    .option('-r, --records', 'the records, not only their batches')
    .option(
      '-f, --format <format>',
      'print records so: %t topic, %p partition, %o offset, %k key, %s value, %T time, %h headers, as kcat',
    )
    .option(
      '--decode <topic>',
      'read records as those of __consumer_offsets, __transaction_state or __share_group_state; default: by the name of the directory',
    )
    .option('--raw', 'do not decode the records of coordinators')
    .option('--from <offset>', 'from this offset on')
    .option('--to <offset>', 'up to this offset, and without it')
    .option('-c, --count <number>', 'stop after so many')
    .option('-o, --output <format>', 'table, json, jsonl or yaml', 'table')
    .addHelpText('after', helpText)
    .action((files: string[], options: DumpOptions) => dump(context, files, options))
}

async function dump(context: CommandContext, given: readonly string[], options: DumpOptions): Promise<void> {
  const { terminal } = context
  const env = await context.createEnv('error')
  const files = findFiles(env, given)
  const format = parseOutputFormat(options.output)
  const range = {
    from: parseOffset('--from', options.from) ?? -Infinity,
    to: parseOffset('--to', options.to) ?? Infinity,
  }
  const progress = new Progress(terminal, env.clock)
  let faults = 0
  const fault = (text: string): void => {
    faults++
    progress.clear()
    terminal.writeError(`odradek: ${text}\n`)
  }
  const segments = files.filter(({ kind }) => kind === 'segment')
  if (segments.length > 0) {
    const { write, writer } = segmentWriter(context, segments, format, options)
    const countMax = parseCount('--count', options.count) ?? Infinity
    let count = 0
    const sink: DumpSink = {
      ...write,
      isFull: () => count >= countMax || terminal.interrupted.aborted,
      async batch(file, dumped) {
        if (write.record === undefined) count++
        await write.batch(file, dumped)
      },
      record:
        write.record &&
        (async (...found) => {
          count++
          await write.record?.(...found)
        }),
      fault: (file, text) => fault(`${file.path}: ${text}`),
      // Lines that scroll by are progress enough.
      progress: (text) => void (terminal.outputIsTerminal || progress.show(text)),
    }
    for (const file of segments) if (!sink.isFull()) await dumpSegmentFile(env, file, range, sink)
    progress.clear()
    await writer?.end()
  }
  for (const file of files.filter(({ kind }) => kind === 'other')) await dumpOther(context, env, file, format, fault)
  if (faults > 0) context.exitWith(1)
}

interface SegmentWriter {
  readonly write: Pick<DumpSink, 'batch' | 'record'>
  readonly writer: RowWriter | undefined
}

/** What prints batches, records, or the records of coordinators, as the options say. */
function segmentWriter(
  context: CommandContext,
  files: readonly FileToDump[],
  format: OutputFormat,
  options: DumpOptions,
): SegmentWriter {
  const { terminal } = context
  const nothing = (): Promise<void> => Promise.resolve()
  if (options.format !== undefined) {
    const print = parseRecordFormat(options.format)
    const write: SegmentWriter['write'] = {
      batch: nothing,
      async record({ partition }, { key, value, ...record }, { isControl }) {
        if (isControl) return
        await terminal.write(
          print({ topic: partition?.topic ?? '', partition: partition?.partition ?? 0, ...record, key, value }),
        )
      },
    }
    return { write, writer: undefined }
  }
  const coordinator = coordinatorTopicOf(files, options)
  const own = coordinator === undefined ? (options.records ? recordColumns : batchColumns) : coordinatorColumns
  const several = files.length > 1
  const writer = new RowWriter(context, format, [...(several ? ['file'] : []), ...own])
  const place = ({ path }: FileToDump): { file?: string } => (several ? { file: path } : {})
  if (coordinator === undefined && !options.records) {
    const batch: DumpSink['batch'] = (file, dumped) => writer.write({ ...place(file), ...batchRow(dumped) })
    return { write: { batch, record: undefined }, writer }
  }
  const record: DumpSink['record'] = (file, found, { isControl }) =>
    writer.write({
      ...place(file),
      ...(coordinator === undefined ? recordRow(found, isControl) : coordinatorRow(coordinator, found, isControl)),
    })
  return { write: { batch: nothing, record }, writer }
}

/** What the records are to be read as; undefined for those of users. */
function coordinatorTopicOf(
  files: readonly FileToDump[],
  { decode, raw, records }: DumpOptions,
): CoordinatorTopic | undefined {
  if (decode !== undefined) {
    if (isCoordinatorTopic(decode)) return decode
    throw new CliError(
      'INVALID_OPTION',
      `--decode takes __consumer_offsets, __transaction_state or __share_group_state, not "${decode}"`,
    )
  }
  const topic = files[0]?.partition?.topic ?? ''
  return records && !raw && isCoordinatorTopic(topic) ? topic : undefined
}

async function dumpOther(
  context: CommandContext,
  env: Env,
  file: FileToDump,
  format: OutputFormat,
  fault: (text: string) => void,
): Promise<void> {
  const { terminal } = context
  let writer: RowWriter | undefined
  try {
    const entries = dumpSmallFile(env.disk, file.path)
    if (entries === undefined) {
      throw new CliError(
        'INVALID_OPTION',
        `${file.path} has no name of a file that is known here; odradek log dump --help lists them`,
      )
    }
    for (const entry of entries) {
      if (terminal.interrupted.aborted) break
      writer ??= new RowWriter(context, format, Object.keys(entry))
      await writer.write(entry)
    }
  } catch (error) {
    if (!(error instanceof StorageError)) throw error
    await writer?.flush()
    fault(error.message)
  }
  if (writer === undefined && format === 'table') terminal.writeError(`${file.path} has no entries.\n`)
  await (writer ?? new RowWriter(context, format, [])).end()
}

function parseOffset(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new CliError('INVALID_OPTION', `${option} takes an offset, not "${text}"`)
}
