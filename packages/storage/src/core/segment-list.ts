import { assert } from '@odradek/base'

/** Segments of one log by base offset, never empty once the log is loaded. */
export class SegmentList<Item extends { readonly baseOffset: number }> {
  #items: Item[] = []

  get all(): readonly Item[] {
    return this.#items
  }

  get count(): number {
    return this.#items.length
  }

  get first(): Item {
    const item = this.#items[0]
    assert(item !== undefined, 'a log has at least one segment')
    return item
  }

  /** The one that is appended to. */
  get active(): Item {
    const item = this.#items.at(-1)
    assert(item !== undefined, 'a log has at least one segment')
    return item
  }

  /** Index of the segment that would hold `offset`: the last one that begins at or before it; -1 when all begin later. */
  floorIndex(offset: number): number {
    let low = 0
    let high = this.#items.length - 1
    while (low <= high) {
      const middle = (low + high) >>> 1
      if ((this.#items[middle] as Item).baseOffset <= offset) low = middle + 1
      else high = middle - 1
    }
    return high
  }

  /** The segments from the one that would hold `offset` on. */
  from(offset: number): Item[] {
    return this.#items.slice(Math.max(0, this.floorIndex(offset)))
  }

  add(item: Item): void {
    assert(
      this.#items.length === 0 || this.active.baseOffset < item.baseOffset,
      `segment ${item.baseOffset} is not the newest`,
    )
    this.#items.push(item)
  }

  remove(items: readonly Item[]): void {
    const gone = new Set(items)
    this.#items = this.#items.filter((item) => !gone.has(item))
  }
}
