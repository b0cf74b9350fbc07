import { writeSync } from 'node:fs'

const pendingSizeMax = 1 << 16
/** How long a full pipe may hold up the program in all before the text is dropped. */
const fullPipeWaitMs = 1000

/** Sinks that hold text, for the one listener that writes it when the process exits. */
const holding = new Set<LogSink>()
let isExiting = false
process.on('exit', () => {
  isExiting = true
  for (const sink of holding) sink.flush()
})

/** Gathers the lines of one turn and writes them with one call; whatever is left is written when the process exits. */
export class LogSink {
  readonly #destination: number | ((text: string) => void)
  #pending = ''

  constructor(destination: number | ((text: string) => void)) {
    this.#destination = destination
  }

  /** Takes whole lines; `now` writes them, and all before them, at once. */
  write(text: string, now: boolean): void {
    this.#pending += text
    if (now || isExiting || this.#pending.length > pendingSizeMax) this.flush()
    else if (!holding.has(this)) {
      holding.add(this)
      setImmediate(this.flush)
    }
  }

  readonly flush = (): void => {
    holding.delete(this)
    const text = this.#pending
    if (text === '') return
    this.#pending = ''
    if (typeof this.#destination === 'function') this.#destination(text)
    else writeAll(this.#destination, Buffer.from(text))
  }
}

function writeAll(fileDescriptor: number, bytes: Buffer): void {
  let position = 0
  let waitedMs = 0
  while (position < bytes.length && waitedMs < fullPipeWaitMs) {
    try {
      position += writeSync(fileDescriptor, bytes, position)
    } catch (error) {
      // A log that nobody reads any more (EPIPE, EBADF, a full disk) must not stop the program.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
      waitedMs += 5
    }
  }
}
