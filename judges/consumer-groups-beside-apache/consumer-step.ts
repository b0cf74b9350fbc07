// What one history of a group of the consumer protocol is made of: requests whose every detail follows from a seed.

/** The places that members take in a history. */
export const slotCount = 4

export type Action =
  | 'beat'
  | 'join'
  | 'leave'
  | 'classicJoin'
  | 'classicSync'
  | 'classicHeartbeat'
  | 'classicLeave'
  | 'commit'
  | 'fetch'
  | 'describe'
  | 'classicDescribe'
  | 'list'
  | 'deleteOffsets'
  | 'deleteGroup'
  | 'regexJoin'
  | 'regexBeat'
  | 'silence'
  | 'stubbornness'
  | 'rest'

export interface ConsumerStep {
  readonly slot: number
  readonly action: Action
  readonly version: number
  /** Whole numbers below 100 that decide about the details. */
  readonly chance: readonly [who: number, epoch: number, detail: number]
}

type Weighted = readonly [action: Action, share: number, versions: readonly [from: number, to: number]]

/** How often each action comes, of 100, and its versions. */
const actions: readonly Weighted[] = [
  ['beat', 54, [0, 1]],
  ['join', 16, [1, 1]],
  ['leave', 5, [1, 1]],
  ['commit', 8, [10, 10]],
  ['fetch', 5, [9, 10]],
  ['describe', 7, [0, 1]],
  ['classicDescribe', 1, [5, 6]],
  ['list', 2, [5, 5]],
  ['deleteOffsets', 1, [0, 0]],
  ['deleteGroup', 1, [2, 2]],
]

/** Histories in which some slots speak the classic protocol. */
const mixedActions: readonly Weighted[] = [
  ['beat', 26, [0, 1]],
  ['join', 12, [1, 1]],
  ['leave', 4, [1, 1]],
  ['classicJoin', 16, [9, 9]],
  ['classicSync', 14, [5, 5]],
  ['classicHeartbeat', 10, [4, 4]],
  ['classicLeave', 3, [5, 5]],
  ['commit', 6, [10, 10]],
  ['fetch', 2, [9, 10]],
  ['describe', 7, [1, 1]],
]

/** Histories of members that subscribe to regular expressions. */
const regexActions: readonly Weighted[] = [
  ['beat', 46, [0, 1]],
  ['regexJoin', 18, [1, 1]],
  ['regexBeat', 14, [1, 1]],
  ['join', 6, [1, 1]],
  ['leave', 4, [1, 1]],
  ['describe', 12, [1, 1]],
]

/** Histories in which members are late. */
const lateActions: readonly Weighted[] = [
  ['beat', 58, [1, 1]],
  ['join', 26, [1, 1]],
  ['leave', 4, [1, 1]],
  ['describe', 12, [1, 1]],
]

/** What has its time is done at a few places of a history, after so many requests. */
const requestsInOne = 10
const restsInOne = 2

export interface ConsumerHistory {
  readonly steps: readonly ConsumerStep[]
  /** Slots whose members have an instance id. */
  readonly staticSlots: readonly number[]
  /** Slots whose members speak the classic protocol. */
  readonly classicSlots: readonly number[]
  readonly assignor: 'uniform' | 'range'
  /** How long members may be silent, and may hold on to what they have to give up; by default for ever. */
  readonly sessionTimeoutMs?: number
  readonly rebalanceTimeoutMs?: number
  /** How long both brokers are left alone after each request: expressions are resolved beside the answers. */
  readonly afterStepMs?: number
}

export function randomHistory(seed: number, stepCount: number): ConsumerHistory {
  const random = generator(seed)
  const staticSlots = [[], [], [0], [0, 1]][random(4)] ?? []
  const classicSlots = [[], [], [2], [2, 3]][random(4)] ?? []
  const isMixed = classicSlots.length > 0
  // Ids that the coordinator makes up differ, and `uniform` deals out in the order of a hash table of ids.
  const assignor = isMixed || random(2) === 0 ? 'range' : 'uniform'
  const steps = Array.from({ length: stepCount }, (): ConsumerStep => {
    const step = randomStep(random, isMixed ? mixedActions : actions)
    if (!isMixed || !step.action.startsWith('classic')) return step
    return { ...step, slot: classicSlots[random(classicSlots.length)] ?? step.slot }
  })
  return { steps, staticSlots, classicSlots, assignor }
}

/** Members that subscribe to expressions. These are resolved again ten seconds after the last time: the history rests for longer than that. */
export function regexHistory(seed: number): ConsumerHistory {
  const random = generator(seed)
  const steps = timedSteps(random, regexActions, () => 'rest')
  return { steps, staticSlots: [[], [0]][random(2)] ?? [], classicSlots: [], assignor: 'range', afterStepMs: 200 }
}

/** Members that fall silent for longer than their session, or do not give up what they are asked for. */
export function lateHistory(seed: number): ConsumerHistory {
  const random = generator(seed)
  const steps = timedSteps(random, lateActions, () => (random(2) === 0 ? 'silence' : 'stubbornness'))
  return {
    steps,
    staticSlots: [[], [0]][random(2)] ?? [],
    classicSlots: [],
    assignor: 'range',
    sessionTimeoutMs: 8000,
    rebalanceTimeoutMs: 3000,
  }
}

function timedSteps(
  random: (exclusiveMax: number) => number,
  choices: readonly Weighted[],
  timed: () => Action,
): ConsumerStep[] {
  const steps: ConsumerStep[] = []
  for (let round = 0; round <= restsInOne; round++) {
    for (let request = 0; request < requestsInOne; request++) steps.push(randomStep(random, choices))
    if (round < restsInOne) steps.push({ slot: random(slotCount), action: timed(), version: 1, chance: [0, 0, 0] })
  }
  return steps
}

function randomStep(random: (exclusiveMax: number) => number, choices: readonly Weighted[]): ConsumerStep {
  const slot = random(slotCount)
  let dice = random(100)
  const [action, , [from, to]] = choices.find(([, share]) => (dice -= share) < 0) ?? (choices[0] as Weighted)
  return { slot, action, version: from + random(to - from + 1), chance: [random(100), random(100), random(100)] }
}

function generator(seed: number): (exclusiveMax: number) => number {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0
  return (exclusiveMax) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * exclusiveMax)
  }
}
