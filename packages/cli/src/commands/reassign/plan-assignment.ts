import type { PartitionRef } from '@odradek/client'
import { CliError } from '../../cli-error.ts'

/** The replicas of a partition, the preferred leader first. */
export interface AssignedPartition extends PartitionRef {
  readonly replicas: readonly number[]
}

export interface PlanBroker {
  readonly id: number
  readonly rack: string | null
}

/**
 * Where the replicas of partitions are to be: on `brokers` alone, spread evenly and over racks, moving as few as that takes. The number of
 * replicas stays as it is, or becomes `replicas`. Leaders are evened out by the order of replicas, which moves nothing.
 */
export function planAssignment(
  partitions: readonly AssignedPartition[],
  brokers: readonly PlanBroker[],
  replicas?: number,
): AssignedPartition[] {
  const racks = new Map(brokers.map(({ id, rack }) => [id, rack]))
  const loads = new Map(brokers.map(({ id }) => [id, 0]))
  const add = (id: number, count: number): void => void loads.set(id, (loads.get(id) ?? 0) + count)
  const planned = partitions.map(({ topic, partition, replicas: current }) => {
    const wanted = replicas ?? current.length
    if (wanted > brokers.length) {
      throw new CliError(
        'INVALID_OPTION',
        `${topic}:${partition} is to have ${wanted} replicas, but there are ${brokers.length} brokers for them`,
      )
    }
    const kept = current.filter((id) => loads.has(id)).slice(0, wanted)
    for (const id of kept) add(id, 1)
    return { topic, partition, replicas: kept, wanted }
  })
  for (const one of planned) {
    while (one.replicas.length < one.wanted) {
      const id = bestAddition(one.replicas, loads, racks)
      one.replicas.push(id)
      add(id, 1)
    }
  }
  evenOut(planned, loads, racks)
  evenOutLeaders(planned)
  return planned.map(({ topic, partition, replicas: ids }) => ({ topic, partition, replicas: ids }))
}

type Racks = ReadonlyMap<number, string | null>
interface Planned extends PartitionRef {
  replicas: number[]
}

/** A broker that holds no replica yet: in a rack that has none, with the fewest replicas. */
function bestAddition(replicas: readonly number[], loads: ReadonlyMap<number, number>, racks: Racks): number {
  const used = new Set(replicas.map((id) => racks.get(id)))
  const [best] = [...loads]
    .filter(([id]) => !replicas.includes(id))
    .sort(
      ([left, leftLoad], [right, rightLoad]) =>
        Number(used.has(racks.get(left))) - Number(used.has(racks.get(right))) || leftLoad - rightLoad || left - right,
    )
  return best?.[0] ?? -1
}

function rackCount(replicas: readonly number[], racks: Racks): number {
  return new Set(replicas.map((id) => racks.get(id))).size
}

/** Moves single replicas from the fullest brokers to the emptiest, while that evens them out and takes no rack away from a partition. */
function evenOut(planned: readonly Planned[], loads: Map<number, number>, racks: Racks): void {
  for (;;) {
    const byLoad = [...loads].sort(([, left], [, right]) => left - right)
    const move = byLoad
      .toReversed()
      .flatMap(([from, high]) => byLoad.filter(([, low]) => high - low > 1).map(([to]) => ({ from, to })))
      .map(({ from, to }) => ({ from, to, one: planned.find((candidate) => canMove(candidate, from, to, racks)) }))
      .find(({ one }) => one !== undefined)
    if (move?.one === undefined) return
    const { from, to, one } = move
    one.replicas = one.replicas.map((id) => (id === from ? to : id))
    loads.set(from, (loads.get(from) ?? 0) - 1)
    loads.set(to, (loads.get(to) ?? 0) + 1)
  }
}

function canMove({ replicas }: Planned, from: number, to: number, racks: Racks): boolean {
  if (!replicas.includes(from) || replicas.includes(to)) return false
  const moved = replicas.map((id) => (id === from ? to : id))
  return rackCount(moved, racks) >= rackCount(replicas, racks)
}

/** Puts another replica first where its broker is to lead at least two partitions fewer. */
function evenOutLeaders(planned: readonly Planned[]): void {
  const leads = new Map<number, number>()
  const leadsOf = (id: number): number => leads.get(id) ?? 0
  for (const { replicas } of planned) leads.set(replicas[0] ?? -1, leadsOf(replicas[0] ?? -1) + 1)
  for (let hasChanged = true; hasChanged;) {
    hasChanged = false
    for (const one of planned) {
      const [leader = -1] = one.replicas
      const next = one.replicas.find((id) => leadsOf(id) < leadsOf(leader) - 1)
      if (next === undefined) continue
      one.replicas = [next, ...one.replicas.filter((id) => id !== next)]
      leads.set(leader, leadsOf(leader) - 1)
      leads.set(next, leadsOf(next) + 1)
      hasChanged = true
    }
  }
}
