// What one history of a group is made of: requests whose every detail follows from a seed, so that two brokers can be asked the same.

/** The places that members take in a history. */
export const slotCount = 4

export type Action =
  | 'join'
  | 'sync'
  | 'heartbeat'
  | 'leave'
  | 'commit'
  | 'fetch'
  | 'describe'
  | 'deleteOffsets'
  | 'deleteGroup'

/** One request. `chance` holds whole numbers below 100 that decide about its details. */
export interface GroupStep {
  readonly slot: number
  readonly action: Action
  readonly version: number
  readonly chance: readonly [member: number, generation: number, detail: number]
}

/** How often each action comes, of 100, and its versions; those of requests that Apache Kafka 3.9.1 and this program both know. */
const actions: readonly (readonly [action: Action, share: number, versions: readonly [from: number, to: number]])[] = [
  ['join', 34, [5, 9]],
  ['sync', 24, [3, 5]],
  ['heartbeat', 10, [3, 4]],
  ['leave', 4, [0, 5]],
  ['commit', 10, [2, 9]],
  ['fetch', 8, [1, 9]],
  ['describe', 6, [0, 5]],
  ['deleteOffsets', 2, [0, 0]],
  ['deleteGroup', 2, [0, 2]],
]

export interface GroupHistory {
  readonly steps: readonly GroupStep[]
  /** Slots whose members have an instance id. */
  readonly staticSlots: readonly number[]
}

export function randomHistory(seed: number, stepCount: number): GroupHistory {
  const random = generator(seed)
  const staticSlots = [[], [0], [0, 1]][random(3)] ?? []
  const steps = Array.from({ length: stepCount }, (): GroupStep => {
    const slot = random(slotCount)
    let dice = random(100)
    const [action, , [from, to]] = actions.find(([, share]) => (dice -= share) < 0) ?? actions[0]!
    return { slot, action, version: from + random(to - from + 1), chance: [random(100), random(100), random(100)] }
  })
  return { steps, staticSlots }
}

function generator(seed: number): (exclusiveMax: number) => number {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0
  return (exclusiveMax) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * exclusiveMax)
  }
}
