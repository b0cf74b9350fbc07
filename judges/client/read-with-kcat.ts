import { mustRun } from '../lib/run-command.ts'

export interface SeenRecord {
  readonly partition: number
  readonly offset: number
  readonly key: string | null
  readonly payload: string | null
  readonly headers: readonly string[]
}

/** What librdkafka reads of a topic, up to its end: only what is committed, unless told otherwise. */
export async function readWithKcat(
  bootstrap: string,
  topic: string,
  isolation = 'read_committed',
): Promise<SeenRecord[]> {
  const args = [
    '-C',
    '-b',
    bootstrap,
    '-t',
    topic,
    '-o',
    'beginning',
    '-e',
    '-q',
    '-J',
    '-X',
    `isolation.level=${isolation}`,
  ]
  const stdout = await mustRun('kcat', args, { timeoutMs: 60_000 })
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ headers: [], ...(JSON.parse(line) as object) }) as unknown as SeenRecord)
}
