import type { Env } from '@odradek/base'
import type { Progress } from '../../output/progress.ts'
import type { Measurement } from './measurement.ts'

/** What one measurement works with. */
export interface BenchRun {
  readonly env: Env
  readonly topic: string
  /** Client properties, as the user gave them. */
  readonly properties: Readonly<Record<string, string>>
  readonly recordsMax: number
  readonly durationMsMax: number
  readonly valueSizeBytes: number
  /** Undefined: as fast as it goes. */
  readonly recordsPerSecondMax: number | undefined
  readonly measurement: Measurement
  readonly progress: Progress
  /** Ctrl-C: what was measured so far is the result. */
  readonly interrupted: AbortSignal
}

/** Whether enough was done, or somebody has had enough. */
export function isOver({ measurement, recordsMax, durationMsMax, interrupted }: BenchRun): boolean {
  return measurement.records >= recordsMax || measurement.seconds * 1000 >= durationMsMax || interrupted.aborted
}

/** A value of the size wanted, which codecs neither shrink to nothing nor leave as it is: half of it is random. */
export function sampleValue({ env, valueSizeBytes }: BenchRun): Buffer {
  const random = env.random.fork('bench values').bytes(Math.ceil(valueSizeBytes / 2))
  const text = random.toString('hex').padEnd(valueSizeBytes, '0')
  return Buffer.from(text.slice(0, valueSizeBytes))
}

export function pause(env: Env, delayMs: number): Promise<void> {
  return new Promise((resolve) => void env.timers.after(delayMs, resolve))
}
