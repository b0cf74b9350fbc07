import type { RequestLogEntry } from '@odradek/client'

const requestsMax = 40
const bodyLengthMax = 400

/** What a client is doing, how long it has been at each of its steps, and its last requests: for whoever asks why it does not come to its end. */
export class Progress {
  readonly #tookMs = new Map<string, number>()
  readonly #requests: string[] = []
  #step = 'starting'
  #sinceMs = performance.now()

  enter(step: string): void {
    const nowMs = performance.now()
    this.#tookMs.set(this.#step, (this.#tookMs.get(this.#step) ?? 0) + nowMs - this.#sinceMs)
    this.#step = step
    this.#sinceMs = nowMs
  }

  request({ kind, name, apiVersion, correlationId, durationMs, body }: RequestLogEntry): void {
    const took = durationMs === undefined ? '' : ` in ${Math.round(durationMs)} ms`
    const what = `${kind} ${name} v${apiVersion} #${correlationId}${took} ${body.slice(0, bodyLengthMax)}`
    this.#requests.push(`${(performance.now() / 1000).toFixed(3)} ${what}`)
    if (this.#requests.length > requestsMax) this.#requests.shift()
  }

  /** The step it is at comes first. */
  describe(): string {
    this.enter(this.#step)
    const steps = [...this.#tookMs].map(([step, tookMs]) => `${step}: ${Math.round(tookMs)} ms`)
    const nowS = (performance.now() / 1000).toFixed(3)
    return [`at ${nowS} s: ${this.#step}`, `all in all ${steps.join(', ')}`, ...this.#requests].join('\n')
  }
}
