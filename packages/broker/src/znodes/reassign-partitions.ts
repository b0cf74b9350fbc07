import { encodeJson, ZnodeJson } from './znode-json.ts'

/** Replicas that somebody, by a tool before Kafka 2.4 or by hand, wants partitions to have. */
export const reassignPartitionsPath = '/admin/reassign_partitions'

/** The replicas that one partition is to have. */
export interface ReassignmentWish {
  readonly topic: string
  readonly partition: number
  /** The preferred leader is the first. */
  readonly replicas: readonly number[]
}

export function encodeReassignPartitions(wishes: readonly ReassignmentWish[]): Buffer {
  return encodeJson({
    version: 1,
    partitions: wishes.map(({ topic, partition, replicas }) => ({ topic, partition, replicas })),
  })
}

export function decodeReassignPartitions(data: Buffer | null): readonly ReassignmentWish[] {
  return ZnodeJson.parse(reassignPartitionsPath, data)
    .objects('partitions')
    .map((item) => ({
      topic: item.string('topic'),
      partition: item.integer('partition'),
      replicas: item.integers('replicas'),
    }))
}
