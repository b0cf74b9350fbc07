import type { Env } from '@odradek/base'

/** Resolves after so many milliseconds. */
export function pause(env: Env, ms: number): Promise<void> {
  return new Promise((resolve) => void env.timers.after(ms, resolve))
}
