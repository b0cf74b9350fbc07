import { KafkaError } from '@odradek/kafka-protocol'

export interface BrokerPlace {
  readonly brokerId: number
  readonly rack: string | undefined
}

export interface AssignmentStart {
  /** Where in the list of brokers the first partition's leader is. */
  readonly index: number
  /** How far behind the leader the second replica of the first partitions is. */
  readonly shift: number
  /** The number of the first partition that is assigned. */
  readonly partition: number
}

/** Brokers so ordered that neighbours are in different racks, as far as the racks go. */
function alternateRacks(brokers: readonly BrokerPlace[]): BrokerPlace[] {
  const racks = new Map<string, BrokerPlace[]>()
  for (const broker of brokers) {
    const rack = broker.rack ?? ''
    const members = racks.get(rack)
    if (members === undefined) racks.set(rack, [broker])
    else members.push(broker)
  }
  const lists = [...racks].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, members]) => members)
  const order: BrokerPlace[] = []
  for (let round = 0; order.length < brokers.length; round++) {
    for (const members of lists) if (members[round] !== undefined) order.push(members[round] as BrokerPlace)
  }
  return order
}

/** The position of the replica that comes `replica` after the second: never the leader's. */
function followerIndex(leaderIndex: number, shift: number, replica: number, brokerCount: number): number {
  return (leaderIndex + 1 + ((shift + replica) % (brokerCount - 1))) % brokerCount
}

function followersOf(
  order: readonly BrokerPlace[],
  leaderIndex: number,
  shift: number,
  count: number,
  rackCount: number,
): number[] {
  const chosen = [order[leaderIndex] as BrokerPlace]
  const usedRacks = new Set([chosen[0]?.rack])
  for (let candidate = 0; chosen.length <= count; candidate++) {
    const broker = order[followerIndex(leaderIndex, shift * rackCount, candidate, order.length)] as BrokerPlace
    const isRackFree = rackCount <= 1 || !usedRacks.has(broker.rack) || usedRacks.size === rackCount
    if (!isRackFree || chosen.includes(broker)) continue
    chosen.push(broker)
    usedRacks.add(broker.rack)
  }
  return chosen.slice(1).map(({ brokerId }) => brokerId)
}

/**
 * The most partitions of one topic. The assignment of a topic is one znode, which by ZooKeeper's default holds less than 1 MiB: more do not
 * fit into it.
 */
export const partitionCountMax = 100_000

/** The partitions that are to be made at once, in words, when they are too many. */
export function tooManyPartitions(count: number): KafkaError {
  return new KafkaError(
    'INVALID_PARTITIONS',
    `${count} partitions are more than can be: at most ${partitionCountMax} in one topic and in one request.`,
  )
}

/**
 * Spreads partitions over brokers as Kafka does (KIP-36): leaders round the list of brokers, followers shifted more with each round,
 * and in different racks when every broker names its rack. Returns the replicas of each new partition, the preferred leader first.
 * Throws `KafkaError` INVALID_PARTITIONS, INVALID_REPLICATION_FACTOR.
 */
export function assignReplicas(
  brokers: readonly BrokerPlace[],
  partitionCount: number,
  replicationFactor: number,
  start: AssignmentStart,
): number[][] {
  if (partitionCount <= 0) throw new KafkaError('INVALID_PARTITIONS', 'Number of partitions must be larger than 0.')
  if (start.partition + partitionCount > partitionCountMax) throw tooManyPartitions(start.partition + partitionCount)
  if (replicationFactor <= 0) {
    throw new KafkaError('INVALID_REPLICATION_FACTOR', 'Replication factor must be larger than 0.')
  }
  if (replicationFactor > brokers.length) {
    throw new KafkaError(
      'INVALID_REPLICATION_FACTOR',
      `Replication factor: ${replicationFactor} larger than available brokers: ${brokers.length}.`,
    )
  }
  const sorted = [...brokers].sort((left, right) => left.brokerId - right.brokerId)
  const isRackAware = sorted.every(({ rack }) => rack !== undefined)
  const order = isRackAware ? alternateRacks(sorted) : sorted
  const rackCount = isRackAware ? new Set(sorted.map(({ rack }) => rack)).size : 1
  let { shift } = start
  return Array.from({ length: partitionCount }, (_, offset) => {
    const partition = start.partition + offset
    if (partition > 0 && partition % order.length === 0) shift++
    const leaderIndex = (partition + start.index) % order.length
    const leader = order[leaderIndex] as BrokerPlace
    return [leader.brokerId, ...followersOf(order, leaderIndex, shift, replicationFactor - 1, rackCount)]
  })
}
