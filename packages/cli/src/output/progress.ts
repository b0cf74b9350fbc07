import type { Clock } from '@odradek/base'
import type { Terminal } from '../terminal.ts'

/** How often the line is drawn at most. */
const drawEveryMs = 100
const eraseLine = '\r\u001B[2K'

/** One line on standard error that says how far long work has come, for somebody at a terminal; for nobody else. */
export class Progress {
  readonly #terminal: Terminal
  readonly #clock: Clock
  #drawnMs = -Infinity
  #isDrawn = false

  constructor(terminal: Terminal, clock: Clock) {
    this.#terminal = terminal
    this.#clock = clock
  }

  /** Shows `text` instead of what was there; one that comes too soon after another is left out. */
  show(text: () => string): void {
    const nowMs = this.#clock.monotonicMs()
    if (!this.#terminal.errorIsTerminal || nowMs - this.#drawnMs < drawEveryMs) return
    this.#drawnMs = nowMs
    this.#isDrawn = true
    // A line that wraps could not be erased.
    this.#terminal.writeError(`${eraseLine}${text().slice(0, this.#terminal.columns - 1)}`)
  }

  /** Takes the line away: before anything else is printed, and in the end. */
  clear(): void {
    if (this.#isDrawn) this.#terminal.writeError(eraseLine)
    this.#isDrawn = false
    this.#drawnMs = -Infinity
  }
}

/** `████████░░░░░░░  53 %` */
export function progressBar(done: number, total: number, widthColumns = 24): string {
  const share = total <= 0 ? 1 : Math.min(1, Math.max(0, done / total))
  const filled = Math.floor(share * widthColumns)
  return `${'█'.repeat(filled)}${'░'.repeat(widthColumns - filled)} ${String(Math.floor(share * 100)).padStart(3)} %`
}
