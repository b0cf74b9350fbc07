import type { Clock } from '@odradek/base'

const windowMs = 5000
const samplesMax = 500_000
const bytesPerMegabyte = 1024 * 1024

/** Latencies and throughput of sent records, in the lines that kafka-producer-perf-test prints. */
export class LatencyStats {
  readonly #clock: Clock
  readonly #startMs: number
  readonly #sampling: number
  readonly #samples: number[] = []
  #count = 0
  #bytes = 0
  #totalMs = 0
  #maxMs = 0
  #window = { startMs: 0, count: 0, bytes: 0, totalMs: 0, maxMs: 0 }

  constructor(clock: Clock, recordCount: number) {
    this.#clock = clock
    this.#startMs = clock.monotonicMs()
    this.#window.startMs = this.#startMs
    this.#sampling = Math.max(1, Math.floor(recordCount / Math.min(recordCount, samplesMax)))
  }

  /** Returns a line when five seconds are over. */
  record(sentAtMs: number, sizeBytes: number): string | undefined {
    const nowMs = this.#clock.monotonicMs()
    const latencyMs = Math.trunc(nowMs - sentAtMs)
    if (this.#count % this.#sampling === 0) this.#samples.push(latencyMs)
    this.#count++
    this.#bytes += sizeBytes
    this.#totalMs += latencyMs
    this.#maxMs = Math.max(this.#maxMs, latencyMs)
    const window = this.#window
    window.count++
    window.bytes += sizeBytes
    window.totalMs += latencyMs
    window.maxMs = Math.max(window.maxMs, latencyMs)
    if (nowMs - window.startMs < windowMs) return undefined
    const elapsedMs = nowMs - window.startMs
    this.#window = { startMs: nowMs, count: 0, bytes: 0, totalMs: 0, maxMs: 0 }
    const average = (window.totalMs / window.count).toFixed(1)
    return `${window.count} records sent, ${rate(window.count, elapsedMs).toFixed(1)} records/sec (${rate(window.bytes / bytesPerMegabyte, elapsedMs).toFixed(2)} MB/sec), ${average} ms avg latency, ${window.maxMs.toFixed(1)} ms max latency.`
  }

  /** The line at the end. */
  total(): string {
    const elapsedMs = this.#clock.monotonicMs() - this.#startMs
    const sorted = this.#samples.toSorted((a, b) => a - b)
    const at = (share: number): number => sorted[Math.trunc(share * sorted.length)] ?? 0
    const average = (this.#count === 0 ? 0 : this.#totalMs / this.#count).toFixed(2)
    return `${this.#count} records sent, ${rate(this.#count, elapsedMs).toFixed(6)} records/sec (${rate(this.#bytes / bytesPerMegabyte, elapsedMs).toFixed(2)} MB/sec), ${average} ms avg latency, ${this.#maxMs.toFixed(2)} ms max latency, ${at(0.5)} ms 50th, ${at(0.95)} ms 95th, ${at(0.99)} ms 99th, ${at(0.999)} ms 99.9th.`
  }
}

function rate(amount: number, elapsedMs: number): number {
  return elapsedMs <= 0 ? 0 : (1000 * amount) / elapsedMs
}
