import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { SeededRandom } from '@odradek/env-sim'
import { anomalyKinds, checkHistory } from '../src/index.ts'
import type { AnomalyKind, History, Operation, Polled, Step } from '../src/index.ts'
import { goodHistory } from './good-history.ts'

const seedCount = 20

/** Appends operations; what they lack is filled in. */
function also(history: History, ...added: Partial<Operation>[]): History {
  const complete = added.map((operation, index): Operation => ({
    index: history.length + index,
    process: 'planted',
    kind: 'poll',
    outcome: 'ok',
    steps: [],
    ...operation,
  }))
  return [...history, ...complete]
}

const poll = (...polled: Polled[]): Step => ({ kind: 'poll', polled })
const send = (partition: string, value: string, offset?: number): Step => ({
  kind: 'send',
  sent: { partition, value, offset },
})

/** All that the last reader got: every partition whole, in its order. */
function logOf(history: History): Polled[] {
  return history
    .filter(({ process }) => process === 'last')
    .flatMap(({ steps }) => steps.flatMap((step) => (step.kind === 'poll' ? step.polled : [])))
}

/** Two or more records of one partition that follow each other. */
function run(history: History, random: SeededRandom, length: number): Polled[] {
  const log = logOf(history)
  const starts = log.flatMap(({ partition }, index) =>
    log[index + length - 1]?.partition === partition ? [index] : [],
  )
  const start = random.pick(starts)
  return log.slice(start, start + length)
}

/** Nobody reads the record any more. */
function without(history: History, { partition, value }: Polled): History {
  return history.map((operation) => ({
    ...operation,
    steps: operation.steps.map((step) =>
      step.kind === 'send'
        ? step
        : poll(...step.polled.filter((one) => one.partition !== partition || one.value !== value)),
    ),
  }))
}

/** A record that a producer was told is written, which is not the last of its partition. */
function acknowledged(history: History, random: SeededRandom, isLast: boolean): Polled {
  const log = logOf(history)
  const found = history
    .filter(({ outcome }) => outcome === 'ok')
    .flatMap(({ steps }) => steps)
    .flatMap((step) => {
      const index =
        step.kind === 'send'
          ? log.findIndex(({ partition, value }) => partition === step.sent.partition && value === step.sent.value)
          : -1
      const isAtEnd = log[index]?.partition !== log[index + 1]?.partition
      return index >= 0 && isAtEnd === isLast ? [log[index] as Polled] : []
    })
  return random.pick(found)
}

const newOffset = 1_000_000
type Plant = (history: History, random: SeededRandom) => History

/** What makes each anomaly of a good history. */
const plants: Readonly<Record<AnomalyKind, Plant>> = {
  'foreign-read': (history) =>
    also(history, { steps: [poll({ partition: 'orders-0', offset: newOffset, value: 'nobody' })] }),
  'aborted-read': (history) =>
    also(
      history,
      { kind: 'transaction', outcome: 'failed', process: 'aborter', steps: [send('orders-0', 'aborted')] },
      { steps: [poll({ partition: 'orders-0', offset: newOffset, value: 'aborted' })] },
    ),
  'precommitted-read': (history) =>
    also(history, {
      kind: 'transaction',
      steps: [send('orders-0', 'own', newOffset), poll({ partition: 'orders-0', offset: newOffset, value: 'own' })],
    }),
  'circular-read': (history) =>
    also(
      history,
      {
        kind: 'transaction',
        process: 'one',
        steps: [send('orders-0', 'a', newOffset), poll({ partition: 'payments-0', offset: newOffset, value: 'b' })],
      },
      {
        kind: 'transaction',
        process: 'two',
        steps: [send('payments-0', 'b', newOffset), poll({ partition: 'orders-0', offset: newOffset, value: 'a' })],
      },
    ),
  'inconsistent-offset': (history, random) => {
    const [record] = run(history, random, 1) as [Polled]
    return also(history, { kind: 'send', steps: [send(record.partition, 'another', record.offset)] })
  },
  duplicate: (history, random) => {
    const [record] = run(history, random, 1) as [Polled]
    return also(history, { steps: [poll({ ...record, offset: newOffset })] })
  },
  'lost-write': (history, random) => without(history, acknowledged(history, random, false)),
  unseen: (history, random) => without(history, acknowledged(history, random, true)),
  'skipped-poll': (history, random) => {
    const [first, , third] = run(history, random, 3) as [Polled, Polled, Polled]
    return also(history, { steps: [poll(first)] }, { steps: [poll(third)] })
  },
  'nonmonotonic-poll': (history, random) => {
    const [first, second] = run(history, random, 2) as [Polled, Polled]
    return also(history, { steps: [poll(second)] }, { steps: [poll(first)] })
  },
  'internal-skipped-poll': (history, random) => {
    const [first, , third] = run(history, random, 3) as [Polled, Polled, Polled]
    return also(history, { steps: [poll(first, third)] })
  },
  'internal-nonmonotonic-poll': (history, random) => {
    const [first, second] = run(history, random, 2) as [Polled, Polled]
    return also(history, { steps: [poll(second), poll(first)] })
  },
  'nonmonotonic-send': (history) =>
    also(
      history,
      { kind: 'send', steps: [send('orders-0', 'late', newOffset + 1)] },
      { kind: 'send', steps: [send('orders-0', 'early', newOffset)] },
    ),
  'internal-nonmonotonic-send': (history) =>
    also(history, {
      kind: 'send',
      steps: [send('orders-0', 'late', newOffset + 1), send('orders-0', 'early', newOffset)],
    }),
  'internal-skipped-send': (history) =>
    also(
      history,
      { kind: 'send', steps: [send('orders-0', 'one', newOffset), send('orders-0', 'three', newOffset + 2)] },
      { kind: 'send', process: 'another', steps: [send('orders-0', 'two', newOffset + 1)] },
    ),
}

test('a history that Kafka may have has no anomaly', () => {
  for (let seed = 0; seed < seedCount; seed++) {
    const anomalies = checkHistory(goodHistory(`good ${seed}`), { isReadToEnd: true, allowed: [] })
    assert.deepEqual(
      anomalies.map(({ text }) => text),
      [],
      `seed ${seed}`,
    )
  }
})

describe('an anomaly that is planted is found', () => {
  for (const [kind, about] of Object.entries(anomalyKinds) as [AnomalyKind, string][]) {
    test(`${kind}: ${about}`, () => {
      for (let seed = 0; seed < seedCount; seed++) {
        const history = plants[kind](goodHistory(`planted ${seed}`), new SeededRandom(`${kind} ${seed}`))
        const isReadToEnd = kind === 'unseen'
        const found = new Set(checkHistory(history, { isReadToEnd, allowed: [] }).map((anomaly) => anomaly.kind))
        assert.ok(found.has(kind), `seed ${seed}: found ${[...found].join(', ')}`)
      }
    })
  }
})

test('an anomaly says in one sentence who did what', () => {
  const history = also(
    [],
    { kind: 'send', process: 'p', steps: [send('t-0', 'a', 0)] },
    { kind: 'send', process: 'p', steps: [send('t-0', 'b', 1)] },
    { process: 'r', steps: [poll({ partition: 't-0', offset: 1, value: 'b' })] },
  )
  const [anomaly] = checkHistory(history, { isReadToEnd: false })
  assert.equal(anomaly?.kind, 'lost-write')
  assert.equal(anomaly?.text, "'a' of p was acknowledged at offset 0 of t-0; offset 1 was read, it never was")
})

test('a transaction of which one record was read is held to all of them, told or not', () => {
  const read = { process: 'r', steps: [poll({ partition: 't-0', offset: 5, value: 'b' })] }
  const steps = [send('t-0', 'a', 0), send('t-0', 'b', 5)]
  const kinds = (outcome: Operation['outcome']): string[] =>
    checkHistory(also([], { kind: 'transaction', process: 'p', outcome, steps }, read), { isReadToEnd: false }).map(
      (anomaly) => anomaly.kind,
    )
  assert.deepEqual(kinds('unknown'), ['lost-write'])
  assert.deepEqual(kinds('failed'), ['aborted-read'])
})
