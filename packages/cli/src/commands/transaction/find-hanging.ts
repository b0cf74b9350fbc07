import type { Admin, PartitionRef, ProducerState } from '@odradek/client'

/** A transaction that is open in a partition, of which its coordinator knows nothing: it holds read_committed consumers up for ever (KIP-664). */
export interface HangingTransaction extends PartitionRef {
  readonly producerId: number
  readonly producerEpoch: number
  readonly coordinatorEpoch: number
  readonly startOffset: number
  readonly lastTimestampMs: number
}

/** So many partitions are asked about in one go. */
const partitionsAtOnce = 500

/** Finds them among transactions whose producers have written nothing for `openLongerThanMs`. */
export async function findHanging(
  admin: Admin,
  partitions: readonly PartitionRef[],
  openLongerThanMs: number,
  nowMs: number,
  onProgress: (done: number) => void,
): Promise<HangingTransaction[]> {
  const open: HangingTransaction[] = []
  for (let at = 0; at < partitions.length; at += partitionsAtOnce) {
    const described = await admin.describeProducers(partitions.slice(at, at + partitionsAtOnce))
    for (const { topic, partition, producers } of described) {
      for (const producer of producers) {
        const candidate = openIn({ topic, partition }, producer)
        if (candidate !== undefined && nowMs - candidate.lastTimestampMs > openLongerThanMs) open.push(candidate)
      }
    }
    onProgress(Math.min(at + partitionsAtOnce, partitions.length))
  }
  if (open.length === 0) return []
  const ids = await transactionalIds(admin, open)
  const known = ids.size === 0 ? new Map() : await admin.describeTransactions([...new Set(ids.values())])
  return open.filter(({ topic, partition, producerId, producerEpoch }) => {
    const transaction = known.get(ids.get(producerId) ?? '')
    // Kafka's rule: what the coordinator has open in this partition, under this epoch, it will end.
    const isKnown =
      transaction !== undefined &&
      transaction.producerEpoch === producerEpoch &&
      transaction.partitions.some((one: PartitionRef) => one.topic === topic && one.partition === partition)
    return !isKnown
  })
}

function openIn(partition: PartitionRef, producer: ProducerState): HangingTransaction | undefined {
  const { currentTransactionStartOffset: startOffset } = producer
  if (startOffset === undefined) return undefined
  const { producerId, producerEpoch, coordinatorEpoch, lastTimestampMs } = producer
  return { ...partition, producerId, producerEpoch, coordinatorEpoch, startOffset, lastTimestampMs }
}

async function transactionalIds(admin: Admin, open: readonly HangingTransaction[]): Promise<Map<number, string>> {
  const producerIds = [...new Set(open.map(({ producerId }) => producerId))]
  const listed = await admin.listTransactions({ producerIds })
  return new Map(listed.map(({ producerId, transactionalId }) => [producerId, transactionalId]))
}
