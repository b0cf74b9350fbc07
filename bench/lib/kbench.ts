import path from 'node:path'
import { cacheFolder, root } from '../../judges/lib/folders.ts'
import { mustRun } from '../../judges/lib/run-command.ts'
import type { BrokerName } from './brokers.ts'

export interface KbenchOptions {
  readonly bootstraps: Readonly<Record<BrokerName, string>>
  readonly work: string
  readonly sizeBytes: number
  readonly partitions: number
  readonly mebibytes: number
  readonly rounds: number
  readonly seconds: number
}

/** One line of kbench. */
export interface KbenchResult {
  readonly broker: BrokerName
  readonly work: 'produce' | 'consume' | 'latency'
  readonly round: number
  readonly mb_per_s?: number
  readonly records_per_s?: number
  readonly p50_ms?: number
  readonly p99_ms?: number
  readonly p999_ms?: number
}

/** Compiles bench/kbench; returns the program. */
export async function buildKbench(): Promise<string> {
  const program = path.join(cacheFolder('kbench'), 'kbench')
  await mustRun('go', ['build', '-o', program, '.'], { cwd: path.join(root, 'bench', 'kbench'), timeoutMs: 600_000 })
  return program
}

/** Drives both brokers in turn. */
export async function kbench(program: string, options: KbenchOptions): Promise<KbenchResult[]> {
  const brokers = Object.entries(options.bootstraps).map(([name, bootstrap]) => `${name}=${bootstrap}`)
  const text = await mustRun(
    program,
    [
      '-brokers',
      brokers.join(','),
      '-work',
      options.work,
      '-acks',
      'all',
      '-size',
      String(options.sizeBytes),
      '-partitions',
      String(options.partitions),
      '-mb',
      String(options.mebibytes),
      '-rounds',
      String(options.rounds),
      '-secs',
      String(options.seconds),
    ],
    { timeoutMs: 1_800_000 },
  )
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as KbenchResult)
}
