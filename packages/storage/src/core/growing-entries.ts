/** Fixed-size entries in one buffer that doubles as it fills: what the indexes keep in memory, in the bytes of their files. */
export class GrowingEntries {
  readonly entryBytes: number
  buffer: Buffer
  count = 0

  constructor(entryBytes: number, content?: Buffer) {
    this.entryBytes = entryBytes
    this.buffer = content ?? Buffer.alloc(0)
    this.count = Math.floor(this.buffer.length / entryBytes)
  }

  get sizeBytes(): number {
    return this.count * this.entryBytes
  }

  /** Makes room for one more entry and returns where it begins. */
  add(): number {
    const start = this.sizeBytes
    if (start + this.entryBytes > this.buffer.length) {
      const next = Buffer.alloc(Math.max(this.entryBytes * 16, this.buffer.length * 2))
      this.buffer.copy(next, 0, 0, start)
      this.buffer = next
    }
    this.count++
    return start
  }
}
