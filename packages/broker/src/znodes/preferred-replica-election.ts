import { ZnodeJson } from './znode-json.ts'

/** Partitions whose leadership somebody, by an old tool, wants given to the first replica. The controller removes it. */
export const preferredReplicaElectionPath = '/admin/preferred_replica_election'

export function decodePreferredReplicaElection(
  data: Buffer | null,
): readonly { readonly topic: string; readonly partition: number }[] {
  return ZnodeJson.parse(preferredReplicaElectionPath, data)
    .objects('partitions')
    .map((item) => ({ topic: item.string('topic'), partition: item.integer('partition') }))
}
