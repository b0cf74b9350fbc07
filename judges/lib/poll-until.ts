/** Asks again and again until the answer is not undefined. Rejects with `what` and the last error when the time is over. */
export async function pollUntil<T>(
  what: string,
  timeoutMs: number,
  ask: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const endMs = performance.now() + timeoutMs
  for (;;) {
    let lastError: unknown
    try {
      const answer = await ask()
      if (answer !== undefined) return answer
    } catch (error) {
      lastError = error
    }
    if (performance.now() >= endMs) {
      const cause = lastError instanceof Error ? `: ${lastError.message}` : ''
      throw new Error(`${what}: not within ${timeoutMs} ms${cause}`)
    }
    await pause(100)
  }
}

export function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs))
}
