import type { Command } from 'commander'
import { Producer, producerKeys } from '@odradek/client'
import type { ProducerConfigInput, ProducerRecord } from '@odradek/client'
import { CliError } from '../cli-error.ts'
import type { CommandContext } from '../command-context.ts'
import { clientProperties, parseAssignment } from '../context/client-properties.ts'
import { collect, withClusterOptions } from '../context/connection.ts'
import type { ConnectionOptions } from '../context/client-properties.ts'
import { propertiesFor } from '../context/properties-for.ts'
import { Progress } from '../output/progress.ts'
import { splitInput } from '../records/split-input.ts'

interface ProduceOptions extends ConnectionOptions {
  readonly topic?: string
  readonly key?: string
  readonly keyDelimiter?: string
  readonly delimiter: string
  readonly partition?: string
  readonly header: readonly string[]
  readonly compression?: string
  readonly emptyIsNull?: true
}

/** `odradek produce`: one record for each line of the input, with kcat's letters. */
export function defineProduce(command: Command, context: CommandContext): void {
  withClusterOptions(command.argument('[topic]', 'the topic, if not by -t'), { output: false })
    .option('-t, --topic <topic>', 'the topic')
    .option('-k, --key <key>', 'the key of all records')
    .option('-K, --key-delimiter <text>', 'what stands between key and value in a line')
    .option('-D, --delimiter <text>', 'what stands between records', '\n')
    .option('-p, --partition <number>', 'the partition; default: by key, or any')
    .option('-H, --header <name=value>', 'a header of all records, as often as wanted', collect, [])
    .option('-z, --compression <codec>', 'gzip, snappy, lz4 or zstd')
    .option('-Z, --empty-is-null', 'an empty value, or key, is none')
    .action((topic: string | undefined, options: ProduceOptions) => produce(topic ?? options.topic, options, context))
}

async function produce(topic: string | undefined, options: ProduceOptions, context: CommandContext): Promise<void> {
  if (topic === undefined || (options.topic ?? topic) !== topic) {
    throw new CliError('INVALID_OPTION', 'one topic is needed: `odradek produce TOPIC`, or -t')
  }
  const toRecord = recordMaker(topic, options)
  const { terminal } = context
  const { interrupted } = terminal
  const env = await context.createEnv('warn')
  const properties = propertiesFor(producerKeys, clientProperties(env, options, context.environment))
  if (options.compression !== undefined) properties['compression.type'] = options.compression
  const producer = new Producer(env, properties as ProducerConfigInput)
  const progress = new Progress(terminal, env.clock)
  let failure: Error | undefined
  let written = 0
  if (terminal.inputIsTerminal && terminal.errorIsTerminal) {
    terminal.writeError(`Each line is a record of ${topic}; Ctrl-D ends.\n`)
  }
  try {
    for await (const piece of splitInput(terminal.input, Buffer.from(unescaped(options.delimiter)))) {
      // Of what was interrupted the last piece may be half of one.
      if (failure !== undefined || interrupted.aborted) break
      const hasRoom = producer.send(toRecord(Buffer.from(piece)), (error) => {
        failure ??= error
        if (error === undefined) written++
        if (!terminal.inputIsTerminal) progress.show(() => `written: ${written.toLocaleString('en')}`)
      })
      if (!hasRoom) await producer.drained()
    }
    await producer.flush()
  } finally {
    await producer.close()
    progress.clear()
  }
  if (terminal.errorIsTerminal) {
    const records = written === 1 ? '1 record' : `${written.toLocaleString('en')} records`
    terminal.writeError(`${records} written to ${topic}${interrupted.aborted ? ' before it was interrupted' : ''}\n`)
  }
  if (failure !== undefined) throw failure
}

function recordMaker(topic: string, options: ProduceOptions): (piece: Buffer) => ProducerRecord {
  const { partition, keyDelimiter, emptyIsNull = false } = options
  if (partition !== undefined && !/^\d{1,9}$/.test(partition)) {
    throw new CliError('INVALID_OPTION', `-p takes the number of a partition, not "${partition}"`)
  }
  const headers = options.header.map((text) => {
    const [key, value] = parseAssignment('-H', text)
    return { key, value }
  })
  const delimiter = keyDelimiter === undefined ? undefined : Buffer.from(unescaped(keyDelimiter))
  const orNull = (bytes: Buffer): Buffer | null => (emptyIsNull && bytes.length === 0 ? null : bytes)
  return (piece) => {
    const at = delimiter === undefined ? -1 : piece.indexOf(delimiter)
    const key = at < 0 ? (options.key ?? null) : orNull(piece.subarray(0, at))
    const value = orNull(at < 0 ? piece : piece.subarray(at + (delimiter?.length ?? 0)))
    return { topic, key, value, headers, ...(partition === undefined ? {} : { partition: Number(partition) }) }
  }
}

/** `\n`, `\t`, `\0` as users type them. */
function unescaped(text: string): string {
  return text.replaceAll('\\n', '\n').replaceAll('\\t', '\t').replaceAll('\\0', '\0')
}
