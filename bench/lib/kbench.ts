import path from 'node:path'
import { cacheFolder, root } from '../../judges/lib/folders.ts'
import { mustRun } from '../../judges/lib/run-command.ts'
import type { RunningBroker } from './brokers.ts'

export interface KbenchOptions {
  readonly work: 'produce' | 'consume' | 'latency' | 'delete' | 'one' | 'batch'
  /** Default: all. */
  readonly acks?: 'all' | '1' | '0'
  readonly sizeBytes: number
  readonly partitions: number
  readonly codec?: string
  readonly producers?: number
  readonly mebibytes: number
  /** Of the latency work. */
  readonly rate?: number
  readonly seconds?: number
  /** Kept after the work; the latency work makes its own. */
  readonly topic?: string
}

/** One line of kbench. */
export interface KbenchResult {
  readonly records_per_s?: number
  readonly mb_per_s?: number
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

/** One measurement with one broker. */
export async function kbench(
  program: string,
  { name, bootstrap }: Pick<RunningBroker, 'name' | 'bootstrap'>,
  {
    work,
    acks = 'all',
    sizeBytes,
    partitions,
    codec = 'none',
    producers = 1,
    mebibytes,
    rate,
    seconds,
    topic,
  }: KbenchOptions,
): Promise<KbenchResult> {
  const values = {
    brokers: `${name}=${bootstrap}`,
    work,
    acks,
    size: sizeBytes,
    partitions,
    codec,
    producers,
    mb: mebibytes,
    rounds: 1,
    ...(rate === undefined ? {} : { rate }),
    ...(seconds === undefined ? {} : { secs: seconds }),
    ...(topic === undefined ? {} : { topic }),
  }
  const args = Object.entries(values).flatMap(([key, value]) => [`-${key}`, String(value)])
  return JSON.parse(await mustRun(program, args, { timeoutMs: 600_000 })) as KbenchResult
}
