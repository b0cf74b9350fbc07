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
  /** Sends batches that are made once, and only looks at the headers of those that it fetches; otherwise franz-go works as an application's client. */
  readonly raw?: boolean
  /** The most of a batch, before compression. */
  readonly batchBytes?: number
  readonly mebibytes: number
  /** Of the latency work. */
  readonly rate?: number
  readonly seconds?: number
  /** Kept after the work; the latency work makes its own. */
  readonly topic?: string
}

/** One line of kbench. */
export interface KbenchResult {
  readonly records?: number
  /** Processor time of kbench itself, during the work. */
  readonly client_cpu_s?: number
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
    raw = false,
    batchBytes = 1_000_000,
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
    batch: batchBytes,
    mb: mebibytes,
    rounds: 1,
    ...(rate === undefined ? {} : { rate }),
    ...(seconds === undefined ? {} : { secs: seconds }),
    ...(topic === undefined ? {} : { topic }),
  }
  const args = Object.entries(values).flatMap(([key, value]) => [`-${key}`, String(value)])
  if (raw) args.push('-raw')
  return JSON.parse(await mustRun(program, args, { timeoutMs: 600_000 })) as KbenchResult
}
