import type { World } from '../world.ts'

const name = 'no acknowledged record is lost, reordered or served twice within a partition'

/** Everything that producers sent to one partition and that consumers were served from it. Every value is sent as one record. */
export class PartitionHistory {
  readonly label: string
  readonly #world: World
  readonly #attempted = new Set<string>()
  /** By offset, what was acknowledged or served there. */
  readonly #values: string[] = []
  readonly #offsets = new Map<string, number>()
  /** Records below it were acknowledged. */
  #acknowledgedEnd = 0
  readonly #acknowledged = new Set<string>()

  constructor(world: World, label: string) {
    this.#world = world
    this.label = label
  }

  attempt(value: string): void {
    this.#attempted.add(value)
  }

  /** The broker has answered that it has the records; `baseOffset` is -1 where it does not tell where (a duplicate). */
  acknowledge(baseOffset: number, values: readonly string[]): void {
    for (const [index, value] of values.entries()) {
      this.#acknowledged.add(value)
      if (baseOffset >= 0) this.#place(baseOffset + index, value, 'acknowledged')
    }
    if (baseOffset >= 0) this.#acknowledgedEnd = Math.max(this.#acknowledgedEnd, baseOffset + values.length)
  }

  serve(offset: number, value: string): void {
    if (!this.#attempted.has(value)) this.#violate(`offset ${offset} holds ${quoted(value)}, which nobody sent`)
    this.#place(offset, value, 'served')
  }

  /** A reader got a record at `offset` where the one at `expected` was due. */
  follow(expected: number, offset: number): void {
    if (offset !== expected) this.#violate(`a reader got offset ${offset} where ${expected} was due`)
  }

  /** A reader has got all up to `position`, and the broker says that this is not within the log. */
  outOfRange(position: number): void {
    this.#violate(`what was served below ${position} is gone`)
  }

  /** A reader got a batch whose bytes are not what was sent. */
  corrupt(what: string): void {
    this.#violate(what)
  }

  /** The broker said that its log ends at `endOffset`, after so much had been acknowledged. */
  end(endOffset: number, acknowledgedEnd: number): void {
    if (endOffset < acknowledgedEnd)
      this.#violate(`it ends at ${endOffset}, but ${acknowledgedEnd - 1} was acknowledged`)
  }

  get acknowledgedEnd(): number {
    return this.#acknowledgedEnd
  }

  /** All of the partition was served from its start on: what was acknowledged must be in it, in the order of each ordered producer. */
  finish(orderedProducers: readonly string[]): void {
    for (const value of this.#acknowledged) {
      if (!this.#offsets.has(value)) this.#violate(`${quoted(value)} was acknowledged, but is not there`)
    }
    const newest = new Map<string, number>()
    for (const [offset, value] of this.#values.entries()) {
      const [producer = '', number = ''] = value.split(' ')
      if (!orderedProducers.includes(producer)) continue
      const before = newest.get(producer) ?? -1
      if (Number(number) <= before) this.#violate(`${quoted(value)} at offset ${offset} comes after number ${before}`)
      newest.set(producer, Number(number))
    }
  }

  #place(offset: number, value: string, how: string): void {
    const before = this.#values[offset]
    if (before !== undefined && before !== value) {
      this.#violate(`${quoted(value)} is ${how} at offset ${offset}, where ${quoted(before)} was before`)
    }
    const elsewhere = this.#offsets.get(value)
    if (elsewhere !== undefined && elsewhere !== offset) {
      this.#violate(`${quoted(value)} is ${how} at offset ${offset}, and was at ${elsewhere} before`)
    }
    this.#values[offset] = value
    this.#offsets.set(value, offset)
  }

  #violate(what: string): never {
    return this.#world.violate(name, `${this.label}: ${what}`)
  }
}

function quoted(value: string): string {
  return `'${value.slice(0, 40)}'`
}
