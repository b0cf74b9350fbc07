// kafka-dump-log of Apache Kafka 3.9.1.
import { globSync } from 'node:fs'
import { classpath } from './maven.ts'
import { runCommand } from './run-command.ts'

export interface Dump {
  readonly recordCount: number
  /** Lines in which the tool complains. */
  readonly complaints: readonly string[]
}

const complaint = /(mismatch|corrupt|invalid|out of order|not match|exception|error|found timestamp|non-consecutive)/i

/** Reads files of a log directory with `--deep-iteration` as the tool's users do. */
export async function dumpLog(files: readonly string[], more: readonly string[] = []): Promise<Dump> {
  const libraries = await classpath('kafka-3.9.1')
  const { status, stdout, stderr } = await runCommand(
    'java',
    [
      '-Xmx384m',
      '-cp',
      libraries,
      'kafka.tools.DumpLogSegments',
      '--deep-iteration',
      '--files',
      files.join(','),
      ...more,
    ],
    { timeoutMs: 180_000 },
  )
  const lines = `${stdout}\n${stderr}`.split('\n')
  const complaints = lines.filter(
    (line) => complaint.test(line) && !line.startsWith('log4j:') && !line.includes('isvalid: true'),
  )
  // Batch lines say "isvalid: true"; a batch that is not says otherwise, in the same place.
  complaints.push(...lines.filter((line) => /isvalid: (?!true)/.test(line)))
  if (status !== 0) complaints.push(`the tool ended with ${status}: ${lines.slice(-5).join(' | ')}`)
  return { recordCount: lines.filter((line) => line.startsWith('| offset: ')).length, complaints }
}

/** The files of all partitions of a topic with this ending, e.g. `log`. */
export function partitionFiles(logDir: string, topic: string, ending: string): string[] {
  return globSync(`${logDir}/${topic}-*/*.${ending}`).sort()
}
