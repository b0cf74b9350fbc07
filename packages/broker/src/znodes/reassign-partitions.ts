import { ZnodeJson } from './znode-json.ts'

/** Replicas that somebody, by an old tool, wants partitions to have. */
export const reassignPartitionsPath = '/admin/reassign_partitions'

export function decodeReassignPartitions(
  data: Buffer | null,
): readonly { readonly topic: string; readonly partition: number; readonly replicas: readonly number[] }[] {
  return ZnodeJson.parse(reassignPartitionsPath, data)
    .objects('partitions')
    .map((item) => ({
      topic: item.string('topic'),
      partition: item.integer('partition'),
      replicas: item.integers('replicas'),
    }))
}
