import { SeededRandom } from '@odradek/env-sim'
import { HistoryRecorder } from '../src/index.ts'
import type { History, Polled } from '../src/index.ts'

interface Written {
  readonly offset: number
  readonly value: string
}

const partitions = ['orders-0', 'orders-1', 'payments-0']

/** A cluster that does everything right, and processes that send, read, commit, abort, lose connections, hand partitions on, and crash. */
export function goodHistory(seed: string, steps = 120): History {
  const random = new SeededRandom(seed)
  const recorder = new HistoryRecorder()
  const logs = new Map<string, Written[]>(partitions.map((partition) => [partition, []]))
  const committed = new Map(partitions.map((partition) => [partition, 0]))
  const positions = new Map<string, number>()
  let valueCount = 0
  const logOf = (partition: string): Written[] => logs.get(partition) as Written[]
  const ends = new Map<string, number>()
  const takeOffset = (partition: string): number => {
    // Markers of transactions take offsets that nobody sees.
    const offset = (ends.get(partition) ?? 0) + random.integer(2)
    ends.set(partition, offset + 1)
    return offset
  }
  const append = (partition: string, value: string): number => {
    const offset = takeOffset(partition)
    logOf(partition).push({ offset, value })
    return offset
  }
  const read = (partition: string, from: number, countMax: number): Polled[] =>
    logOf(partition)
      .slice(from, from + countMax)
      .map((record) => ({ partition, ...record }))

  const send = (process: string): void => {
    const partition = random.pick(partitions)
    const values = Array.from({ length: 1 + random.integer(4) }, () => `v${valueCount++}`)
    const operation = recorder.begin(process, 'send')
    const places = operation.send(values.map((value) => ({ partition, value })))
    const fate = random.float()
    if (fate < 0.1) return operation.end('failed')
    const isWritten = fate < 0.95
    const offsets = isWritten ? values.map((value) => append(partition, value)) : []
    // Nobody told the producer, whether it was written or not.
    if (fate > 0.9) return
    for (const [index, place] of places.entries()) operation.place(place, offsets[index] as number)
    operation.end('ok')
  }
  const poll = (process: string, partition = random.pick(partitions), countMax = 1 + random.integer(5)): number => {
    const key = `${process} ${partition}`
    const from = positions.get(key) ?? 0
    const polled = read(partition, from, countMax)
    if (polled.length > 0) recorder.polled(process, polled)
    positions.set(key, from + polled.length)
    return polled.length
  }
  const transact = (process: string): void => {
    const [from, to] = [random.pick(partitions), random.pick(partitions)]
    const operation = recorder.begin(process, 'transaction')
    const polled = read(from, committed.get(from) ?? 0, 3)
    if (polled.length > 0) operation.poll(polled)
    const values = Array.from({ length: 1 + random.integer(3) }, () => `t${valueCount++}`)
    const places = operation.send(values.map((value) => ({ partition: to, value })))
    if (random.chance(0.3)) {
      // The broker had told where the records are before they were given up.
      for (const place of places) operation.place(place, takeOffset(to))
      return operation.end('failed')
    }
    for (const [index, place] of places.entries()) operation.place(place, append(to, values[index] as string))
    committed.set(from, (committed.get(from) ?? 0) + polled.length)
    if (random.chance(0.9)) operation.end('ok')
    // Only one process reads for the group: what it does not know it asks for.
    else recorder.crashed(process)
  }
  const rebalance = (process: string): void => {
    const kept = partitions.filter(() => random.chance(0.5))
    recorder.assigned(process, kept)
    for (const partition of partitions) {
      if (!kept.includes(partition))
        positions.set(`${process} ${partition}`, random.integer(logOf(partition).length + 1))
    }
  }

  for (let step = 0; step < steps; step++) {
    const choice = random.float()
    const who = random.integer(2)
    if (choice < 0.4) send(`producer-${who}`)
    else if (choice < 0.7) poll(`reader-${who}`)
    else if (choice < 0.85) transact('transactor')
    else if (choice < 0.95) rebalance(`reader-${who}`)
    else recorder.crashed(`producer-${who}`)
  }
  for (const partition of partitions) while (poll('last', partition, 10) > 0);
  return recorder.history
}
