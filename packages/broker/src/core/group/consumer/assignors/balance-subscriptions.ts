import type { Assignment } from '../assignment.ts'
import type { AssignorInput } from './assignor.ts'

/** Where subscriptions overlap without being the same, each round about halves what is out of balance; more rounds are not worth their time. */
const roundsMax = 16

/**
 * Members with different subscriptions: each keeps what it has of topics that it still reads; what is free goes to the subscriber with the
 * least; then partitions move from the subscribers with the most to those with the least, until no topic's differ by more than one.
 */
export function balanceSubscriptions(input: AssignorInput): Map<string, Assignment> {
  const balance = new Balance(input)
  balance.assignFree()
  for (let round = 0; round < roundsMax; round++) if (!balance.moveOnce()) break
  return balance.result()
}

class Balance {
  readonly #input: AssignorInput
  /** Partitions of each member, by its index. */
  readonly #loads: number[]
  /** Topics in the order in which they are balanced. */
  readonly #topics: { readonly topicId: string; readonly subscribers: number[]; readonly owners: number[] }[]

  constructor(input: AssignorInput) {
    this.#input = input
    this.#loads = input.members.map(() => 0)
    const subscribers = new Map<string, number[]>()
    for (const [index, { topicIds }] of input.members.entries()) {
      for (const topicId of topicIds) pushTo(subscribers, topicId, index)
    }
    this.#topics = [...subscribers]
      .map(([topicId, indices]) => ({
        topicId,
        subscribers: indices,
        owners: Array.from({ length: input.partitionCountOf(topicId) }, () => -1),
      }))
      .sort((a, b) => {
        const ratio = b.owners.length / b.subscribers.length - a.owners.length / a.subscribers.length
        if (ratio !== 0) return ratio
        if (a.subscribers.length !== b.subscribers.length) return a.subscribers.length - b.subscribers.length
        return a.topicId < b.topicId ? -1 : 1
      })
    this.#keepWhatIsRead()
  }

  #keepWhatIsRead(): void {
    for (const { topicId, owners, subscribers } of this.#topics) {
      for (const index of subscribers) {
        for (const partition of this.#input.members[index]?.target.get(topicId) ?? []) {
          if (partition >= owners.length || owners[partition] !== -1) continue
          owners[partition] = index
          this.#add(index, 1)
        }
      }
    }
  }

  #add(index: number, change: 1 | -1): void {
    this.#loads[index] = this.#load(index) + change
  }

  #load(index: number): number {
    return this.#loads[index] ?? 0
  }

  /** From the one with the least to the one with the most. */
  #byLoad(subscribers: readonly number[]): number[] {
    return subscribers.toSorted((a, b) => this.#load(a) - this.#load(b) || a - b)
  }

  /** The one with the least, the first one of equals. */
  #leastLoaded(order: readonly number[]): number {
    let least = order[0] as number
    for (const index of order) if (this.#load(index) < this.#load(least)) least = index
    return least
  }

  assignFree(): void {
    for (const { owners, subscribers } of this.#topics) {
      const order = this.#byLoad(subscribers)
      for (const [partition, owner] of owners.entries()) {
        if (owner !== -1) continue
        const index = this.#leastLoaded(order)
        owners[partition] = index
        this.#add(index, 1)
      }
    }
  }

  /** Moves partitions of every topic once; false when nothing could be moved. */
  moveOnce(): boolean {
    let hasMoved = false
    for (const { owners, subscribers } of this.#topics) {
      if (subscribers.length > 1 && this.#moveWithin(owners, subscribers)) hasMoved = true
    }
    return hasMoved
  }

  #moveWithin(owners: number[], subscribers: readonly number[]): boolean {
    const order = this.#byLoad(subscribers)
    const givers = [...order]
    /** The partitions that each subscriber has of this topic; the last one goes first. */
    const givable = new Map<number, number[]>()
    for (const [partition, owner] of owners.entries()) pushTo(givable, owner, partition)
    let hasMoved = false
    for (;;) {
      const giver = this.#takeGiver(givers, givable)
      if (giver === undefined) return hasMoved
      const taker = this.#leastLoaded(order)
      const partition = givable.get(giver)?.pop()
      if (partition === undefined || this.#load(giver) - this.#load(taker) <= 1) return hasMoved
      owners[partition] = taker
      this.#add(giver, -1)
      this.#add(taker, 1)
      hasMoved = true
    }
  }

  /** The one with the most, the last one of equals; whoever has nothing of the topic to give is taken out of `givers` for good. */
  #takeGiver(givers: number[], givable: ReadonlyMap<number, readonly number[]>): number | undefined {
    while (givers.length > 0) {
      let at = 0
      for (const [position, index] of givers.entries()) {
        if (this.#load(index) >= this.#load(givers[at] as number)) at = position
      }
      const giver = givers[at] as number
      if ((givable.get(giver)?.length ?? 0) > 0) return giver
      const last = givers.pop() as number
      if (at < givers.length) givers[at] = last
    }
    return undefined
  }

  result(): Map<string, Assignment> {
    const result = this.#input.members.map(() => new Map<string, Set<number>>())
    for (const { topicId, owners } of this.#topics) {
      for (const [partition, owner] of owners.entries()) {
        const assigned = result[owner]
        if (assigned === undefined) continue
        assigned.set(topicId, (assigned.get(topicId) ?? new Set<number>()).add(partition))
      }
    }
    return new Map(this.#input.members.map(({ memberId }, index) => [memberId, result[index] ?? new Map()]))
  }
}

function pushTo<Key>(lists: Map<Key, number[]>, key: Key, value: number): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}
