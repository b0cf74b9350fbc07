/** What the four-letter words tell of a server, and of each of its connections. */
export class TrafficStatistics {
  receivedCount = 0
  sentCount = 0
  /** Sizes of what was sent; -1 while nothing was. */
  responseSizeBytesLast = -1
  responseSizeBytesMin = -1
  responseSizeBytesMax = -1
  latencyMsMin = Number.POSITIVE_INFINITY
  latencyMsMax = 0
  latencyMsSum = 0
  latencyCount = 0

  addResponse(sizeBytes: number): void {
    this.sentCount++
    this.responseSizeBytesLast = sizeBytes
    if (sizeBytes > this.responseSizeBytesMax) this.responseSizeBytesMax = sizeBytes
    if (this.responseSizeBytesMin === -1 || sizeBytes < this.responseSizeBytesMin) this.responseSizeBytesMin = sizeBytes
  }

  addLatency(latencyMs: number): void {
    if (latencyMs < this.latencyMsMin) this.latencyMsMin = latencyMs
    if (latencyMs > this.latencyMsMax) this.latencyMsMax = latencyMs
    this.latencyMsSum += latencyMs
    this.latencyCount++
  }

  get minMs(): number {
    return this.latencyCount === 0 ? 0 : Math.floor(this.latencyMsMin)
  }

  get maxMs(): number {
    return Math.floor(this.latencyMsMax)
  }

  /** With at least one decimal, at most four, as Java shows it. */
  get averageText(): string {
    const average = this.latencyCount === 0 ? 0 : this.latencyMsSum / this.latencyCount
    const text = String(Math.round(average * 10_000) / 10_000)
    return text.includes('.') ? text : `${text}.0`
  }

  resetLatency(): void {
    this.latencyMsMin = Number.POSITIVE_INFINITY
    this.latencyMsMax = 0
    this.latencyMsSum = 0
    this.latencyCount = 0
  }

  reset(): void {
    this.receivedCount = 0
    this.sentCount = 0
    this.responseSizeBytesLast = -1
    this.responseSizeBytesMin = -1
    this.responseSizeBytesMax = -1
    this.resetLatency()
  }
}
