import { DiskError, OdradekError } from '@odradek/base'
import type { Env } from '@odradek/base'
import { decodeProducerSnapshot, decodeTransactionIndex, firstSequence } from '@odradek/storage'
import { deserializerOf } from './console/deserializer.ts'
import { dumpOffsetIndex, dumpTimeIndex } from './dump-log/indexes.ts'
import { dumpSegment } from './dump-log/segment.ts'
import type { RecordDecoder } from './dump-log/segment.ts'
import { consumerOffsetsDecoder, transactionLogDecoder } from './dump-log/coordinator-decoders.ts'
import type { KafkaTool, ToolRun } from './kafka-tool.ts'
import { ToolError } from './tool-error.ts'
import type { ToolArguments } from './tool-options.ts'

/** kafka-dump-log */
export const kafkaDumpLog: KafkaTool = {
  options: [
    {
      name: 'files',
      value: 'a,b,...',
      description: 'files of a log directory: .log, .index, .timeindex, .snapshot, .txnindex',
      required: true,
    },
    { name: 'print-data-log', description: 'print records with keys and values' },
    { name: 'deep-iteration', description: 'print records, not only batches' },
    { name: 'skip-record-metadata', description: 'of records only keys and values' },
    { name: 'max-bytes', value: 'bytes', description: 'only so much of each segment' },
    { name: 'max-message-size', value: 'bytes', description: 'taken, and not needed' },
    { name: 'verify-index-only', description: 'look at indexes without printing them' },
    { name: 'index-sanity-check', description: 'look at indexes as a broker does when it starts' },
    {
      name: 'key-decoder-class',
      optionalValue: 'class',
      description: 'how keys are printed: StringDecoder, LongDecoder, IntegerDecoder',
    },
    { name: 'value-decoder-class', optionalValue: 'class', description: 'the same of values' },
    { name: 'offsets-decoder', description: 'records of __consumer_offsets' },
    { name: 'transaction-log-decoder', description: 'records of __transaction_state' },
    { name: 'cluster-metadata-decoder', description: 'refused: records of KRaft' },
    { name: 'remote-log-metadata-decoder', description: 'refused: records of tiered storage' },
    { name: 'share-group-state-decoder', description: 'refused: records of share groups' },
  ],
  async run(given, tool) {
    const refused = ['cluster-metadata-decoder', 'remote-log-metadata-decoder', 'share-group-state-decoder'].find(
      (name) => given.has(name),
    )
    if (refused !== undefined)
      throw new ToolError('REFUSED', `--${refused} is not supported: use the tool of Apache Kafka`)
    const decode = await decoderOf(given, tool)
    const env = await tool.env()
    for (const file of (given.value('files') ?? '').split(',')) {
      await tool.print(`Dumping ${file}`)
      await dump(env, file, decode, given, tool)
    }
    return 0
  },
}

async function dump(
  env: Env,
  file: string,
  decode: RecordDecoder | undefined,
  given: ToolArguments,
  tool: ToolRun,
): Promise<void> {
  const print = (line: string): Promise<void> => tool.print(line)
  const printError = (line: string): void => tool.printError(line)
  const options = { isSanityOnly: given.has('index-sanity-check'), isVerifyOnly: given.has('verify-index-only') }
  switch (/\.[^./]*$/.exec(file)?.[0]) {
    case '.log':
      return dumpSegment(read(env, file), file, print, printError, {
        bytesMax: given.number('max-bytes') ?? Infinity,
        isDeep: decode !== undefined || given.has('deep-iteration'),
        decode,
        hasMetadata: !given.has('skip-record-metadata'),
      })
    case '.index':
      return dumpOffsetIndex((name) => read(env, name), file, print, printError, options)
    case '.timeindex':
      return dumpTimeIndex((name) => read(env, name), file, print, printError, options)
    case '.snapshot':
      return dumpProducers(read(env, file), file, tool)
    case '.txnindex':
      for (const each of decodeTransactionIndex(read(env, file), file)) {
        await tool.print(
          `version: 0 producerId: ${each.producerId} firstOffset: ${each.firstOffset} lastOffset: ${each.lastOffset} lastStableOffset: ${each.lastStableOffset}`,
        )
      }
      return
    default:
      tool.printError(`Ignoring unknown file ${file}`)
  }
}

function read(env: Env, file: string): Buffer {
  try {
    return env.disk.readFileSync(file)
  } catch (error) {
    if (error instanceof DiskError && error.code === 'NOT_FOUND')
      throw new ToolError('REFUSED', `Exception in thread "main" java.nio.file.NoSuchFileException: ${file}`)
    throw error
  }
}

async function dumpProducers(content: Buffer, file: string, tool: ToolRun): Promise<void> {
  try {
    for (const entry of decodeProducerSnapshot(content, file)) {
      const first = entry.currentTransactionFirstOffset
      const open = first < 0 ? 'OptionalLong.empty' : `OptionalLong[${first}]`
      const batch = entry.batches.at(-1)
      const last =
        batch === undefined
          ? ''
          : `firstSequence: ${firstSequence(batch)} lastSequence: ${batch.lastSequence} lastOffset: ${batch.lastOffset} offsetDelta: ${batch.offsetDelta} timestamp: ${batch.timestampMs}`
      await tool.print(
        `producerId: ${entry.producerId} producerEpoch: ${entry.epoch} coordinatorEpoch: ${entry.coordinatorEpoch} currentTxnFirstOffset: ${open} lastTimestamp: ${entry.lastTimestampMs} ${last}`,
      )
    }
  } catch (error) {
    if (!(error instanceof OdradekError)) throw error
    tool.printError(error.message)
  }
}

/** How keys and values are printed; undefined when they are not. */
async function decoderOf(given: ToolArguments, tool: ToolRun): Promise<RecordDecoder | undefined> {
  if (given.has('offsets-decoder')) return consumerOffsetsDecoder
  if (given.has('transaction-log-decoder')) return transactionLogDecoder
  const isAsked = ['print-data-log', 'key-decoder-class', 'value-decoder-class'].some((name) => given.has(name))
  if (!isAsked) return undefined
  const [value, key] = [
    await textOf(given.value('value-decoder-class'), tool),
    await textOf(given.value('key-decoder-class'), tool),
  ]
  return (record) => ({
    key: record.key === null ? undefined : key(record.key),
    payload: record.value === null ? undefined : value(record.value),
  })
}

const decoders = /^(?:org\.apache\.kafka\.tools\.api|kafka\.serializer)\.(String|Long|Integer|Default)Decoder$/

async function textOf(className: string | undefined, tool: ToolRun): Promise<(bytes: Buffer) => string> {
  const type = className === undefined ? 'String' : decoders.exec(className)?.[1]
  if (type === undefined)
    throw new ToolError('REFUSED', `Exception in thread "main" java.lang.ClassNotFoundException: ${className}`)
  if (className?.startsWith('kafka.serializer.'))
    await tool.print(`${className} is deprecated. Please use org.apache.kafka.tools.api.${type}Decoder instead`)
  return deserializerOf(`${type === 'Default' ? 'String' : type}Deserializer`) ?? String
}
