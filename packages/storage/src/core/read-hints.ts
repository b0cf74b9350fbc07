const hintCount = 8

/** Where the last reads of a segment ended, as offset and position: where the next read of the same reader begins. */
export class ReadHints {
  readonly #offsets: number[] = []
  readonly #positions: number[] = []
  #next = 0

  /** The position of `offset`, if a read ended there. */
  find(offset: number): number | undefined {
    const hint = this.#offsets.indexOf(offset)
    return hint === -1 ? undefined : this.#positions[hint]
  }

  add(offset: number, position: number): void {
    this.#offsets[this.#next] = offset
    this.#positions[this.#next] = position
    this.#next = (this.#next + 1) % hintCount
  }

  clear(): void {
    this.#offsets.length = 0
    this.#positions.length = 0
    this.#next = 0
  }
}
