/** Kafka's two samples of thirty seconds each (metrics.num.samples, metrics.sample.window.ms): what is shown is of the last half to whole minute. */
const windowMs = 30_000

/** Sums over the current window and the one before. Recording adds numbers and allocates nothing. */
class Window {
  #startMs: number
  #beforeMs: number
  sum = 0
  count = 0
  max = NaN
  #beforeSum = 0
  #beforeCount = 0
  #beforeMax = NaN

  constructor(nowMs: number) {
    this.#startMs = nowMs
    this.#beforeMs = nowMs
  }

  record(value: number, count: number, nowMs: number): void {
    if (nowMs - this.#startMs >= windowMs) this.#turn(nowMs)
    this.sum += value
    this.count += count
    if (!(value <= this.max)) this.max = value
  }

  #turn(nowMs: number): void {
    const isOld = nowMs - this.#startMs >= 2 * windowMs
    this.#beforeSum = isOld ? 0 : this.sum
    this.#beforeCount = isOld ? 0 : this.count
    this.#beforeMax = isOld ? NaN : this.max
    this.#beforeMs = isOld ? nowMs : this.#startMs
    this.#startMs = isOld ? nowMs : this.#startMs + windowMs
    this.sum = 0
    this.count = 0
    this.max = NaN
  }

  /** Of the window before and the current one. */
  read(nowMs: number): {
    readonly sum: number
    readonly count: number
    readonly max: number
    readonly durationMs: number
  } {
    if (nowMs - this.#startMs >= windowMs) this.#turn(nowMs)
    const sum = this.sum + this.#beforeSum
    const count = this.count + this.#beforeCount
    const max = Number.isNaN(this.max)
      ? this.#beforeMax
      : Math.max(this.max, Number.isNaN(this.#beforeMax) ? this.max : this.#beforeMax)
    // As Kafka's rates: never over less than a whole window.
    return { sum, count, max, durationMs: Math.max(windowMs, nowMs - this.#beforeMs) }
  }
}

/** How much there was since the beginning, and how much a second lately. */
export class Meter {
  readonly #window: Window
  total = 0

  constructor(nowMs: number) {
    this.#window = new Window(nowMs)
  }

  record(amount: number, nowMs: number): void {
    this.total += amount
    this.#window.record(amount, 1, nowMs)
  }

  ratePerSecond(nowMs: number): number {
    const { sum, durationMs } = this.#window.read(nowMs)
    return (sum * 1000) / durationMs
  }
}

/** Mean and largest of single values lately. NaN while there are none, as Kafka's. */
export class Samples {
  readonly #window: Window
  total = 0

  constructor(nowMs: number) {
    this.#window = new Window(nowMs)
  }

  record(value: number, nowMs: number): void {
    this.total += value
    this.#window.record(value, 1, nowMs)
  }

  mean(nowMs: number): number {
    const { sum, count } = this.#window.read(nowMs)
    return count === 0 ? NaN : sum / count
  }

  max(nowMs: number): number {
    return this.#window.read(nowMs).max
  }
}
