import { inspect } from 'node:util'

export interface Counts {
  readonly passed: number
  readonly failed: number
}

/** Counts the checks of one judge and prints each as it is done. */
export class Report implements Counts {
  readonly name: string
  #passed = 0
  #failed = 0

  constructor(name: string) {
    this.name = name
  }

  get passed(): number {
    return this.#passed
  }

  get failed(): number {
    return this.#failed
  }

  /** Runs one check: it passes when `body` does not throw. Never throws itself. Returns whether it passed. */
  async check(title: string, body: () => unknown): Promise<boolean> {
    const startMs = performance.now()
    try {
      await body()
      this.#passed += 1
      this.#print('ok', title, performance.now() - startMs)
      return true
    } catch (error) {
      this.#failed += 1
      this.#print('FAILED', title, performance.now() - startMs)
      const text = error instanceof Error ? error.message : inspect(error)
      process.stdout.write(`${text.replaceAll(/^/gm, '      ')}\n`)
      return false
    }
  }

  note(text: string): void {
    process.stdout.write(`    ${text}\n`)
  }

  #print(outcome: string, title: string, durationMs: number): void {
    process.stdout.write(`  ${outcome}: ${title} (${(durationMs / 1000).toFixed(1)} s)\n`)
  }
}

/** The line that every judge and the whole run end with. */
export function countsLine(passed: number, failed: number): string {
  return `${passed} passed, ${failed} failed`
}

/** What such a line says; one failure where there is none, since whoever should have printed it did not come to its end. */
export function countsOf(line: string): Counts {
  const [, passed, failed] = /^(\d+) passed, (\d+) failed$/.exec(line) ?? []
  return passed === undefined ? { passed: 0, failed: 1 } : { passed: Number(passed), failed: Number(failed) }
}
